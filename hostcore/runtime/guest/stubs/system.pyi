"""The computer the host runs on."""

from dataclasses import dataclass

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
