"""``wasi-host new``: writes a first driver, which runs at once."""

from __future__ import annotations

from pathlib import Path

from hostcore.cli.lines import say
from hostcore.cli.new_plugin import own_settings, require_name, require_new, write_plugin
from hostcore.config.loading import find_config, load_config
from hostcore.permissions import SystemPermission

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


def new(config_file: Path | None, name: str) -> int:
    """Write a driver into the plugins folder, and grant it the permission that it uses.

    Args:
        config_file: the settings file that the person named, if any.
        name: the driver's name.

    Returns:
        0.

    Raises:
        HostError: no plugin can have this name, it is in use, or a file cannot be written.
    """
    require_name(name)
    found = find_config(config_file, Path.cwd())
    own = own_settings(found)
    config = load_config(own)
    path = config.host.plugins_folder / f"{name}.py"
    require_new(config, path)
    write_plugin(config, path, {path.name: TEMPLATE.format(name=name).encode()}, [SystemPermission()])
    taken_up = "a running host takes it up at once" if own == found else "start wasi-host here to see it"
    say(f"{path} reads the computer's temperature; {taken_up}.")
    say("Change it and save: the new version runs within a second. To grant it more, run: wasi-host grant " + name)
    return 0
