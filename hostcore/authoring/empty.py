"""A driver to begin with: it reads something at once, and shows how to read a chip."""

from __future__ import annotations

from pathlib import Path

from hostcore.authoring.place import write_plugin
from hostcore.config.model import Config
from hostcore.permissions import Permission, SystemPermission

TEMPLATE = '''"""{name}: name the chip here, and the data sheet that the numbers come from."""

import time

import host
from host import i2c, log, system

host.describe("cpu_temperature", unit="°C", device_class="temperature", state_class="measurement", decimals=1)


def read() -> dict:
    """Return one reading. The host calls this once per interval. Raise host.SensorError if the sensor fails."""
    # This reads a BH1750 at address 0x5c of the first I2C bus. It needs the permission "i2c:1:0x5c" in host.toml:
    #     i2c.write(0x5C, [0x10])
    #     time.sleep(0.18)
    #     return {{"illuminance": int.from_bytes(i2c.read(0x5C, 2), "big") / 1.2}}
    return {{"cpu_temperature": round(system.status().cpu_temperature, 1)}}
'''


def write_empty(config: Config, name: str) -> tuple[Path, tuple[Permission, ...]]:
    """Write a driver into the plugins folder, and grant it the permission that it uses.

    Args:
        config: the settings.
        name: the driver's name, which is free.

    Returns:
        Its file, and the permission.

    Raises:
        HostError: a file cannot be written. Nothing was.
    """
    path = config.host.plugins_folder / f"{name}.py"
    permissions = (SystemPermission(),)
    write_plugin(config, path, {path.name: TEMPLATE.format(name=name).encode()}, permissions)
    return path, permissions
