"""Where the log of a host in the background is."""

from __future__ import annotations

from pathlib import Path

from hostcore.config.finding import name_of_settings, user_folder
from hostcore.config.model import Config
from hostcore.errors import HostError


def log_file_of(config: Config) -> Path:
    """Return the log file of a host in the background: that of host.toml, or one in the user's state folder.

    Raises:
        HostError: no home folder is known.
    """
    if config.log.file is not None:
        return config.log.file
    folder = user_folder("XDG_STATE_HOME", ".local/state", "logs")
    if folder is None:
        raise HostError("no home folder is known for the log; set file in [log] of host.toml")
    return folder / f"{name_of_settings(config.path)}.log"
