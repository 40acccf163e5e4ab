"""Another user swaps a link into a folder at each step of the host's writing there. Nothing outside it is touched.

Root writes in a folder of a user who means harm. There is no race here: the swap happens before a certain call of the
operating system, and every call has its turn.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from hostcore.cli.new import new
from hostcore.clock import VirtualClock
from hostcore.errors import CacheError, HostError
from hostcore.events import Level, LogWritten
from hostcore.files import make_folder, write_whole
from hostcore.log.log_file import LogFile
from hostcore.permissions import SystemPermission
from hostcore.reload.granting import grant
from hostcore.runtime.compiling.own_files import own_folder
from hostcore.supervisor.crash_store import CrashStore
from tests.unit.supervisor.test_crash_store import REPORT
from tui.defect import told

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can play two users")

MALLORY = 1234
SETTINGS = "[plugins.light]\n"
CALLS = (
    "open", "stat", "lstat", "access", "readlink", "mkdir", "write", "fsync", "chown", "fchown", "chmod", "fchmod",
    "rename", "replace", "link", "unlink", "utime",
)  # fmt: skip
"""The calls of the operating system before which the swap happens."""


class Place:
    """A folder of Mallory with settings, a plugin and a folder; and outside of it, one of root with the same names."""

    def __init__(self, top: Path) -> None:
        self.top, self.theirs, self.outside = top, top / "theirs", top / "outside"
        for folder, content in ((self.theirs, "light"), (self.outside, "secret")):
            (folder / "plugins").mkdir(parents=True)
            (folder / "plugins" / "light.py").write_text(content, encoding="utf-8")
            (folder / "host.toml").write_text(SETTINGS, encoding="utf-8")
            (folder / "host.log").touch()
            (folder / "host.toml").chmod(0o640)
        for path in (self.theirs, *self.theirs.rglob("*")):
            os.chown(path, MALLORY, MALLORY)

    def all_outside(self) -> dict[str, tuple[int, ...]]:
        """The status of everything outside: a new file, another owner, mode, content or link count changes it."""
        return {
            str(path.relative_to(self.top)): (*path.lstat()[:7], path.lstat().st_mtime_ns)
            for path in (self.outside, *sorted(self.outside.rglob("*")))
        }

    def swap(self, path: Path, target: Path) -> None:
        """Mallory puts a link in the place of a file or folder."""
        if path.is_dir() and not path.is_symlink():
            path.rename(path.with_name(f"{path.name}.away"))
        else:
            path.unlink()
        path.symlink_to(target)
        os.lchown(path, MALLORY, MALLORY)


def swap_settings(place: Place) -> None:
    place.swap(place.theirs / "host.toml", place.outside / "host.toml")


def swap_log(place: Place) -> None:
    place.swap(place.theirs / "host.log", place.outside / "host.log")


def swap_folder(place: Place) -> None:
    place.swap(place.theirs, place.outside)


def swap_inner_folder(place: Place) -> None:
    place.swap(place.theirs / "plugins", place.outside / "plugins")


def swap_new_files(place: Place) -> None:
    for path in place.theirs.rglob(".*"):
        place.swap(path, place.outside / "host.toml")


def swap_new_files_for_new_names(place: Place) -> None:
    for path in place.theirs.rglob(".*"):
        place.swap(path, place.outside / "made")


def granting(place: Place) -> None:
    grant(place.theirs / "host.toml", "light", [SystemPermission()])


def writing(place: Place) -> None:
    write_whole(place.theirs / "plugins" / "light.py", b"new")


def making_folders(place: Place) -> None:
    make_folder(place.theirs / "plugins" / "a" / "b")


def logging(place: Place) -> None:
    file = LogFile(place.theirs / "host.log", 1, 2, form=lambda event: event.text, clock=VirtualClock(), warn=str)
    file.write([LogWritten(0, "light", Level.INFO, "x" * size) for size in (10, 1 << 20, 10)])
    file.close()


def reporting_a_crash(place: Place) -> None:
    CrashStore(place.theirs / "plugins" / "crashes", 1).save(REPORT)


def making_a_driver(place: Place) -> None:
    new(place.theirs / "host.toml", "kettle")


def opening_the_cache(place: Place) -> None:
    with suppress(CacheError):  # Mallory could replace the folder
        own_folder(place.theirs / "plugins" / "cache")


def reporting_a_defect(place: Place) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_STATE_HOME", str(place.theirs / "plugins" / "state"))
        told(ValueError("a defect"))


ATTACKS = [
    *((granting, swap) for swap in (swap_settings, swap_folder, swap_new_files, swap_new_files_for_new_names)),
    *((writing, swap) for swap in (swap_folder, swap_inner_folder, swap_new_files, swap_new_files_for_new_names)),
    *((making_folders, swap) for swap in (swap_folder, swap_inner_folder)),
    *((logging, swap) for swap in (swap_log, swap_folder)),
    *((reporting_a_crash, swap) for swap in (swap_folder, swap_inner_folder, swap_new_files)),
    *((opening_the_cache, swap) for swap in (swap_folder, swap_inner_folder)),
    *((reporting_a_defect, swap) for swap in (swap_folder, swap_inner_folder, swap_new_files)),
    *((making_a_driver, swap) for swap in (swap_inner_folder, swap_new_files)),
]


@contextmanager
def before_call(number: int, happens: Callable[[Place], None], place: Place) -> Iterator[list[str]]:
    """Let something happen before one of the system calls. Yields the calls, as a list that grows."""
    seen, busy = list[str](), False

    def hooked(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def with_hook(*arguments: Any, **options: Any) -> Any:
            nonlocal busy
            if not busy:
                seen.append(name)
                if len(seen) == number:
                    busy = True
                    happens(place)
                    busy = False
            return call(*arguments, **options)

        return with_hook

    with pytest.MonkeyPatch.context() as patched:
        for name in CALLS:
            patched.setattr(os, name, hooked(name, getattr(os, name)))
        yield seen


@pytest.mark.parametrize(("work", "swap"), ATTACKS)
def test_whenever_a_link_is_swapped_in_nothing_outside_changes(
    tmp_path: Path, work: Callable[[Place], None], swap: Callable[[Place], None]
) -> None:
    place = Place(tmp_path / "0")
    with before_call(0, swap, place) as calls:
        work(place)
    assert len(calls) > 4
    for number, name in enumerate(calls, 1):
        place = Place(tmp_path / str(number))
        before = place.all_outside()
        with before_call(number, swap, place), suppress(HostError, OSError):
            work(place)
        assert place.all_outside() == before, f"swapped before call {number}, {name}"


def test_a_grant_gives_mallory_her_own_file_back(tmp_path: Path) -> None:
    place = Place(tmp_path)
    granting(place)
    found = (place.theirs / "host.toml").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (MALLORY, MALLORY, 0o640)


def test_a_link_of_hers_to_a_file_of_hers_is_followed(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.theirs / "host.toml").rename(place.theirs / "real.toml")
    (place.theirs / "host.toml").symlink_to("real.toml")
    os.lchown(place.theirs / "host.toml", MALLORY, MALLORY)
    granting(place)
    assert "system" in (place.theirs / "real.toml").read_text(encoding="utf-8")


def test_a_link_of_hers_to_a_file_of_roots_is_refused_in_one_line(tmp_path: Path) -> None:
    place = Place(tmp_path)
    swap_settings(place)
    with pytest.raises(HostError, match="belongs to user 0, but a link of user 1234 leads there") as refused:
        granting(place)
    assert "\n" not in str(refused.value)


def test_a_link_of_hers_leads_no_compiled_code_to_a_folder_of_roots(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.theirs / "cache").symlink_to(place.outside)
    os.lchown(place.theirs / "cache", MALLORY, MALLORY)
    before = place.all_outside()
    for folder in (place.theirs / "cache", place.theirs / "cache" / "new"):
        with pytest.raises(CacheError, match="a link of user 1234 leads there"):
            own_folder(folder)
    assert place.all_outside() == before
