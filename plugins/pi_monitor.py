"""The computer itself: CPU temperature, load, memory and uptime. It has no settings."""

from host import system

MEGABYTE = 1_000_000  # bytes, the SI unit


def read() -> dict[str, float]:
    """Return the present state."""
    status = system.status()
    return {
        "cpu_temperature": round(status.cpu_temperature, 1),
        "load": round(status.load, 2),
        "memory_used_mb": round(status.memory_used / MEGABYTE),
        "memory_total_mb": round(status.memory_total / MEGABYTE),
        "uptime": round(status.uptime),
    }
