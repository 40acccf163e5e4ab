"""The computer itself: CPU temperature, load, memory and uptime. It has no settings."""

import host
from host import system

MEGABYTE = 1_000_000  # bytes, the SI unit

host.describe("cpu_temperature", unit="°C", device_class="temperature", state_class="measurement", decimals=1)
host.describe("load", state_class="measurement", decimals=2, name="Load, average of a minute")
host.describe("memory_used_mb", unit="MB", device_class="data_size", state_class="measurement", name="Memory used")
host.describe("memory_total_mb", unit="MB", device_class="data_size", name="Memory in total")
host.describe("uptime", unit="s", device_class="duration", state_class="total_increasing")


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
