"""The computer the host runs on."""

from dataclasses import dataclass

from wit_world.imports import system as _system

from .errors import raising_bus_errors


@dataclass(frozen=True, slots=True)
class Status:
    """How the computer is doing."""

    cpu_temperature: float
    """Degrees Celsius."""
    load: float
    """Processes ready to run, averaged over one minute."""
    memory_used: int
    """Bytes in use."""
    memory_total: int
    """Bytes."""
    uptime: float
    """Seconds since boot."""


def status() -> Status:
    """Read it now."""
    with raising_bus_errors():
        raw = _system.read_status()
    return Status(raw.cpu_temperature, raw.load, raw.memory_used, raw.memory_total, raw.uptime)
