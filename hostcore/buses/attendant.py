"""The attendant of a running script: it is told what the script does, because the run itself may never end."""

from __future__ import annotations

from typing import Protocol


class Attendant(Protocol):
    """Attends one run of a script. All methods are called on the script's own thread, and may stop its limit."""

    def printed(self) -> None:
        """The script has printed a line. Does not block."""

    def waits(self) -> int:
        """The script is about to sleep or wait, or still sleeps.

        Returns:
            When to call this again while the script sleeps, on the host's monotonic clock in nanoseconds.
        """

    def goes_on(self) -> None:
        """The script does not wait any more."""
