"""The file in which screens remember: where it is, and the one thing in it that the first frame waits for."""

from __future__ import annotations

import json
from pathlib import Path

from hostcore.config.finding import user_folder
from hostcore.files import read_bounded

NAME = "layouts.json"
LARGEST = 256 * 1024
"""The most bytes of the file."""


def folder_of_user() -> Path | None:
    """Return the folder of the file; None if no home folder is known."""
    return user_folder("XDG_STATE_HOME", ".local/state", "screen")


def last_theme() -> str:
    """Return the theme that the person chose last; "" if that is not known. `Memory` tells later what is wrong."""
    folder = folder_of_user()
    try:
        found = json.loads(read_bounded(folder / NAME, LARGEST)) if folder else {}
        theme = found.get("theme")
    except (OSError, ValueError, AttributeError, RecursionError):
        return ""
    return theme if isinstance(theme, str) else ""
