"""``wasi-host new``: writes a first driver, which runs at once."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from hostcore import shipped
from hostcore.config.loading import FILE_NAME, find_config, load_config
from hostcore.config.model import Config
from hostcore.config.values import check_plugin_name
from hostcore.errors import ConfigError, HostError
from hostcore.files import Folder, make_folder
from hostcore.permissions import SystemPermission
from hostcore.reload.granting import grant

TEMPLATE = '''"""{name}: name the chip here, and the data sheet that the numbers come from."""

import time

import host
from host import i2c, log, system


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
    try:
        check_plugin_name(name)
    except ValueError as rule:
        raise HostError(f"no plugin can have the name {name!r}; allowed is {rule}") from None
    found = find_config(config_file, Path.cwd())
    own = _own_settings(found)
    config = load_config(own)
    path = config.host.plugins_folder / f"{name}.py"
    _require_new(config, path)
    _write_driver(config, path, TEMPLATE.format(name=name).encode())
    taken_up = "a running host takes it up at once" if own == found else "start wasi-host here to see it"
    print(f"{path} reads the computer's temperature; {taken_up}.")
    print("Change it and save: the new version runs within a second. To grant it more, run: wasi-host grant " + name)
    return 0


def _write_driver(config: Config, path: Path, content: bytes) -> None:
    """Write the driver and grant it its permission, both or none."""
    try:
        make_folder(path.parent, 0o777)
        with Folder.open(path.parent) as folder:
            folder.write(path.name, content, mode=0o666)
            try:
                grant(config.path, path.stem, [SystemPermission()])
            except HostError:
                folder.remove(path.name)
                raise
    except OSError as error:
        raise HostError(f"{path}: cannot be written: {error.strerror}") from None


def _own_settings(found: Path) -> Path:
    """Return the person's own settings file. If there is none yet, copy the built-in settings and plugins here."""
    folder = shipped.folder()
    if found.parent != folder or Path.cwd() == folder:
        return found
    own = Path.cwd() / FILE_NAME
    try:
        with Folder.open(own.parent) as here:
            _copy_built_in(folder / "plugins", found.read_bytes(), here)
    except FileExistsError:
        raise ConfigError(
            f"there is no {FILE_NAME} here, but a folder plugins; copy {found} here yourself, or use another folder",
            file=str(own),
        ) from None
    except OSError as error:
        raise HostError(f"cannot copy the settings here: {error.strerror}: {error.filename or own.parent}") from None
    print(f"{own} and the plugins beside it are copies of the built-in ones. You can change them.")
    return own


def _copy_built_in(plugins: Path, settings: bytes, here: Folder) -> None:
    """Write the settings and a copy of the plugins into a folder, both or none.

    Raises:
        OSError: FileExistsError if there is a folder plugins already.
    """
    if here.stat("plugins") is not None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), "plugins")
    staged = f".plugins.{os.urandom(6).hex()}"
    try:
        with here.subfolder(staged) as copy:
            _copy(plugins, copy)
        with here.staged(FILE_NAME, settings, mode=0o666) as replace:
            here.rename(staged, "plugins")
            replace()
    finally:
        shutil.rmtree(staged, ignore_errors=True, dir_fd=here.descriptor)


def _copy(source: Path, target: Folder) -> None:
    for each in sorted(source.iterdir()):
        if not each.is_dir():
            target.write(each.name, each.read_bytes(), mode=0o666)
        elif each.name != "__pycache__":
            with target.subfolder(each.name) as inner:
                _copy(each, inner)


def _require_new(config: Config, path: Path) -> None:
    for taken in (path, path.with_suffix(".wasm")):
        if taken.exists():
            raise HostError(f"{taken} is there already; choose another name")
    if any(plugin.name == path.stem for plugin in config.plugins):
        raise HostError(f"{config.path} has [plugins.{path.stem}] already; choose another name")
