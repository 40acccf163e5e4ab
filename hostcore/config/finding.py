"""Finds the settings file. It imports little: the first frame of a screen waits for it."""

from __future__ import annotations

from pathlib import Path

from hostcore import shipped
from hostcore.config.values import user_folder

FILE_NAME = "host.toml"
LARGEST_FILE = 1 << 20
"""The largest settings file in bytes. The limit protects against endless device files."""


def find_config(explicit: Path | None, folder: Path) -> Path:
    """Return the settings file to use.

    That is `explicit`, or the first of these that exists: host.toml in `folder`, host.toml in the user's configuration
    folder, the built-in settings.

    Args:
        explicit: the file that the person named, if any; it need not exist.
        folder: the first folder to search, usually the working directory.
    """
    if explicit is not None:
        return explicit
    user = user_folder("XDG_CONFIG_HOME", ".config")
    candidates = [folder / FILE_NAME, *([user / FILE_NAME] if user else [])]
    return next(filter(_is_there, candidates), shipped.folder() / FILE_NAME)


def _is_there(path: Path) -> bool:
    """Return whether the path exists, even if it cannot be read: loading it then reports the reason."""
    try:
        return path.exists()
    except OSError:
        return True
