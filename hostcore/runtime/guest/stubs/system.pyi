"""The computer that the host runs on."""

from dataclasses import dataclass

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
