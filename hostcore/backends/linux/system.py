"""The state of this computer, from /proc and /sys."""

from __future__ import annotations

import os
from pathlib import Path

from hostcore.backends.base import System, SystemStatus
from hostcore.backends.linux.node import text_in
from hostcore.errors import UnsupportedError

ZONES = Path("/sys/class/thermal")
"""The temperature sensors of the computer (kernel, Documentation/ABI/testing/sysfs-class-thermal)."""
CPU_ZONES = ("cpu-thermal", "cpu_thermal", "soc-thermal", "soc_thermal", "x86_pkg_temp", "acpitz")
"""The types of the processor's thermal zone. The first one that exists is used."""
PROC = Path("/proc")
"""The load, the memory and the uptime (proc(5))."""


class LinuxSystem(System):
    """This computer.

    Raises:
        UnsupportedError: the computer has no temperature sensor.
    """

    def __init__(self) -> None:
        self._temperature = thermal_zone()

    def status(self) -> SystemStatus:
        try:
            memory = _memory()
            uptime, idle = map(float, (PROC / "uptime").read_text().split())
            return SystemStatus(
                cpu_temperature=int(self._temperature.read_text()) / 1000,
                load=float((PROC / "loadavg").read_text().split()[0]),
                memory_used=memory["MemTotal"] - memory["MemAvailable"],
                memory_total=memory["MemTotal"],
                uptime=uptime,
                idle=idle / (os.cpu_count() or 1),  # the kernel gives the sum over all cores
            )
        except (OSError, KeyError, ValueError) as error:
            raise UnsupportedError(f"the state of this computer cannot be read: {error}") from error


def thermal_zone() -> Path:
    """The file with the processor's temperature, in thousandths of a degree Celsius.

    Raises:
        UnsupportedError: there is no such file.
    """
    zones = sorted(ZONES.glob("thermal_zone*"))
    if not zones:
        raise UnsupportedError(f"this computer has no temperature sensor: {ZONES} has no zone")
    kinds = [text_in(zone / "type") for zone in zones]
    best = next((kinds.index(kind) for kind in CPU_ZONES if kind in kinds), 0)
    return zones[best] / "temp"


def _memory() -> dict[str, int]:
    """The values of /proc/meminfo, in bytes."""
    lines = (line.split() for line in (PROC / "meminfo").read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines}
