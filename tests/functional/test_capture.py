"""``wasi-host capture``: files and pipes with the transfers of a running host, or of one of its own."""

from __future__ import annotations

import csv
import json
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hostcore.backends.base import BackendKind
from hostcore.cli.capture_output import opened_output
from hostcore.errors import HostError
from hostcore.events.facts import BusFacts
from hostcore.export.formats import Format
from hostcore.place import BusName
from tests.command import PATIENCE, PROGRAM, Desk
from tests.foreign_readers import dissected, seen_by_sigrok, seen_by_tshark, tshark_command
from tests.lit_bus import lit_bus
from tests.transfers import BUSES, transfer, wrote

OTHER_BUS = """
[buses.i2c-3]
backend = "simulated"
"""
LIGHT = """
from host import i2c
def read():
    i2c.write(0x23, "20")
    return {"light": i2c.transfer(0x23, "10", 2)[0]}
"""


@pytest.fixture(autouse=True)
def no_other_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets of this test alone."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    (tmp_path / "desk").mkdir()
    made = Desk(tmp_path / "desk", cache_folder)
    made.write("host.toml", lit_bus(cache_folder, OTHER_BUS))
    made.write("plugins/light.py", LIGHT)
    return made


@pytest.fixture
def host(desk: Desk) -> Iterator[None]:
    """A running host on these settings."""
    with desk.running("run") as running:
        assert running.stdout.readline(), "the first round"
        yield
        running.stop(signal.SIGTERM)


@pytest.mark.usefixtures("host")
class TestOfARunningHost:
    @pytest.mark.thorough
    def test_all_formats_of_the_same_time_hold_the_same_transfers(self, desk: Desk) -> None:
        files = [word for form in Format for word in (f"--{form}", f"all.{form}")]
        ended = desk.run("capture", "--seconds", "1", *files)
        assert ended.status == 0, ended.err
        assert "capturing the running host (PID " in ended.err
        lines = [json.loads(line) for line in (desk.folder / "all.jsonl").read_text().splitlines()]
        assert {each["address"] for each in lines} == {0x23}
        packets = seen_by_tshark(desk.folder / "all.pcapng")
        assert len(packets) == sum(len(each["messages"]) for each in lines)
        with (desk.folder / "all.csv").open(newline="") as table:
            assert len(list(csv.DictReader(table))) == len(packets)
        words = seen_by_sigrok(desk.folder / "all.sr", "i2c-1")
        assert words.count("S") == len(lines)
        assert seen_by_sigrok(desk.folder / "all.vcd", "i2c-1") == words

    @pytest.mark.thorough
    def test_only_the_wanted_bus_and_plugin_are_captured(self, desk: Desk) -> None:
        assert desk.run_here("capture", "--seconds", "0.5", "--jsonl", "other", "--bus", "i2c-3").status == 0
        ended = desk.run_here("capture", "--seconds", "0.5", "--jsonl", "nobody", "--plugin", "nobody")
        assert "there is no plugin 'nobody' now, so nothing is captured until it comes; known are light" in ended.err
        assert [(desk.folder / name).read_text() for name in ("other", "nobody")] == ["", ""]

    @pytest.mark.thorough
    def test_two_captures_at_once_disturb_neither_each_other_nor_the_host(self, desk: Desk) -> None:
        with desk.running("capture", "--jsonl", "-") as first, desk.running("capture", "--jsonl", "-") as second:
            for each in (first, second, first, second):
                assert json.loads(each.stdout.readline())["plugin"] == "light"

    @pytest.mark.thorough
    def test_wireshark_reads_the_pipe_while_it_is_written(self, desk: Desk) -> None:
        command = [str(PROGRAM), "--config", str(desk.folder / "host.toml"), "capture", "--pcapng", "-"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as capture:
            with subprocess.Popen(
                tshark_command("-"), stdin=capture.stdout, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            ) as reader:
                assert capture.stdout is not None and reader.stdout is not None
                capture.stdout.close()
                packets = dissected(reader.stdout)
                seen = [next(packets) for _ in range(6)]
                capture.send_signal(signal.SIGINT)
                rest = list(packets)
                assert reader.wait(PATIENCE) == 0, "the file ends between two packets"
            assert capture.wait(PATIENCE) == 0
        assert {(each.interface, each.address) for each in (*seen, *rest)} == {("i2c-1", 0x23)}
        assert "light line 4, ok, simulated bus" in {each.comment for each in seen}

    def test_a_reader_that_leaves_ends_the_command_quietly(self, desk: Desk) -> None:
        with desk.running("capture", "--jsonl", "-") as running:
            line = running.stdout.readline()
            assert line, running.stop(signal.SIGTERM)
            running.stdout.close()
            status = running.process.wait(PATIENCE)
            assert status == 0, running.err
            running.wait_for("written to standard output")
            assert "Traceback" not in "".join(running.err)


def test_without_a_running_host_it_runs_one_and_a_second_capture_joins_it(desk: Desk) -> None:
    with desk.running("capture", "--jsonl", "-") as first:
        first.stdout.readline()
        with desk.running("capture", "--jsonl", "-") as second:
            second.wait_for("capturing the running host (PID ")
            second.stdout.readline()
            ended = first.stop(signal.SIGINT)
            assert ended.status == 0
            assert second.process.wait(PATIENCE) == 0
            second.wait_for("the host has ended")


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ([], "nothing says where to write; name a file, or - for standard output, with one of --pcapng"),
            (["--csv", "-", "--jsonl", "-"], "standard output can take only one format"),
            (["--csv", "a", "--bus", "i2c-9"], "found the bus 'i2c-9'; "),
            (["--csv", "nowhere/a.csv"], "nowhere/a.csv cannot be written: No such file or directory"),
            (["--csv", "plugins", "--force"], "plugins cannot be written: it is a folder, allowed is an ordinary file"),
            (["--jsonl", "host.toml"], "host.toml is there already; name another file, or add --force to replace it"),
        ],
    )
    def test_a_wish_that_could_only_disappoint_is_refused(self, desk: Desk, arguments: list[str], words: str) -> None:
        before = (desk.folder / "host.toml").read_bytes()
        ended = desk.run_here("capture", *arguments)
        assert ended.status == 1
        assert words in ended.err and "Traceback" not in ended.err
        assert (desk.folder / "host.toml").read_bytes() == before

    def test_force_replaces_a_file(self, desk: Desk) -> None:
        desk.write("old.csv", "old")
        assert desk.run_here("capture", "--csv", "old.csv", "--seconds", "0.1", "--force").status == 0
        assert (desk.folder / "old.csv").read_text().startswith("transfer,time,")

    def test_a_format_that_no_terminal_can_show_does_not_go_to_one(self, desk: Desk) -> None:
        ours, theirs = os.openpty()
        with desk.running("capture", "--pcapng", "-", stdout=theirs) as running:
            running.wait_for("standard output is a terminal, which cannot show pcapng; name a file, or a reader")
            assert running.process.wait(PATIENCE) == 1
        os.close(ours)
        os.close(theirs)


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("is_finite", [True, False])
def test_a_disk_that_is_full_leaves_no_half_written_transfer(tmp_path: Path, is_finite: bool) -> None:
    file = tmp_path / "desk" / "all.jsonl"
    file.parent.mkdir()
    with (
        pytest.raises(HostError, match="cannot be written: File too large"),
        small_disk(1_000),
        opened_output(Format.JSONL, str(file), BUSES, threading.Event(), is_finite=is_finite) as output,
    ):
        for _ in range(10):
            output.write([transfer(wrote(1))])
    if is_finite:
        assert list(file.parent.iterdir()) == [], "nor any unfinished file"
    else:
        assert [json.loads(line)["plugin"] for line in file.read_text().splitlines()] == ["bme680", "bme680"]


def test_a_finite_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    buses = (BusFacts(BusName("i2c-1"), BackendKind.LINUX),)
    with opened_output(Format.CSV, str(file), buses, threading.Event(), is_finite=True) as output:
        output.write([transfer(wrote(1))])
        assert not file.exists()
    assert len(file.read_text().splitlines()) == 2


def test_a_file_that_cannot_be_written_is_an_error_of_the_host(tmp_path: Path) -> None:
    missing = str(tmp_path / "none" / "a.csv")
    with pytest.raises(HostError), opened_output(Format.CSV, missing, BUSES, threading.Event(), is_finite=False):
        pass
