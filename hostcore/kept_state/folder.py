"""The folder with the files of the kept states: one JSON file for each plugin, which a person may read and change."""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path

from hostcore.config.finding import name_of_settings
from hostcore.config.model import Config
from hostcore.errors import KeptStateError
from hostcore.files import Folder
from hostcore.kept_state.state import MOST_BYTES, KeptValue
from hostcore.strict_json import value_of

SUFFIX, ASIDE = ".json", ".json.damaged"
"""The suffixes of a state's file, and of one that could not be used."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def state_folder_of(config: Config) -> StateFolder | None:
    """Return the folder of the states of these settings, which no others share; None if no home folder is known."""
    root = config.state.folder
    return StateFolder(root / name_of_settings(config.path)) if root else None


class StateFolder:
    """Reads and writes the files. Every method blocks as long as the disk does.

    Args:
        path: the folder. It is made with the first file, for its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def plugins(self) -> frozenset[str]:
        """Return the plugins that have a file here; none if the folder cannot be read."""
        try:
            with Folder.open(self.path) as folder:
                names = folder.names()
        except OSError:
            return frozenset()
        return frozenset(name.partition(".")[0] for name in names if name.endswith((SUFFIX, ASIDE)))

    def kept(self) -> tuple[KeptValue, ...]:
        """Return how much each plugin has here, by name; nothing if the folder cannot be read."""
        found = list[KeptValue]()
        with suppress(OSError), Folder.open(self.path) as folder:
            for name in sorted(folder.names()):
                if name.endswith(SUFFIX) and (status := folder.stat(name)) is not None:
                    found.append(KeptValue(name.removesuffix(SUFFIX), status.st_size, status.st_mtime_ns))
        return tuple(found)

    def read(self, plugin: str) -> str | None:
        """Return the state of a plugin; None if there is no file.

        Raises:
            KeptStateError: the file is damaged, too large, or cannot be read. It has another name from now on.
        """
        try:
            return self.look(plugin)
        except KeptStateError as error:
            raise KeptStateError(
                f"{plugin} starts without the state that it kept: {error}; {self._put_aside(plugin)}"
            ) from None

    def look(self, plugin: str) -> str | None:
        """Do the same as `read`, but leave a file that is damaged as it is."""
        try:
            with Folder.open(self.path) as folder:
                text = folder.read(plugin + SUFFIX, MOST_BYTES).decode()
            value_of(text)
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            reason = "the file is not UTF-8 text"
        except ValueError as problem:
            reason = f"the file {problem}"
        except OSError as error:
            reason = error.strerror or str(error)
        else:
            return text
        raise KeptStateError(f"{self.path / plugin}{SUFFIX}: {reason}")

    def write(self, plugin: str, text: str) -> None:
        """Replace the state of a plugin, whole or not at all.

        Raises:
            KeptStateError: the disk is full, or the folder cannot be written. The file is unchanged.
        """
        try:
            with Folder.open(self.path, create=0o700) as folder:
                folder.remove_unfinished()
                folder.write(plugin + SUFFIX, text.encode())
        except OSError as error:
            remedy = "make room there" if error.errno in _FULL else "make it a folder that you may write to"
            raise KeptStateError(
                f"the state that {plugin} keeps cannot be written to {self.path}: {error.strerror or error}; {remedy}, "
                "or name another one as folder of [state] in host.toml. The host tries again every minute"
            ) from error

    def delete(self, plugin: str) -> bool:
        """Delete the state of a plugin. Returns whether there was one, and it is gone."""
        try:
            with Folder.open(self.path) as folder:
                was_there = folder.stat(plugin + SUFFIX) is not None
                folder.remove(plugin + SUFFIX)
                folder.remove(plugin + ASIDE)
                return was_there and folder.stat(plugin + SUFFIX) is None
        except OSError:
            return False

    def _put_aside(self, plugin: str) -> str:
        """Rename a file that cannot be used, so that a person can look at it. Returns what became of it, in words."""
        try:
            with Folder.open(self.path) as folder:
                folder.rename(plugin + SUFFIX, plugin + ASIDE)
        except OSError as error:
            return f"it keeps its name, and the next save replaces it ({error.strerror or error})"
        return f"it is now called {plugin}{ASIDE}"
