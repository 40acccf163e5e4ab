"""The log as text and JSON lines, and the file of them: how it turns over, and what it does when the disk refuses."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.config.values import check_plugin_name
from hostcore.events import Level, LogWritten
from hostcore.log.log_file import RETRY_SECONDS, LogFile, format_json, format_text, levels_from
from hostcore.log.safe_text import escaped

MIB = 1 << 20
TIME_NS = 1_769_846_400_123_456_789
SINCE = "2026-01-31T08:00:00.123Z"


def logged(text: str, level: Level = Level.INFO) -> LogWritten:
    return LogWritten(TIME_NS, "bme680", level, text)


class Bench:
    """A log file in a folder, on a virtual clock; its lines are the bare texts."""

    def __init__(self, path: Path, mib: int = 1, kept: int = 2) -> None:
        self.path = path
        self.clock = VirtualClock()
        self.warnings: list[str] = []
        self.file = LogFile(path, mib, kept, form=lambda event: event.text, clock=self.clock, warn=self.warnings.append)

    def write(self, *texts: str) -> None:
        self.file.write([logged(text) for text in texts])

    @property
    def lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines()

    def wait_for_retry(self) -> None:
        self.clock.advance(RETRY_SECONDS)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "wasi-host.log")


class TestForms:
    @pytest.mark.parametrize(
        ("level", "shown"),
        [(Level.DEBUG, "DEBUG  "), (Level.INFO, "INFO   "), (Level.WARNING, "WARNING"), (Level.ERROR, "ERROR  ")],
    )
    def test_text_has_time_level_and_plugin_in_columns(self, level: Level, shown: str) -> None:
        assert format_text(logged("21.5 °C", level)) == f"{SINCE} {shown} bme680: 21.5 °C"

    def test_json_is_one_object_a_line(self) -> None:
        line = format_json(logged('21.5 °C, "warm"', Level.WARNING))
        assert line == (
            '{"time": "' + SINCE + '", "level": "warning", "plugin": "bme680", "by_host": false, '
            '"text": "21.5 °C, \\"warm\\""}'
        )

    def test_a_line_of_the_host_has_a_mark_where_no_plugin_can_write(self) -> None:
        spoken = replace(logged("it was restarted"), by_host=True)
        assert format_text(spoken) == f"{SINCE} INFO    *bme680: it was restarted"
        assert json.loads(format_json(spoken))["by_host"] is True
        with pytest.raises(ValueError, match="small letter"):
            check_plugin_name("*bme680")

    @given(st.text().map(escaped))
    def test_json_gives_any_text_back(self, text: str) -> None:
        line = format_json(logged(text))
        assert json.loads(line)["text"] == text
        assert len(line.splitlines()) == 1

    def test_levels_from_the_least_important_one(self) -> None:
        assert levels_from(Level.DEBUG) == set(Level)
        assert levels_from(Level.WARNING) == {Level.WARNING, Level.ERROR}
        assert levels_from(Level.ERROR) == {Level.ERROR}


class TestWriting:
    def test_lines_are_there_as_soon_as_they_are_written(self, bench: Bench) -> None:
        bench.write("one", "21 °C")
        bench.write("%s is no placeholder")
        assert bench.lines == ["one", "21 °C", "%s is no placeholder"]

    def test_writing_nothing_makes_the_file(self, bench: Bench) -> None:
        bench.write()
        assert bench.lines == []

    def test_an_older_file_goes_on(self, bench: Bench) -> None:
        bench.path.write_text("older\n", encoding="utf-8")
        bench.write("newer")
        assert bench.lines == ["older", "newer"]

    def test_a_line_that_was_cut_off_is_ended_first(self, bench: Bench) -> None:
        bench.path.write_text("cut o", encoding="utf-8")
        bench.write("newer")
        assert bench.lines == ["cut o", "newer"]

    def test_a_closed_file_opens_again(self, bench: Bench) -> None:
        bench.write("one")
        bench.file.close()
        bench.file.close()
        bench.write("two")
        assert bench.lines == ["one", "two"]

    def test_a_file_that_was_removed_is_made_anew(self, bench: Bench) -> None:
        bench.write("one")
        bench.path.unlink()
        bench.write("two")
        assert bench.lines == ["two"]

    def test_a_file_that_another_program_renamed_is_left_to_it(self, bench: Bench) -> None:
        bench.write("one")
        bench.path.rename(bench.path.with_name("older"))
        bench.path.touch()
        bench.write("two")
        assert bench.lines == ["two"]

    def test_a_link_to_a_file_stays_one_and_the_files_lie_beside_its_target(self, tmp_path: Path) -> None:
        (tmp_path / "disk").mkdir()
        (tmp_path / "wasi-host.log").symlink_to("disk/pi.log")
        bench = Bench(tmp_path / "wasi-host.log")
        bench.write("x" * MIB, "new")
        assert bench.path.is_symlink()
        assert sorted(path.name for path in (tmp_path / "disk").iterdir()) == ["pi.log", "pi.log.1"]

    def test_a_text_that_no_encoding_knows_is_written_escaped(self, bench: Bench) -> None:
        bench.write("\udcff")
        assert bench.lines == ["\\udcff"]

    def test_without_a_log_file_logging_is_never_imported(self) -> None:
        program = "import sys, hostcore.log.log_file; sys.exit('logging' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


class TestTurningOver:
    @pytest.mark.parametrize("kept", [0, 1, 3])
    def test_as_many_older_files_stay_as_were_asked_for_none_too_large(self, tmp_path: Path, kept: int) -> None:
        bench = Bench(tmp_path / "wasi-host.log", mib=1, kept=kept)
        texts = [f"{number:0>99}" for number in range(5 * MIB // 100)]
        bench.write(*texts)
        files = [bench.path, *(tmp_path / f"wasi-host.log.{number}" for number in range(1, kept + 1))]
        assert sorted(tmp_path.iterdir()) == files
        assert all(file.stat().st_size <= MIB for file in files)
        there = "".join(file.read_text(encoding="utf-8") for file in reversed(files)).splitlines()
        assert there == texts[-len(there) :]
        assert len(there) >= kept * (MIB // 100 - 1)

    def test_a_file_of_an_earlier_run_that_is_full_turns_over_at_once(self, bench: Bench) -> None:
        bench.path.write_text("x" * MIB + "\n", encoding="utf-8")
        bench.write("new")
        assert bench.lines == ["new"]
        assert (bench.path.parent / "wasi-host.log.1").stat().st_size == MIB + 1


class TestADiskThatRefuses:
    def test_a_missing_folder_is_named_and_not_made(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path / "usb-stick" / "wasi-host.log")
        bench.write("lost")
        [warning] = bench.warnings
        assert warning.startswith(
            f"the log file {bench.path} cannot be written: there is no folder {bench.path.parent};"
        )
        assert not bench.path.parent.exists()

    @pytest.mark.parametrize("name", ["in-a-file/wasi-host.log", "folder", "x" * 300, "nul\0"])
    def test_a_place_where_no_file_can_be_is_one_warning(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "in-a-file").touch()
        (tmp_path / "folder").mkdir()
        bench = Bench(tmp_path / name)
        for _ in range(100):
            bench.write("lost")
            bench.clock.advance(1)
        assert len(bench.warnings) == 1

    def test_a_full_disk_is_one_warning_however_long_it_stays_full(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_descriptor: int, _content: object) -> NoReturn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "write", full)
        for _ in range(100):
            bench.write("lost")
            bench.clock.advance(1)
        [warning] = bench.warnings
        assert "No space left on device" in warning
        assert f"every {RETRY_SECONDS} s" in warning

    def test_a_line_that_fits_only_in_part_is_not_written_at_all(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write, room = os.write, [8]

        def nearly_full(descriptor: int, content: memoryview) -> int:
            if not room[0]:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            written = write(descriptor, content[: room[0]])
            room[0] -= written
            return written

        monkeypatch.setattr(os, "write", nearly_full)
        bench.write("one", "twotwo")
        assert bench.path.read_bytes() == b"one\n"
        room[0] = 1000
        bench.wait_for_retry()
        bench.write("three")
        assert bench.lines == ["one", "lines missing before this one: 1 (the file could not be written)", "three"]

    @pytest.mark.parametrize("kind", ["a pipe (FIFO)", "a character device"])
    def test_what_is_no_ordinary_file_is_one_warning_and_not_waited_for(self, tmp_path: Path, kind: str) -> None:
        os.mkfifo(tmp_path / "fifo")
        bench = Bench(tmp_path / "fifo" if "pipe" in kind else Path("/dev/full"))
        bench.write("lost")
        [warning] = bench.warnings
        assert f"cannot be written: it is {kind}, allowed is an ordinary file; lines will be missing" in warning

    def test_the_file_is_left_alone_until_the_time_to_try_again(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path / "usb-stick" / "wasi-host.log")
        bench.write("lost")
        bench.path.parent.mkdir()
        bench.write("lost too")
        assert not bench.path.exists()

    def test_once_it_can_be_written_it_says_how_many_lines_it_lacks(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path / "usb-stick" / "wasi-host.log")
        bench.write("lost", "lost")
        bench.write("lost")
        bench.path.parent.mkdir()
        bench.wait_for_retry()
        bench.write("one")
        bench.write("two")
        assert bench.lines == ["lines missing before this one: 3 (the file could not be written)", "one", "two"]
        assert len(bench.warnings) == 1

    def test_a_disk_that_fills_up_again_is_a_new_warning(self, tmp_path: Path) -> None:
        folder = tmp_path / "usb-stick"
        bench = Bench(folder / "wasi-host.log")
        bench.write("lost")
        folder.mkdir()
        bench.wait_for_retry()
        bench.write("one")
        folder.rename(tmp_path / "elsewhere")
        bench.write("lost")
        assert len(bench.warnings) == 2

    def test_what_cannot_turn_over_loses_only_the_lines_after_it(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path / "wasi-host.log", mib=1, kept=1)
        older = tmp_path / "wasi-host.log.1"
        older.mkdir()
        texts = [f"{number:0>99}" for number in range(12_000)]
        bench.write(*texts)
        written = texts[: MIB // 100]
        assert bench.lines == written
        assert len(bench.warnings) == 1
        older.rmdir()
        bench.wait_for_retry()
        bench.write("on again")
        gap = f"lines missing before this one: {len(texts) - len(written)} (the file could not be written)"
        assert older.read_text(encoding="utf-8").splitlines() + bench.lines == [*written, gap, "on again"]
