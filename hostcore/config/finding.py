"""Finds the settings file, and the folders of a user. It imports little: the first frame of a screen waits for it."""

from __future__ import annotations

import os
from pathlib import Path

from hostcore import shipped

FILE_NAME = "host.toml"
LARGEST_FILE = 1 << 20
"""The largest settings file in bytes. The limit protects against endless device files."""
USER_SUBFOLDER = "wasi-host"
"""The host's folder in each of the user's XDG folders."""
LONGEST_NAME = 200
"""The most bytes of a path that become the name of a file. A name can have 255 bytes."""


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


def user_folder(variable: str, otherwise: str, *below: str) -> Path | None:
    """Return a folder of the host, in an XDG folder of the user.

    Source: XDG Base Directory Specification 0.8. It also says that relative paths in the variables are ignored.

    Args:
        variable: the variable that names the XDG folder, such as ``XDG_STATE_HOME``.
        otherwise: the XDG folder in the home folder if the variable is not set, such as ``.local/state``.
        below: the path within the host's folder.

    Returns:
        The folder; None if the home folder is not known.
    """
    named = Path(os.environ.get(variable, ""))
    try:
        return (named if named.is_absolute() else Path.home() / otherwise).joinpath(USER_SUBFOLDER, *below)
    except RuntimeError:
        return None


def name_of_settings(settings_file: Path, computer: str = "") -> str:
    """Return a name for what belongs to one settings file on one computer. The home folder may be shared by several.

    Args:
        settings_file: the settings file. Links to it have the same name.
        computer: the computer's name; by default this one's.

    Returns:
        A name without ``/``, at most `LONGEST_NAME` bytes. Different files have different names.
    """
    name = f"{computer or os.uname().nodename}{os.path.realpath(settings_file)}".replace("%", "%25").replace("/", "%2F")
    if len(os.fsencode(name)) > LONGEST_NAME:
        from hashlib import sha256  # noqa: PLC0415 - takes 3 ms, which few starts need

        name = sha256(os.fsencode(name)).hexdigest()
    return name
