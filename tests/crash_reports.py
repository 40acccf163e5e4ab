"""Reports of crashes that did not happen."""

from __future__ import annotations

from hostcore.events import Counters
from hostcore.events.crashes import CrashReport


def crash(time_ns: int, plugin: str, line: int = 0) -> CrashReport:
    """A report with little in it."""
    return CrashReport(
        time_ns, plugin, f"plugins/{plugin}.py", "0123456789ab", "trap", "KeyError: 'gain'", "Traceback", "", "read",
        "", (), (), Counters(), "1.0", line,
    )  # fmt: skip
