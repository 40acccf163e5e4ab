"""Every part that writes files, on a full disk, in a read-only folder, and without descriptors.

Nothing is damaged, no part of a file is left, and the failure is one line for a person.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from hostcore import shipped
from hostcore.access.requests import AccessRequests, load_requests
from hostcore.cli.new import new
from hostcore.clock import VirtualClock
from hostcore.config.loading import load_config
from hostcore.control import holder
from hostcore.errors import HostError
from hostcore.events import Level, LogWritten
from hostcore.events.facts import HostFacts
from hostcore.files import write_whole
from hostcore.log.log_file import LogFile
from hostcore.permissions import SystemPermission
from hostcore.reload.granting import grant
from hostcore.supervisor.crash_store import CrashStore
from tests.unit.supervisor.test_crash_store import REPORT

SETTINGS = "# mine\n[plugins.light]\n"


class Desk:
    """A folder with settings and one file of each kind. Each method writes, and returns the warnings it gave."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config = folder, folder / "host.toml"
        self.config.write_text(SETTINGS, encoding="utf-8")
        (folder / "plugins").mkdir()
        (folder / "plugins" / "light.py").write_text("old", encoding="utf-8")
        (folder / "wasi-host.log").write_text("old\n", encoding="utf-8")
        self.crashes = CrashStore(folder / "crashes", 3)
        self.crashes.save(REPORT)
        (folder / "empty").mkdir()

    def granting(self) -> list[str]:
        grant(self.config, "light", [SystemPermission()])
        return []

    def crash_report(self) -> list[str]:
        self.crashes.save(REPORT)
        return []

    def log(self) -> list[str]:
        warnings = list[str]()
        clock = VirtualClock()
        file = LogFile(
            self.folder / "wasi-host.log", 1, 1, form=lambda event: event.text, clock=clock, warn=warnings.append
        )
        file.write([LogWritten(0, "light", Level.INFO, "new line")])
        file.close()
        return warnings

    def requests(self) -> list[str]:
        requests = AccessRequests(self.config)
        requests.add("light", SystemPermission(), 1)
        requests.save()
        return []

    def new_driver(self) -> list[str]:
        new(self.config, "kettle")
        return []

    def new_settings(self) -> list[str]:
        before = Path.cwd()
        os.chdir(self.folder / "empty")
        try:
            new(shipped.folder() / "host.toml", "kettle")
        finally:
            os.chdir(before)
        return []

    def hold(self) -> list[str]:
        facts = HostFacts("1", "pi", self.config, False, self.folder, 1.0, (), 0)
        with holder.only_host(facts) as warnings:
            return list(warnings)

    def saved(self) -> list[str]:
        write_whole(self.folder / "plugins" / "light.py", b"new")
        return []

    def content(self) -> dict[str, bytes]:
        """Every file, except locks, which have no content that matters."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".lock")
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}

    def is_whole(self) -> bool:
        """Whether all files are of use, and nothing unfinished is left."""
        load_config(self.config)
        load_requests(self.config)
        reports = list((self.folder / "crashes").iterdir())
        log = (self.folder / "wasi-host.log").read_text(encoding="utf-8")
        return (
            len(self.crashes.reports()) == len(reports)
            and log in {"old\n", "old\nnew line\n"}
            and not [path for path in self.folder.rglob(".*") if path.is_file() or path.name.startswith(".plugins")]
        )


WRITERS = (
    Desk.granting, Desk.crash_report, Desk.log, Desk.requests, Desk.new_driver, Desk.new_settings, Desk.hold,
    Desk.saved,
)  # fmt: skip
Writer = Callable[[Desk], list[str]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "desk" / "state"))
    (tmp_path / "desk").mkdir()
    return Desk(tmp_path / "desk")


@contextmanager
def full(room: int) -> Iterator[None]:
    """A disk that has room for this number of bytes."""
    write, left = os.write, [room]

    def limited(descriptor: int, content: Any) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = write(descriptor, content[: left[0]])
        left[0] -= written
        return written

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", limited)
        yield


@contextmanager
def read_only() -> Iterator[None]:
    """A disk on which nothing is created or renamed. Root may write in every folder, so a mode would not do."""
    opened = os.open

    def refuse(*_arguments: object, **_options: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def open_to_read(name: Any, flags: int, *arguments: Any, **options: Any) -> int:
        return (refuse if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else opened)(
            name, flags, *arguments, **options
        )

    with pytest.MonkeyPatch.context() as patch:
        for call in ("mkdir", "rename", "unlink", "fchmod", "fchown"):
            patch.setattr(os, call, refuse)
        patch.setattr(os, "open", open_to_read)
        yield


@contextmanager
def descriptors(free: int) -> Iterator[None]:
    """A process that can open this number of further files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    probe = os.open("/", os.O_PATH)  # the lowest free number
    os.close(probe)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe + free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


SCARCE: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "full": lambda: full(0),
    "nearly full": lambda: full(5),
    "read-only": read_only,
    **{f"{free} descriptors": lambda free=free: descriptors(free) for free in range(6)},
}


def line_of(writer: Writer, desk: Desk) -> str:
    """Let a part write, and return what it says to a person; "" for a success."""
    try:
        warnings = writer(desk)
    except (HostError, OSError) as error:
        return str(error)
    return "".join(warnings)


@pytest.mark.parametrize("scarcity", SCARCE)
@pytest.mark.parametrize("writer", WRITERS)
def test_it_fails_in_one_line_and_all_files_are_as_before(desk: Desk, writer: Writer, scarcity: str) -> None:
    before, open_files = desk.content(), open_descriptors()
    with SCARCE[scarcity]():
        line = line_of(writer, desk)
    assert "\n" not in line
    assert desk.is_whole()
    assert open_descriptors() == open_files
    if line:
        assert desk.content() == before
        assert any(os.strerror(code) in line for code in (errno.ENOSPC, errno.EROFS, errno.EMFILE)), line
        assert line_of(writer, desk) == "", "the next attempt succeeds"


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real file system of 256 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    monkeypatch.setenv("XDG_STATE_HOME", str(disk / "state"))
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_on_a_real_disk_that_is_full_nothing_is_damaged(small_disk: Path) -> None:
    desk = Desk(small_disk)
    with suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(b"x" * 512):
            pass
    before = desk.content()
    for writer in (each for each in WRITERS if each not in (Desk.log, Desk.hold)):  # these need no new block
        assert os.strerror(errno.ENOSPC) in line_of(writer, desk), writer.__name__
        assert desk.content() == before
    (small_disk / "filler").unlink()
    assert [line_of(writer, desk) for writer in WRITERS] == [""] * len(WRITERS)
    assert desk.is_whole()
