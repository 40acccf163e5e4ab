"""MicroPython's `time`, which older drivers import as `utime`, and the functions that it has besides those of Python.

Drivers call these in `time` as well, so they are added there.

Source: docs.micropython.org, module time.
"""

import time as python_time
from time import gmtime, localtime, mktime, monotonic_ns, time, time_ns

__all__ = [
    "gmtime",
    "localtime",
    "mktime",
    "sleep",
    "sleep_ms",
    "sleep_us",
    "ticks_add",
    "ticks_cpu",
    "ticks_diff",
    "ticks_ms",
    "ticks_us",
    "time",
    "time_ns",
]
PERIOD = 1 << 30
"""Ticks wrap around after this number (MicroPython, py/mpconfig.h, MICROPY_PY_TIME_TICKS_PERIOD)."""


def sleep(seconds: float) -> None:
    """Sleep for `seconds`, as Python's `time.sleep`, which another module may have replaced."""
    python_time.sleep(seconds)


def sleep_ms(ms: int) -> None:
    """Sleep for `ms` milliseconds. A negative number sleeps not at all."""
    sleep(max(ms, 0) / 1e3)


def sleep_us(us: int) -> None:
    """Sleep for `us` microseconds. A negative number sleeps not at all."""
    sleep(max(us, 0) / 1e6)


def ticks_ms() -> int:
    """Return a counter of milliseconds, which wraps around. Compare two of them by `ticks_diff`."""
    return monotonic_ns() // 1_000_000 % PERIOD


def ticks_us() -> int:
    """Return a counter of microseconds, like `ticks_ms`."""
    return monotonic_ns() // 1_000 % PERIOD


def ticks_cpu() -> int:
    """Return the finest counter that there is, like `ticks_us`."""
    return ticks_us()


def ticks_add(ticks: int, delta: int) -> int:
    """Return the ticks `delta` later than `ticks`."""
    return (ticks + delta) % PERIOD


def ticks_diff(ticks1: int, ticks2: int) -> int:
    """Return how much later `ticks1` is than `ticks2`; less than 0 if it is earlier."""
    return (ticks1 - ticks2 + PERIOD // 2) % PERIOD - PERIOD // 2


for _added in (sleep_ms, sleep_us, ticks_add, ticks_cpu, ticks_diff, ticks_ms, ticks_us):
    setattr(python_time, _added.__name__, _added)
