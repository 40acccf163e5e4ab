"""Reports of crashes that did not happen."""

from __future__ import annotations

from hostcore.clock import NS_PER_S
from hostcore.events import Counters, Level, LogWritten, Message, Outcome, TransferCompleted
from hostcore.events.crashes import CrashReport
from hostcore.place import BusName
from hostcore.quick_dataclass import replace

NOON_NS = 1_704_110_400 * NS_PER_S
"""2024-01-01T12:00:00Z."""
REPORT = CrashReport(
    time_ns=NOON_NS,
    plugin="light",
    path="plugins/light.py",
    version="3fa9c01d2e4b",
    kind="deadline",
    problem="still running after 2 s in light.py line 14",
    traceback="Stack at the end",
    wasm_trace="wasm backtrace",
    call="update",
    argument='{"lux": 3}',
    transfers=(
        TransferCompleted(NOON_NS, "light", BusName("i2c-1"), 0x23, (Message(True, b"\x10"),), Outcome.OK, "", 5),
    ),
    lines=(LogWritten(NOON_NS, "light", Level.INFO, "hello"),),
    counters=Counters(calls=3, crashes=(("deadline", 1),)),
    host_version="0.1.0",
)
"""A report with something in each of its parts."""


def crash(time_ns: int, plugin: str, line: int = 0) -> CrashReport:
    """A report with little in it."""
    return CrashReport(
        time_ns, plugin, f"plugins/{plugin}.py", "0123456789ab", "trap", "KeyError: 'gain'", "Traceback", "", "read",
        "", (), (), Counters(), "1.0", line,
    )  # fmt: skip


def report(number: int, **values: object) -> CrashReport:
    """A report of second `number` after noon."""
    return replace(REPORT, time_ns=NOON_NS + number * NS_PER_S, **values)
