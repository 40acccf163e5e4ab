"""The settings of a host with a BH1750 on its simulated bus i2c-1, and a plugin `light` that may use it."""

from __future__ import annotations

from pathlib import Path

SETTINGS = """
[host]
interval = 0.1
cache_folder = "{cache}"
[buses.i2c-1]
backend = "simulated"
[plugins.light]
permissions = ["i2c:1:0x23"]
[[simulation.chips]]
chip = "bh1750"
bus = 1
address = 0x23
"""


def lit_bus(cache_folder: Path, more: str = "") -> str:
    """Return the text of host.toml.

    Args:
        cache_folder: as for `tests.command.Desk`.
        more: further tables.
    """
    return SETTINGS.format(cache=cache_folder) + more
