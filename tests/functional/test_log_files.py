"""The log file of a running host: floods, full disks, hanging disks and sudden deaths, on real files and threads."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hostcore.clock import RealClock
from hostcore.events import Level, LogWritten
from hostcore.events.stream import EventStream
from hostcore.files import Folder
from hostcore.log.log_file import CAPACITY, LogWriter, format_json
from hostcore.log.plugin_log import PluginLog
from tests.waiting import soon

TEXT_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) *[a-z0-9]+: .*")


@dataclass
class Desk:
    """A stream, and plugins that log to it."""

    folder: Path
    clock: RealClock = field(default_factory=RealClock)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stream = EventStream(self.clock)
        self.path = self.folder / "wasi-host.log"

    def writer(self, path: Path | None = None, mib: int = 1, kept: int = 2, **options: object) -> LogWriter:
        return LogWriter(self.stream, path or self.path, mib, kept, self.warnings.append, **options)

    def log(self, text: str, level: Level = Level.INFO, plugin: str = "probe") -> None:
        self.stream.publish(LogWritten(self.clock.wall_ns(), plugin, level, text))

    def plugin(self, name: str, **limits: int) -> PluginLog:
        return PluginLog(lambda level, text: self.log(text, level, name), self.clock, **limits)

    @property
    def lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_all_that_was_logged_before_the_stop_is_in_the_file(desk: Desk) -> None:
    writer = desk.writer()
    writer.start()
    for number in range(5000):
        desk.log(f"line {number}")
    assert writer.stop()
    assert [line.partition("probe: ")[2] for line in desk.lines] == [f"line {number}" for number in range(5000)]
    assert all(TEXT_LINE.fullmatch(line) for line in desk.lines)


def test_a_writer_that_never_started_stops(desk: Desk) -> None:
    assert desk.writer().stop()
    assert not desk.path.exists()


def test_no_thread_and_no_open_file_are_left_behind(desk: Desk) -> None:
    def held() -> tuple[int, int]:
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    before = held()
    for _ in range(20):
        writer = desk.writer()
        writer.start()
        desk.log("x")
        assert writer.stop()
    assert held() == before


def test_less_important_lines_stay_out(desk: Desk) -> None:
    writer = desk.writer(least=Level.WARNING)
    writer.start()
    for level in Level:
        desk.log(level, level)
    assert writer.stop()
    assert [line.split()[1] for line in desk.lines] == ["WARNING", "ERROR"]


def test_a_hostile_plugins_flood_is_a_few_harmless_json_lines(desk: Desk) -> None:
    writer = desk.writer(form=format_json)
    writer.start()
    plugin = desk.plugin("flood", lines_per_second=10, line_length=80)
    for _ in range(160):
        plugin.output(Level.INFO, b"\x1b[2J\x1b]0;owned\x07\xff\xe2\x80\xae evil \xcc\xb5\n" * 3000)
    plugin.flush()
    assert writer.stop()
    objects = [json.loads(line) for line in desk.lines]
    assert all(set(each) == {"time", "level", "plugin", "by_host", "text"} for each in objects)
    assert all(each["text"].isprintable() for each in objects)
    assert objects[0]["text"].startswith(r"\x1b[2J\x1b]0;owned\x07\xff\u202e evil")
    dropped = sum(int(each["text"].split()[0]) for each in objects if "dropped (more than 10" in each["text"])
    assert dropped == plugin.lines_dropped
    assert dropped + sum("evil" in each["text"] for each in objects) == 160 * 3000


def test_a_long_run_takes_no_more_room_than_it_was_given(desk: Desk) -> None:
    for _ in range(6):
        writer = desk.writer(mib=1, kept=2)
        writer.start()
        for _ in range(5000):
            desk.log("x" * 150)
        assert writer.stop()
    sizes = [file.stat().st_size for file in desk.folder.iterdir()]
    assert len(sizes) == 3
    assert all(size <= 1 << 20 for size in sizes)


@pytest.fixture
def disk_goes_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that hangs until this is set: no file opens."""
    goes_on, open_file = threading.Event(), Folder.open_file

    def hangs(folder: Folder, name: str, flags: int, mode: int) -> int:
        goes_on.wait()
        return open_file(folder, name, flags, mode)

    monkeypatch.setattr(Folder, "open_file", hangs)
    yield goes_on
    goes_on.set()


def test_lines_that_the_disk_was_too_slow_for_are_counted_in_the_file(
    desk: Desk, disk_goes_on: threading.Event
) -> None:
    writer = desk.writer()
    writer.start()
    with soon(5.0):
        for number in range(CAPACITY + 2000):
            desk.log(str(number))
    disk_goes_on.set()
    assert writer.stop(timeout=30.0), "a busy computer needs longer than a host has time for"
    assert desk.lines[0].endswith("lines missing before this one: 2000 (more was logged than the disk could take)")
    assert desk.lines[1].endswith("probe: 2000")


def test_a_disk_that_hangs_does_not_hang_the_stop(desk: Desk, disk_goes_on: threading.Event) -> None:
    writer = desk.writer()
    writer.start()
    desk.log("x")
    with soon():
        assert not writer.stop(timeout=0.05)
    disk_goes_on.set()
    assert writer.stop()


def test_a_file_that_cannot_be_written_is_told_before_anything_is_logged(desk: Desk) -> None:
    writer = desk.writer(desk.folder / "nowhere" / "wasi-host.log")
    writer.start()
    assert writer.stop()
    [warning] = desk.warnings
    assert str(desk.folder / "nowhere") in warning


def test_a_warning_that_is_itself_logged_makes_no_loop(desk: Desk) -> None:
    def warn(text: str) -> None:
        desk.warnings.append(text)
        desk.log(text, Level.WARNING, "host")

    desk.path.mkdir()
    writer = LogWriter(desk.stream, desk.path, 1, 1, warn)
    writer.start()
    for _ in range(1000):
        desk.log("x")
    assert writer.stop()
    assert len(desk.warnings) == 1


PREAMBLE = """
    import resource, sys
    from pathlib import Path
    from hostcore.clock import NS_PER_S, RealClock
    from hostcore.events import Level, LogWritten
    from hostcore.log.log_file import LogFile, LogWriter, format_json
    from hostcore.events.stream import EventStream

    path, clock = Path(sys.argv[1]), RealClock()

    def logged(number):
        return LogWritten(clock.wall_ns(), "probe", Level.INFO, f"{number:0>200}")
"""


def process(program: str, path: Path) -> subprocess.Popen[str]:
    source = textwrap.dedent(PREAMBLE) + textwrap.dedent(program)
    return subprocess.Popen([sys.executable, "-c", source, str(path)], stdout=subprocess.PIPE, text=True)


def test_a_killed_host_leaves_whole_lines_and_its_file_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "wasi-host.log"
    running = process(
        """
        stream = EventStream(clock)
        LogWriter(stream, path, 1, 1, print, form=format_json).start()
        number = 0
        while True:
            stream.publish(logged(number))
            number += 1
            if number == 3000:
                print("under way", flush=True)
        """,
        path,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "under way\n"
    running.send_signal(signal.SIGKILL)
    running.communicate()
    files = [file for file in (tmp_path / "wasi-host.log.1", path) if file.exists()]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert all(json.loads(line)["plugin"] for line in lines[:-1])
    desk = Desk(tmp_path)
    writer = desk.writer(form=format_json)
    writer.start()
    desk.log("after it")
    assert writer.stop()
    assert json.loads(desk.lines[-1])["text"] == "after it"


def test_a_disk_that_fills_up_within_a_line_spoils_only_that_line(tmp_path: Path) -> None:
    path = tmp_path / "wasi-host.log"
    running = process(
        """
        class Clock(RealClock):
            ahead_ns = 0
            def monotonic_ns(self):
                return super().monotonic_ns() + self.ahead_ns

        clock, warnings = Clock(), []
        file = LogFile(path, 1, 1, form=format_json, clock=clock, warn=warnings.append)
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, most))
        for number in range(100):
            file.write([logged(number)])
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        clock.ahead_ns = 60 * NS_PER_S
        file.write([logged(100)])
        file.close()
        print(len(warnings))
        """,
        path,
    )
    assert running.communicate()[0] == "1\n"
    lines = path.read_text(encoding="utf-8").splitlines()
    whole = [json.loads(line) for line in lines if line.endswith("}")]
    assert len(whole) in {len(lines), len(lines) - 1}
    numbers = [int(each["text"]) for each in whole if each["plugin"] == "probe"]
    assert numbers == [*range(len(numbers) - 1), 100]
    [gap] = [each["text"] for each in whole if each["plugin"] == "host"]
    assert gap == f"lines missing before this one: {100 - (len(numbers) - 1)} (the file could not be written)"
