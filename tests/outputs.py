"""Settings of a host with one output of each kind, all of them simulated."""

from __future__ import annotations

from pathlib import Path

_SETTINGS = """
[host]
cache_folder = "{cache}"
interval = {interval}
[buses.spi-0]
backend = "simulated"
[buses.gpio]
backend = "simulated"
[leds]
spi = "0.1"
count = 3
[relays.fan]
line = 27
[plugins.cooling]
permissions = ["pwm:18"]
[[simulation.chips]]
chip = "ws2812"
bus = 0
chip_select = 1
"""


def output_settings(cache: Path, interval: float = 2.0) -> str:
    """Return the text of a host.toml with the relay ``fan``, three LEDs, and line 18, which ``cooling`` modulates."""
    return _SETTINGS.format(cache=cache, interval=interval)
