"""What an installed service needs: the program that it runs, the folders that it may write, and its unit file."""

from __future__ import annotations

import grp
import sys
from collections.abc import Iterator
from pathlib import Path

from hostcore import shipped
from hostcore.config.finding import user_folder
from hostcore.config.loading import cache_folder
from hostcore.config.model import Config
from hostcore.errors import HostError
from hostcore.files import Folder, read_bounded
from hostcore.quick_dataclass import fields
from hostcore.service.unit import GROUPS, MARK, NAME

SYSTEM_FOLDER = Path("/etc/systemd/system")
"""The folder of the units that the administrator of a computer adds: systemd.unit(5)."""
LARGEST_UNIT = 1 << 16
"""The most bytes of a unit file that are read."""
PROGRAM = "wasi-host"


def user_unit_folder() -> Path:
    """Return the folder of a user's own units: systemd.unit(5).

    Raises:
        HostError: no home folder is known.
    """
    configured = user_folder("XDG_CONFIG_HOME", ".config")
    if configured is None:
        raise HostError("no home folder is known for the unit file; set HOME")
    return configured.parent / "systemd" / "user"


def program() -> Path:
    """Return the command that runs this program, in the environment of pip, pipx, uv or venv in which it is installed.

    Raises:
        HostError: it is not installed as a command, or where it will not stay.
    """
    beside, called = Path(sys.executable).with_name(PROGRAM), Path(sys.argv[0]).absolute()
    found = next((each for each in (beside, called) if each.name == PROGRAM and each.is_file()), None)
    if found is None:
        raise HostError(
            f"there is no command {beside}, so a service could not start; install the host with pipx, uv or pip"
        )
    if ".cache" in found.parts:
        raise HostError(
            f"{found} is in a cache, which is emptied at any time; install the host to stay: "
            "pipx install, or uv tool install"
        )
    return found


def device_groups() -> tuple[str, ...]:
    """Return the groups of `GROUPS` that this computer has. systemd does not start a unit with an unknown group."""
    known = {each.gr_name for each in grp.getgrall()}
    return tuple(name for name in GROUPS if name in known)


def writable_folders(config: Config) -> tuple[Path, ...]:
    """Return the folders to which a host with these settings writes, without those within another one.

    Raises:
        CacheError: no home folder is known for compiled components.
    """
    found = list(_written(config))
    return tuple(dict.fromkeys(each for each in found if not any(other in each.parents for other in found)))


def workplace(config: Config) -> Path:
    """Return the working directory of a host without a terminal. lgpio makes pipes in it, so it must be writable."""
    return user_folder("XDG_STATE_HOME", ".local/state") or config.path.parent


def own_folders(config: Config) -> Iterator[Path]:
    """Yield the folders that the host makes for itself: compiled components, its state, the socket for commands.

    Raises:
        CacheError: no home folder is known.
    """
    yield cache_folder(config)
    for folder in (user_folder("XDG_STATE_HOME", ".local/state"), user_folder("XDG_CACHE_HOME", ".cache")):
        if folder:
            yield folder


def _written(config: Config) -> Iterator[Path]:
    yield from own_folders(config)
    for section in fields(config):  # a section with a folder keeps files there, such as [crashes]
        if isinstance(folder := getattr(getattr(config, section.name), "folder", None), Path):
            yield folder
    for file in (config.log.file, config.history.file):
        if file:
            yield file.parent
    for folder in (config.path.parent, config.host.plugins_folder):  # granted permissions, and locks of libraries
        if folder != shipped.folder() and shipped.folder() not in folder.parents:
            yield folder


class UnitFile:
    """The unit file in a folder of systemd.

    Args:
        folder: the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def content(self) -> str | None:
        """Return its present content; None if there is no such file.

        Raises:
            OSError: it cannot be read.
        """
        try:
            return read_bounded(self.path, LARGEST_UNIT).decode(errors="replace")
        except FileNotFoundError:
            return None

    def require_own(self) -> None:
        """Raise HostError if there is a file of this name that `wasi-host service install` did not write."""
        found = self.content()
        if found is not None and not found.startswith(f"{MARK}\n"):
            raise HostError(f"{self.path} was not written by wasi-host service install; move it away first")

    def write(self, text: str) -> None:
        """Replace it completely or not at all. The folder is created if there is none. Raises OSError, HostError."""
        self.require_own()
        with Folder.open(self.path.parent, create=0o755) as folder:
            folder.write(NAME, text.encode(), mode=0o644)

    def remove(self) -> None:
        """Remove it.

        Raises:
            OSError: it cannot be removed.
            HostError: `wasi-host service install` did not write it.
        """
        self.require_own()
        self.path.unlink(missing_ok=True)
