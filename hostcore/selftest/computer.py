"""What this computer is, as far as it matters for drivers. Nothing here tells it from another of its kind."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hostcore import __version__
from hostcore.selftest.model import Fact, Result, Verdict

OS_RELEASE = Path("/etc/os-release")
"""The name of the system (os-release(5))."""
MEMORY = Path("/proc/meminfo")
CPU = Path("/proc/cpuinfo")
SPEED = Path("/sys/devices/system/cpu/cpu0/cpufreq")
"""How the kernel chooses the clock of the processor (kernel, Documentation/admin-guide/pm/cpufreq)."""
GROUPS = ("gpio", "i2c", "spi", "dialout", "video")
"""The groups of Raspberry Pi OS that may use hardware. Only whether this user is in them is told."""
MOST = 100
"""Characters that a file of the system can put into a fact."""


def look_at_computer() -> Result:
    """Return what this computer is. Blocks for some milliseconds."""
    facts = dict(_facts())
    board = facts["board"] or "no board that names itself"
    system = f"{facts['os']}, kernel {facts['kernel']} on {facts['machine']}"
    memory = f"{facts['memory_mib']} MiB of memory, {facts['memory_free_mib']} available"
    python = f"Python {facts['python']} with {facts['bits']} bits, wasmtime {facts['wasmtime']}"
    text = f"{board}; {system}; {facts['cores']} cores, {memory}; {python}"
    return Result("computer", Verdict.OK, text, facts=facts)


def _facts() -> Iterator[tuple[str, Fact]]:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow, and needed only here

    system = os.uname()
    yield "host", __version__
    yield "board", _board()
    yield "os", _field(_text(OS_RELEASE), r'^PRETTY_NAME="?([^"\n]*)') or platform.system()
    yield "kernel", system.release
    yield "machine", system.machine
    yield "bits", sys.maxsize.bit_length() + 1
    yield "python", platform.python_version()
    for package in ("wasmtime", "smbus2", "gpiozero", "lgpio", "gpiod", "spidev", "pyserial"):
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, None
    yield "cores", os.cpu_count()
    yield "cpu_part", _field(_text(CPU), r"^CPU part\s*:\s*(\S+)")
    yield "governor", _text(SPEED / "scaling_governor") or None
    yield "highest_mhz", _thousandth(_text(SPEED / "scaling_max_freq"))
    memory = _text(MEMORY)
    yield "memory_mib", _mib(memory, "MemTotal")
    yield "memory_free_mib", _mib(memory, "MemAvailable")
    yield "swap_mib", _mib(memory, "SwapTotal")
    own = _own_groups()
    for group in GROUPS:
        yield f"in_{group}", group in own
    yield "is_root", os.geteuid() == 0


def _board() -> str:
    if sys.platform != "linux":
        return ""
    from hostcore.backends.linux.setup import board  # noqa: PLC0415 - Linux only

    return board()[:MOST]


def _own_groups() -> frozenset[str]:
    import grp  # noqa: PLC0415 - needed only here

    names = set[str]()
    for number in os.getgroups():
        with suppress(KeyError):
            names.add(grp.getgrgid(number).gr_name)
    return frozenset(names)


def _text(file: Path) -> str:
    """Return the text of a file of the system, or "" if this computer has none."""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(1 << 16).strip()
    except OSError:
        return ""


def _field(text: str, pattern: str) -> str | None:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1][:MOST] if found else None


def _mib(memory: str, name: str) -> int | None:
    found = _field(memory, rf"^{name}:\s+(\d+) kB")
    return int(found) >> 10 if found else None


def _thousandth(text: str) -> int | None:
    return int(text) // 1000 if text.isdecimal() else None
