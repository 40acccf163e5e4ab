"""The file with the latest time of a command that may have been followed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hostcore.config.finding import name_of_settings, user_folder
from hostcore.files import Folder

LONGEST = 20
"""The most characters of the number in the file."""


class WatermarkFile:
    """Keeps the time in a file of its own for each settings file. For one thread at a time.

    Args:
        settings: the settings file of the host.
        warn: takes one line for a person if the file cannot be used. Then a command of the run before can be given
            again within a minute, if its sender's clock is ahead or the node's was set back.
    """

    def __init__(self, settings: Path, warn: Callable[[str], None]) -> None:
        self._folder = user_folder("XDG_STATE_HOME", ".local/state", "commands")
        self._name, self._warn = f"{name_of_settings(settings)}.latest", warn
        self._has_warned = False

    def read(self) -> int:
        """See `hostcore.mqtt.commands.freshness.Watermark`."""
        if self._folder is None:
            return 0
        try:
            with Folder.open(self._folder) as folder:
                return int(folder.read(self._name, LONGEST).decode("ascii"))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            self._tell(error)
            return 0

    def write(self, time_ns: int) -> None:
        """See `hostcore.mqtt.commands.freshness.Watermark`."""
        if self._folder is None:
            return
        try:
            with Folder.open(self._folder, create=0o700) as folder:
                folder.write(self._name, str(time_ns).encode())
        except OSError as error:
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if not self._has_warned:
            self._has_warned = True
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self._warn(
                f"the time of the last command over MQTT cannot be kept in {self._folder}: {reason}; make it a folder "
                "that you may write to. Until then, a command may be repeated within a minute after a restart"
            )
