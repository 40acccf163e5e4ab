"""Finds and loads host.toml, and combines its settings with the files in the plugins folder.

Every problem with the file is a `ConfigError` that names file, line, key, what was found and what is allowed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from hostcore.config.finding import FILE_NAME, LARGEST_FILE, find_config, user_folder
from hostcore.config.history import history_file
from hostcore.config.model import Config, PluginSettings, PluginTable
from hostcore.config.simulation import bus_of, socket_of
from hostcore.config.values import check_plugin_name
from hostcore.errors import CacheError, ConfigError
from hostcore.files import read_bounded
from hostcore.quick_dataclass import replace
from hostcore.toml.document import decode, parse, reading
from hostcore.toml.reader import KeyPath, annotated

FILE_KIND = f"a settings file, such as {FILE_NAME}"


def cache_folder(config: Config) -> Path:
    """Return the folder of compiled components.

    Raises:
        CacheError: the file names none, and no home folder is known.
    """
    if config.host.cache_folder is None:
        raise CacheError("no home folder is known for compiled components; set cache_folder in [host] of host.toml")
    return config.host.cache_folder


def load_config(path: Path) -> Config:
    """Read and check a settings file. Reads no other file.

    Raises:
        ConfigError: the file is missing or unreadable, is not TOML, or contains something that is not allowed.
    """
    return parse_config(path, decode(path, read_config(path)))


def find_and_load(explicit: Path | None) -> Config:
    """Read and check the settings file that a command uses. See `find_config` and `load_config`."""
    return load_config(find_config(explicit, Path.cwd()))


def parse_config(path: Path, text: str) -> Config:
    """Check the settings in `text`. The file `path` is not read; it is named in errors.

    Raises:
        ConfigError: like `load_config`.
    """
    at = KeyPath(str(path), text)
    config: Config = annotated(Config, path=path.absolute(), log_file=None)(parse(at), at)
    _check_chips(config, at)
    _check_faults(config, at)
    _check_actuators(config, at)
    _check_alarms(config, at)
    _check_permissions(config, at)
    _check_shared(config, at)
    if config.web.problem:
        raise (at / "web" / "host").error(config.web.problem)
    if (problem := config.mqtt.problem) is not None:
        raise (at / "mqtt" / problem[0]).error(problem[1])
    return _with_absolute_paths(config)


def merge_plugins(config: Config, found: Iterable[Path]) -> tuple[PluginSettings, ...]:
    """Return all plugins: those with a table, in the order of the settings file, then the other files by name.

    A file without a table runs with the defaults and without permissions. A file that a table names as its `path` is
    not a second plugin. A table without a file gets the path of a Python file in the plugins folder. No file is read.

    Args:
        config: the settings.
        found: the plugin files (``NAME.py``, ``NAME.wasm``) in the plugins folder.

    Raises:
        ConfigError: two files have the same plugin name, or no plugin can have a file's name.
    """
    named = {os.path.normpath(table.path) for table in config.plugins if table.path}
    with_path = {table.name for table in config.plugins if table.path}
    files: dict[str, Path] = {}
    for file in sorted(found):
        if os.path.normpath(file) in named or file.stem in with_path:
            continue
        _check_file(config, file, files.get(file.stem))
        files[file.stem] = file
    tables = {table.name: table for table in config.plugins}
    names = [*tables, *sorted(files.keys() - tables.keys())]
    return tuple(_settings(config, tables.get(name, PluginTable(name)), files.get(name)) for name in names)


def _check_file(config: Config, file: Path, other: Path | None) -> None:
    """Raise ConfigError if no plugin can have the file's name, or if the file `other` has the same plugin name."""
    try:
        check_plugin_name(file.stem)
    except ValueError as rule:
        raise ConfigError(
            f"found the plugin file {file}; rename it, allowed is {rule}", file=str(config.path), key="plugins"
        ) from None
    if other is not None:
        example = f"{os.path.relpath(other, config.path.parent)}"
        raise ConfigError(
            f"found two plugins of this name, {other} and {file}; remove one, "
            f'or choose with path = "{example}" in [plugins.{file.stem}]',
            file=str(config.path),
            key=f"plugins.{file.stem}",
        )


def _settings(config: Config, table: PluginTable, file: Path | None) -> PluginSettings:
    """Return the settings of a plugin, with the defaults filled in."""
    return PluginSettings(
        name=table.name,
        path=table.path or file or config.host.plugins_folder / f"{table.name}.py",
        enabled=table.enabled,
        interval=config.host.interval if table.interval is None else table.interval,
        sha256=table.sha256,
        permissions=table.permissions,
        limits=replace(config.limits, **table.limits),
        settings=table.settings,
        adjustments=table.adjust,
        compiled_sha256=table.compiled_sha256,
    )


def read_config(path: Path) -> bytes:
    """Return the content of a settings file.

    Raises:
        ConfigError: the file is missing, unreadable, too large, or not an ordinary file.
    """
    with reading(path, FILE_KIND):
        return read_bounded(path, LARGEST_FILE)


def _check_chips(config: Config, at: KeyPath) -> None:
    """Require that each chip's bus exists and that no two chips have the same place."""
    places: dict[str, KeyPath] = {}
    for index, chip in enumerate(config.simulation.chips):
        here = at / "simulation" / "chips" / index
        _check_bus(config, bus_of(chip), here)
        socket = socket_of(chip)
        if socket in places:
            raise here.error(
                f"found a second chip on {socket}, allowed is one; the other is {places[socket].key}, "
                f"line {places[socket].line}"
            )
        places[socket] = here


def _check_faults(config: Config, at: KeyPath) -> None:
    """Require that the bus of each fault exists."""
    for index, fault in enumerate(config.simulation.faults):
        _check_bus(config, fault.bus, at / "simulation" / "faults" / index / "bus")


def _check_actuators(config: Config, at: KeyPath) -> None:
    """Require that the buses of LEDs and relays exist and that no two relays have the same line."""
    if config.leds is not None:
        _check_bus(config, config.leds.spi.bus_name, at / "leds" / "spi")
    names: dict[int, str] = {}
    for relay in config.relays:
        here = at / "relays" / relay.name / "line"
        _check_bus(config, "gpio", here)
        other = names.setdefault(relay.line, relay.name)
        if other != relay.name:
            raise here.error(f"found line {relay.line}, allowed is one that no other relay has; {other} has it")


def _check_alarms(config: Config, at: KeyPath) -> None:
    """Require that the relay and the LED of each alarm exist."""
    relays = [each.name for each in config.relays]
    for alarm in config.alarms:
        here = at / "alarms" / alarm.name
        if alarm.relay and alarm.relay not in relays:
            listed = ", ".join(relays) or "none at all"
            raise (here / "relay").error(
                f"found the relay {alarm.relay!r}, allowed are those of [relays]: {listed}; add the table "
                "[relays.NAME] with its line to use it"
            )
        if alarm.led is not None and config.leds is None:
            raise (here / "led").error(
                "found an LED, but this file has no LEDs; add the table [leds] with spi and count"
            )
        if alarm.led is not None and config.leds is not None and alarm.led >= config.leds.count:
            raise (here / "led").wrong(alarm.led, f"an LED of [leds], 0 to {config.leds.count - 1}")


def _check_permissions(config: Config, at: KeyPath) -> None:
    """Require that the buses of all permissions exist. A permission for another bus is useless, so it is a mistake."""
    for plugin in config.plugins:
        for index, permission in enumerate(plugin.permissions):
            _check_bus(config, permission.bus_name, at / "plugins" / plugin.name / "permissions" / index)


def _check_shared(config: Config, at: KeyPath) -> None:
    for index, permission in enumerate(config.access.shared):
        _check_bus(config, permission.bus_name, at / "access" / "shared" / index)


def _check_bus(config: Config, name: str | None, at: KeyPath) -> None:
    """Require that `[buses]` lists a bus. None stands for a bus that another table names."""
    if name is not None and config.bus(name) is None:
        listed = ", ".join(bus.name for bus in config.buses) or "none at all"
        raise at.error(f"found the bus {name}, allowed are those of [buses]: {listed}; add [buses.{name}] to use it")


def _with_absolute_paths(config: Config) -> Config:
    """Make all paths absolute: they are relative to the file's folder. Folders that it leaves out are the user's."""
    folder = config.path.parent
    host, log, crashes, state, libraries = config.host, config.log, config.crashes, config.state, config.libraries
    compiled = folder / host.cache_folder if host.cache_folder else user_folder("XDG_CACHE_HOME", ".cache")
    reports = folder / crashes.folder if crashes.folder else user_folder("XDG_STATE_HOME", ".local/state", "crashes")
    states = folder / state.folder if state.folder else user_folder("XDG_STATE_HOME", ".local/state", "state")
    history = folder / config.history.file if config.history.file else history_file(config.path)
    wheels = folder / libraries.folder if libraries.folder else user_folder("XDG_DATA_HOME", ".local/share", "wheels")
    return replace(
        config,
        host=replace(host, plugins_folder=folder / host.plugins_folder, cache_folder=compiled),
        log=replace(log, file=log.file and folder / log.file),
        crashes=replace(crashes, folder=reports),
        state=replace(state, folder=states),
        history=replace(config.history, file=history),
        libraries=replace(libraries, folder=wheels),
        mqtt=config.mqtt.in_folder(folder),
        plugins=tuple(replace(plugin, path=plugin.path and folder / plugin.path) for plugin in config.plugins),
    )
