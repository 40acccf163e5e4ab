"""A history on a real disk that is full or read-only, and in a process without descriptors."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hostcore.clock import NS_PER_S
from hostcore.events.history import HistoryQuery
from hostcore.history.answers import answer_from, series_in
from tests.recorded import Recording


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 512 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def read_minutes(recording: Recording, minutes: int) -> None:
    for _ in range(minutes):
        recording.clock.advance(60)
        recording.read({f"key{index}": index for index in range(200)})
        recording.commit_if_due()


def values_in(recording: Recording) -> int:
    return sum(each.count for each in series_in(recording.file))


def test_on_a_full_disk_it_keeps_what_it_has_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    recording = Recording(small_disk)
    read_minutes(recording, 5)
    with suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(b"x" * 512):
            pass
    read_minutes(recording, 30)
    (warning,) = recording.warnings
    assert "the history cannot be written: " in warning
    assert "\n" not in warning
    (small_disk / "filler").unlink()
    read_minutes(recording, 2)
    assert recording.warnings[1:] == ["the history is written again; nothing is missing"]
    recording.recorder.close()
    assert values_in(recording) == 200 * 37
    assert not list(small_disk.glob("*damaged*"))


def test_on_a_read_only_disk_it_is_shown_but_not_written(small_disk: Path) -> None:
    recording = Recording(small_disk)
    read_minutes(recording, 5)
    recording.recorder.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    recording.open()
    read_minutes(recording, 5)
    (warning,) = recording.warnings
    assert "Read-only file system" in warning
    assert values_in(recording) == 200 * 5
    query = HistoryQuery("light", ("key7",), recording.now - 3600 * NS_PER_S, recording.now, 10)
    report = answer_from(recording.file, query)
    assert (sum(point.count for point in report.points), report.problem) == (5, "")
    assert sum(point.count for point in recording.past("key7", seconds=3600).points) == 10


@pytest.mark.parametrize("free", range(7))
def test_without_descriptors_it_waits_for_some(tmp_path: Path, free: int) -> None:
    recording = Recording(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (before - 1 + free, hard))
    try:
        read_minutes(recording, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert all("\n" not in warning for warning in recording.warnings)
    read_minutes(recording, 1)
    recording.recorder.close()
    assert values_in(recording) == 200 * 3
    assert len(list(Path("/proc/self/fd").iterdir())) == before
