"""The computer that the host runs on."""

from dataclasses import dataclass

from wit_world.imports import python_wire

from ._wire import ask


@dataclass(frozen=True, slots=True)
class Status:
    """Temperature, load, memory and uptime of the computer."""

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
    """Read the current status."""
    raw = ask(python_wire.system_read_status)
    return Status(raw.cpu_temperature, raw.load, raw.memory_used, raw.memory_total, raw.uptime)
