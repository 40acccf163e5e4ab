"""``wasi-host new --from PACKAGE``: writes a plugin for a library of PyPI."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hostcore.access.decisions import conflicts
from hostcore.cli.lines import say
from hostcore.cli.new_plugin import is_new, own_settings, require_name, require_new, write_plugin
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.question import agreed
from hostcore.config.loading import find_config, load_config
from hostcore.config.model import Config
from hostcore.errors import HostError
from hostcore.libraries.draft.outline import outline
from hostcore.libraries.draft.supplies import Wiring
from hostcore.libraries.draft.writing import Draft, Library, draft, metadata_only
from hostcore.libraries.fetch import fetch_libraries
from hostcore.libraries.libraries import IGNORED
from hostcore.libraries.lock import Lock, lock_path, lock_text
from hostcore.libraries.metadata import ScriptMetadata, requirements
from hostcore.libraries.store import WheelStore
from hostcore.libraries.wheel_name import normalized
from hostcore.log.safe_text import log_line
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, BusKind
from hostcore.reload.discovery import find_plugins
from hostcore.runtime.wheel_folder import wheel_store
from hostcore.workshop import Workshop

_PREFIX = re.compile("(adafruit-circuitpython|adafruit|pimoroni|sparkfun-qwiic|sparkfun|rpi|python|micropython)-")
_SUFFIX = re.compile("-(raspberrypi|raspberry-pi|rpi|python|driver|library|sensor)$")


@dataclass(frozen=True, slots=True)
class Wish:
    """The library that a person wants a plugin for."""

    name: str | None
    """The plugin's name; None to derive it from the package's."""
    requirement: str
    """The package, with a version if the person wants one (PEP 508)."""
    address: int | None = None
    """The chip's I2C address, 0x08 to 0x77; None for the library's default."""
    grants: bool = False
    """Whether the person agrees to the permissions that the plugin likely needs."""


def new_from(config_file: Path | None, wish: Wish) -> int:
    """Fetch a library, and write a plugin that uses it. Blocks for seconds, for the network.

    Args:
        config_file: the settings file that the person named, if any.
        wish: what the person wants.

    Returns:
        0.

    Raises:
        HostError: the name cannot be used, the library cannot be fetched, or a file cannot be written. Nothing was
            written then, except wheels.
    """
    package = _package_of(wish.requirement)
    found = find_config(config_file, Path.cwd())
    config = load_config(found)
    name = _name_for(config, wish, package)
    lock, store = _fetch(name, wish.requirement, config)
    drafted = draft(_library(wish.requirement, package, lock, store), _wiring(config, wish.address))
    if wish.address is not None and not drafted.gives_address:
        raise HostError(f"{drafted.what or package} takes no I2C address; leave out --address")
    grants = _is_granted(name, drafted, yes=wish.grants)
    own = own_settings(found)
    config = load_config(own)
    path = config.host.plugins_folder / f"{name}.py"
    files = {lock_path(path).name: lock_text(lock).encode(), path.name: drafted.source.encode()}
    write_plugin(config, path, files, drafted.permissions if grants else ())
    _tell(config, path, drafted, grants=grants, is_watched=own == found)
    return 0


def parse_address(text: str) -> int:
    """Return an I2C address such as ``0x5c``. The ValueError for other text says what is allowed."""
    rule = f"an I2C address, 0x{I2C_FIRST_ADDRESS:02x} to 0x{I2C_LAST_ADDRESS:02x}"
    if re.fullmatch("0[xX][0-9a-fA-F]{1,2}", text) and I2C_FIRST_ADDRESS <= int(text, 16) <= I2C_LAST_ADDRESS:
        return int(text, 16)
    raise ValueError(rule)


def _package_of(requirement: str) -> str:
    """Return the name of the package, as indexes spell it."""
    return normalized(requirements(ScriptMetadata((requirement,)), "--from")[0].name)


def _name_for(config: Config, wish: Wish, package: str) -> str:
    folder = config.host.plugins_folder
    if wish.name is not None:
        require_new(config, folder / f"{require_name(wish.name)}.py")
        return wish.name
    names = [re.sub("[^a-z0-9]+", "_", each)[:32].strip("_") for each in (chip_of(package), package)]
    for name in names:
        if is_new(config, folder / f"{name}.py"):
            return require_name(name)
    raise HostError(
        f"there are plugins {' and '.join(dict.fromkeys(names))} already; give the new one a name: "
        f"wasi-host new NAME --from {package}"
    )


def chip_of(package: str) -> str:
    """Return the name of the chip that a package is for, such as ``sht4x`` for ``adafruit-circuitpython-sht4x``."""
    return _SUFFIX.sub("", _PREFIX.sub("", package)) or package


def _fetch(name: str, requirement: str, config: Config) -> tuple[Lock, WheelStore]:
    store, progress = wheel_store(config), TerminalProgress()

    def notice(line: str) -> None:
        progress.line(f"wasi-host: {log_line(line)}")

    with tempfile.TemporaryDirectory(prefix="wasi-host-") as folder:
        path = Path(folder) / f"{name}.py"
        path.write_text(metadata_only(requirement), encoding="utf-8")
        return fetch_libraries(name, path, store, Workshop(progress), notice), store


def _library(requirement: str, package: str, lock: Lock, store: WheelStore) -> Library:
    locked = next((each for each in lock.packages if each.name == package), None)
    if locked is None:
        raise HostError(
            f"{package} is part of this host: a driver can import it without fetching it; start one with: "
            "wasi-host new NAME"
        )
    wheel = store.open(locked)
    names = [name for name in wheel.modules if name.partition(".")[0] not in IGNORED]
    sources = {name: found.source for name in names if (found := wheel.find_module(name)) is not None}
    return Library(requirement, locked.version, chip_of(package), outline(sources))


def _wiring(config: Config, address: int | None) -> Wiring:
    """Return the first bus of each kind in host.toml."""
    usual, first = Wiring(), {each.name.kind: each.name for each in reversed(config.buses)}
    return Wiring(
        i2c=first[BusKind.I2C].number if BusKind.I2C in first else usual.i2c,
        spi=first[BusKind.SPI].number if BusKind.SPI in first else usual.spi,
        uart=first[BusKind.UART].unit if BusKind.UART in first else usual.uart,
        address=address,
    )


def _is_granted(name: str, drafted: Draft, *, yes: bool) -> bool:
    """Return whether the person agrees to the permissions. Without a terminal, nobody can be asked."""
    if not drafted.permissions:
        return False
    wanted = ", ".join(map(str, drafted.permissions))
    return yes or (sys.stdin.isatty() and agreed(f"Grant {name} {wanted}", "nothing is written"))


def _tell(config: Config, path: Path, drafted: Draft, *, grants: bool, is_watched: bool) -> None:
    name = path.stem
    say(f"{path} uses {drafted.what}." if drafted.what else f"{path} names what the library has: write the rest.")
    if grants:
        say(f"{config.path}: {name} may use {', '.join(map(str, drafted.permissions))}.")
    elif drafted.permissions:
        say(f"It may use nothing yet. Grant it: wasi-host grant {name} {' '.join(map(str, drafted.permissions))}")
    print("A running host takes it up at once." if is_watched else "Start wasi-host here to see what it reads.")
    for line in _warnings(config, name, drafted):
        say(f"wasi-host: warning: {line}", is_result=False)


def _warnings(config: Config, name: str, drafted: Draft) -> Iterator[str]:
    """Yield a line for each other plugin that has the devices of this one."""
    granted = load_config(config.path)
    plugins = [each for each in find_plugins(granted) if each.name != name]
    own = next((each for each in find_plugins(granted) if each.name == name), None)
    if own is not None:
        wanted = replace(own, permissions=drafted.permissions)
        for conflict in conflicts([*plugins, wanted], granted.access.shared):
            if name in conflict.plugins:
                yield str(conflict)
