"""Changes host.toml for a person, and leaves all other text as it is."""

from __future__ import annotations

import codecs
import os
import shlex
import stat
from collections.abc import Callable
from pathlib import Path

from hostcore import shipped
from hostcore.config.finding import FILE_NAME, LARGEST_FILE
from hostcore.config.loading import FILE_KIND, parse_config
from hostcore.config.model import Config
from hostcore.errors import ConfigError
from hostcore.files import Folder
from hostcore.quick_dataclass import dataclass
from hostcore.toml.document import decode, reading

WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
"""The bits of a file's mode that allow writing."""


def edit_settings(path: Path, change: Callable[[Config, str], str]) -> None:
    """Change the text of a settings file. Blocks until it is on the disk.

    The file is replaced completely or not at all, and only if no one else changed it at the same time. It keeps its
    owner and mode. If `path` is a link, the file that it leads to is edited; a link of another user is followed only
    to files of that user. Root can run this in a folder of a user who means harm.

    Args:
        path: the settings file.
        change: returns the new text for the settings and the text that they have now. If that is the same text,
            nothing is written. It may raise HostError.

    Raises:
        ConfigError: the file cannot be read or written, is not valid, would become invalid, was changed at the same
            time, or is the built-in one. The file is unchanged by this call.
    """
    require_own(path)
    try:
        folder, name = Folder.of_file(path)
        with folder, folder.locked():
            folder.remove_unfinished(name, age=0)
            _edit(_Target(path, folder, name), change)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", file=str(path)) from None


@dataclass(frozen=True, slots=True)
class _Target:
    """The file to edit. All access goes through its opened folder."""

    path: Path
    """Its path as the person knows it, for messages. It may be a link."""
    folder: Folder
    name: str

    def read(self) -> tuple[bytes, os.stat_result]:
        with reading(self.path, FILE_KIND):
            return self.folder.snapshot(self.name, LARGEST_FILE)


def _edit(target: _Target, change: Callable[[Config, str], str]) -> None:
    before, found = target.read()
    text = decode(target.path, before)
    after = change(parse_config(target.path, text), text)
    if after == text:
        return
    _require_valid(target.path, after)
    content = after.encode("utf-8-sig" if before.startswith(codecs.BOM_UTF8) else "utf-8")
    _require_writable(target, found)
    with target.folder.staged(target.name, content, like=found) as replace:
        if target.read()[0] != before:
            problem = "was changed while it was edited; nothing was written, try again"
            raise ConfigError(problem, file=str(target.path))
        replace()


def _require_valid(path: Path, text: str) -> None:
    try:
        parse_config(path, text)
    except ConfigError as error:  # its line number is that of the new text, which no one has seen
        raise ConfigError(error.problem, file=error.file, key=error.key) from None


def require_own(path: Path) -> None:
    """Raise ConfigError for the built-in settings, unless the working directory is theirs. It says how to copy them."""
    folder = shipped.folder()
    if Path(os.path.realpath(path)) == folder / FILE_NAME and folder != Path.cwd():
        copy = shlex.join(["cp", "-r", str(folder / FILE_NAME), str(folder / "plugins"), "."])
        raise ConfigError(
            f"these are the built-in settings, which belong to the installation; make them your own with: {copy}",
            file=str(path),
        )


def _require_writable(target: _Target, found: os.stat_result) -> None:
    """Respect a file that is read-only. Its folder alone would allow to replace it."""
    if not (found.st_mode & WRITABLE and os.access(target.name, os.W_OK, dir_fd=target.folder.descriptor)):
        file = shlex.quote(os.path.realpath(target.path))
        raise ConfigError(f"is read-only; allow writing with: chmod u+w {file}", file=str(target.path))
