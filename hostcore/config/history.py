"""Reads `[history]` of host.toml, and names the file of the history."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from hostcore.config.finding import name_of_settings, user_folder
from hostcore.quick_dataclass import dataclass
from hostcore.toml.reader import integer, number

SUFFIX = ".sqlite"
NO_FILE = "no home folder is known for stored readings; set file in [history] of host.toml"
"""Why there is no history if `HistorySettings.file` is None."""


@dataclass(frozen=True, slots=True)
class HistorySettings:
    """``[history]``: the stored readings."""

    enabled: bool = True
    """Whether readings are stored."""
    file: Path | None = None
    """The SQLite file, absolute once loaded. None if the file names none and no home is known."""
    commit_seconds: Annotated[float, number(1, 3600, "seconds")] = 60.0
    """Seconds between two writes to the file."""
    keep_raw_days: Annotated[float, number(0.1, 366, "days")] = 1.0
    """Days for which each value is kept."""
    keep_minutes_days: Annotated[float, number(1, 3660, "days")] = 31.0
    """Days for which lowest, mean and highest of each minute are kept."""
    keep_hours_days: Annotated[float, number(1, 36_600, "days")] = 3660.0
    """Days for which lowest, mean and highest of each hour are kept."""
    size_mib: Annotated[int, integer(8, 1 << 20, "MiB")] = 200
    """The largest size of the file, MiB. The oldest values are deleted before it is exceeded."""

    @property
    def unsent_mib(self) -> int:
        """The most space of it for readings that wait for the MQTT broker, MiB. The oldest are left out first."""
        return self.size_mib // 4


def history_file(settings_file: Path) -> Path | None:
    """Return the usual file for the history of a settings file; None if no home folder is known.

    Each settings file has one of its own, also on each computer that shares the home folder.
    """
    folder = user_folder("XDG_STATE_HOME", ".local/state", "history")
    return folder and folder / f"{name_of_settings(settings_file)}{SUFFIX}"
