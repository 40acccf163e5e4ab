"""The folder of kept recordings: bounded, for its owner alone, and each sleeping instance is taken once."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hostcore.errors import RecordingError
from hostcore.recording.folder import RecordingFolder


@pytest.fixture
def folder(tmp_path: Path) -> RecordingFolder:
    return RecordingFolder(tmp_path / "recordings", 200)


def aged(path: Path, age: int) -> Path:
    """Let a file be `age` seconds older."""
    os.utime(path, ns=(0, path.stat().st_mtime_ns - age * 10**9))
    return path


def test_each_plugin_has_one_file_which_is_replaced_and_for_its_owner_alone(folder: RecordingFolder) -> None:
    folder.keep("light", b"old")
    path = folder.keep("light", b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o600)
    assert [each.name for each in path.parent.iterdir()] == ["light.recording"]
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_newest_of_a_plugin_is_found_by_its_name(folder: RecordingFolder) -> None:
    aged(folder.keep("light", b"stop"), 60)
    asked = folder.keep("light", b"asked", "20260131T080000Z")
    folder.keep("light_2", b"other")
    folder.put_to_sleep("light", b"asleep")
    found = folder.newest("light")
    assert found is not None
    assert found.path == asked
    assert folder.newest("dark") is None


def test_the_oldest_go_when_half_of_the_bound_is_used_and_others_get_the_rest(tmp_path: Path) -> None:
    left: list[int] = []
    folder = RecordingFolder(tmp_path, 200, left.append)
    for number, name in enumerate(("a", "b", "c")):
        aged(folder.keep(name, bytes(40)), 60 - number)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["b.recording", "c.recording"]
    assert (folder.size(), left) == (80, [160, 120, 120])


def test_one_that_is_too_large_is_refused_and_says_what_is_allowed(folder: RecordingFolder) -> None:
    with pytest.raises(RecordingError, match="has 101 bytes, and 100 are allowed"):
        folder.keep("light", bytes(101))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="cannot be written: Not a directory"):
        RecordingFolder(tmp_path / "file" / "recordings", 200).keep("light", b"")
    with pytest.raises(RecordingError, match="set HOME or XDG_STATE_HOME"):
        RecordingFolder(None, 200).keep("light", b"")


def test_a_sleeping_instance_is_taken_once_however_many_want_it(folder: RecordingFolder) -> None:
    folder.put_to_sleep("light", b"asleep")
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: folder.take_sleeping("light"), range(40)))
    assert [each for each in taken if each is not None] == [b"asleep"]
    assert folder.size() == 0


def test_files_of_others_are_left_alone(folder: RecordingFolder) -> None:
    path = folder.keep("light", bytes(10))
    (path.parent / "notes.txt").write_bytes(bytes(500))
    folder.keep("dark", bytes(95))
    assert sorted(each.name for each in path.parent.iterdir()) == ["dark.recording", "notes.txt"]
