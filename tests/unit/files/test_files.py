"""A file is written whole or not at all, and read only if it is an ordinary file."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from hostcore.files import Folder, make_folder, read_bounded, write_whole
from hostcore.files import folder as folder_module

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


def full(*_arguments: object, **_options: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestWriting:
    def test_a_file_is_made(self, tmp_path: Path) -> None:
        write_whole(tmp_path / "file", b"content")
        assert (tmp_path / "file").read_bytes() == b"content"
        assert names(tmp_path) == ["file"]

    def test_a_file_is_replaced_and_a_reader_of_the_old_one_keeps_it(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_bytes(b"old")
        with path.open("rb") as reader:
            write_whole(path, b"new")
            assert reader.read() == b"old"
        assert path.read_bytes() == b"new"

    def test_nobody_else_can_read_or_write_it(self, tmp_path: Path) -> None:
        write_whole(tmp_path / "file", b"content")
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600

    def test_a_content_that_the_system_takes_in_parts_is_complete(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = os.write
        monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:3]))
        write_whole(tmp_path / "file", b"0123456789")
        monkeypatch.undo()
        assert (tmp_path / "file").read_bytes() == b"0123456789"

    @pytest.mark.parametrize("step", ["open", "write", "fsync", "rename"])
    def test_a_failure_leaves_the_old_file_and_nothing_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        (tmp_path / "file").write_bytes(b"old")
        with Folder.open(tmp_path) as folder:
            monkeypatch.setattr(os, step, full)
            with pytest.raises(OSError, match="No space left"):
                folder.write("file", b"new")
            monkeypatch.undo()
        assert (tmp_path / "file").read_bytes() == b"old"
        assert names(tmp_path) == ["file"]

    def test_a_name_of_the_greatest_length_can_be_written(self, tmp_path: Path) -> None:
        for name in ("n" * 255, "ü" * 127):
            write_whole(tmp_path / name, b"content")
            assert (tmp_path / name).read_bytes() == b"content"

    def test_a_folder_that_is_not_there_is_an_error_that_names_it(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path / "folder"))):
            write_whole(tmp_path / "folder" / "file", b"content")

    def test_a_name_that_no_file_can_have_is_an_error_of_the_system(self, tmp_path: Path) -> None:
        for attempt in (lambda path: write_whole(path / "file", b""), lambda path: read_bounded(path, 1)):
            with pytest.raises(OSError, match="no file can have the name"):
                attempt(tmp_path / "a\0b")

    @as_root
    def test_a_file_like_another_has_its_owner_and_its_mode_but_no_special_rights(self, tmp_path: Path) -> None:
        model = tmp_path / "model"
        model.touch()
        os.chown(model, 1234, 5678)
        model.chmod(0o6750)
        with Folder.open(tmp_path) as folder:
            folder.write("file", b"", like=model.stat())
        made = (tmp_path / "file").stat()
        assert (made.st_uid, made.st_gid, stat.S_IMODE(made.st_mode)) == (1234, 5678, 0o750)


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/full")


KINDS: dict[str, Callable[[Path], None]] = {
    "a pipe (FIFO)": make_pipe,
    "a folder": Path.mkdir,
    "a character device": make_device,
}


class TestWhatIsNoOrdinaryFile:
    def test_or_is_too_large_is_not_read(self, tmp_path: Path) -> None:
        with (tmp_path / "sparse").open("wb") as file:
            file.truncate(1 << 40)
        with pytest.raises(OSError, match=r"it has more than 10 bytes \(1,099,511,627,776\)"):
            read_bounded(tmp_path / "sparse", 10)
        with pytest.raises(OSError, match=r"it has more than 10 bytes:"):
            read_bounded(Path("/proc/self/maps"), 10)

    @pytest.mark.parametrize("kind", KINDS)
    def test_is_not_read(self, tmp_path: Path, kind: str) -> None:
        KINDS[kind](tmp_path / "file")
        with pytest.raises(OSError, match=re.escape(f"it is {kind}, allowed is an ordinary file")):
            read_bounded(tmp_path / "file", 10)

    @pytest.mark.parametrize("kind", ["a pipe (FIFO)", "a folder"])
    def test_is_not_replaced(self, tmp_path: Path, kind: str) -> None:
        KINDS[kind](tmp_path / "file")
        before = (tmp_path / "file").lstat()
        with pytest.raises(OSError, match=re.escape(f"it is {kind}, allowed is an ordinary file")):
            write_whole(tmp_path / "file", b"content")
        assert (tmp_path / "file").lstat() == before
        assert names(tmp_path) == ["file"]

    def test_is_not_read_if_it_takes_the_place_of_a_file_at_the_last_moment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").touch()
        opened = os.open

        def swapped(path: str | Path, flags: int) -> int:
            (tmp_path / "file").unlink()
            os.mkfifo(tmp_path / "file")
            return opened(path, flags)

        monkeypatch.setattr(os, "open", swapped)
        with pytest.raises(OSError, match="it is a pipe"):
            read_bounded(tmp_path / "file", 10)

    def test_a_link_is_replaced_and_its_target_stays(self, tmp_path: Path) -> None:
        (tmp_path / "target").write_bytes(b"old")
        (tmp_path / "file").symlink_to("target")
        write_whole(tmp_path / "file", b"new")
        assert (tmp_path / "target").read_bytes() == b"old"
        assert not (tmp_path / "file").is_symlink()


class TestFolders:
    def test_are_made_with_their_parents(self, tmp_path: Path) -> None:
        make_folder(tmp_path / "a" / "b")
        make_folder(tmp_path / "a" / "b")
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700

    def test_are_reached_through_relative_paths_and_links_of_ones_own(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "real" / "inner").mkdir(parents=True)
        (tmp_path / "link").symlink_to("real/inner/../inner")
        monkeypatch.chdir(tmp_path / "real")
        write_whole(Path("../link/file"), b"content")
        assert (tmp_path / "real" / "inner" / "file").exists()

    def test_are_not_reached_through_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(NotADirectoryError):
            make_folder(tmp_path / "file" / "folder")

    def test_are_locked_for_one_at_a_time_and_not_waited_for_forever(self, tmp_path: Path) -> None:
        locked_again = pytest.raises(OSError, match="another program has locked the folder")
        with Folder.open(tmp_path) as folder, folder.locked(), locked_again, folder.locked(seconds=0):
            pass
        with Folder.open(tmp_path) as folder, folder.locked(seconds=0):
            pass

    def test_lose_what_killed_processes_left_but_not_what_others_are_writing(self, tmp_path: Path) -> None:
        with Folder.open(tmp_path) as folder, folder.staged("new", b"content"):
            (left,) = names(tmp_path)
            os.link(tmp_path / left, tmp_path / left.replace("new", "old"))
            os.utime(tmp_path / left.replace("new", "old"), (0, 0))
            (tmp_path / "kept").touch()
            assert folder_module.STALE_SECONDS > 0
            folder.remove_unfinished("old")
        assert names(tmp_path) == ["kept"]

    def test_leave_no_descriptor_behind_when_they_do_not_open(self, tmp_path: Path) -> None:
        (tmp_path / "loop").symlink_to("loop")
        (tmp_path / "file").touch()
        before = names(Path("/proc/self/fd"))
        for name in ("loop", "file/x", "none"):
            with pytest.raises(OSError, match=name[:4]):
                Folder.open(tmp_path / name)
        with pytest.raises(OSError, match="Too many levels"):
            Folder.of_file(tmp_path / "loop")
        assert names(Path("/proc/self/fd")) == before
