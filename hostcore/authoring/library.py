"""A plugin for a library of PyPI: fetches the library, and writes a driver that uses the class of its chip."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from hostcore.authoring.place import write_plugin
from hostcore.config.model import Config
from hostcore.driver_catalogue.catalogue import catalogue
from hostcore.driver_wish import DriverWish
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
from hostcore.permissions import Permission
from hostcore.place import BusKind
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.wheel_folder import wheel_store
from hostcore.workshop import Workshop

_PREFIX = re.compile("(adafruit-circuitpython|adafruit|pimoroni|sparkfun-qwiic|sparkfun|rpi|python|micropython)-")
_SUFFIX = re.compile("-(raspberrypi|raspberry-pi|rpi|python|driver|library|sensor)$")


@dataclass(frozen=True, slots=True)
class LibraryPlugin:
    """A plugin for a library that has been fetched, and is not written yet."""

    draft: Draft
    lock: Lock
    """The library and all that it depends on."""

    def write(self, config: Config, name: str, permissions: tuple[Permission, ...]) -> Path:
        """Write the plugin and its lock, and grant it permissions: all, or nothing. Return the plugin's file.

        Raises:
            HostError: a file cannot be written.
        """
        path = config.host.plugins_folder / f"{name}.py"
        files = {lock_path(path).name: lock_text(self.lock).encode(), path.name: self.draft.source.encode()}
        write_plugin(config, path, files, permissions)
        return path


def package_of(requirement: str) -> str:
    """Return the name of the package, as indexes spell it. Raises HostError if it is no requirement of a package."""
    return normalized(requirements(ScriptMetadata((requirement,)), "--from")[0].name)


def chip_of(package: str) -> str:
    """Return the name of the chip that a package is for, such as ``sht4x`` for ``adafruit-circuitpython-sht4x``."""
    return _SUFFIX.sub("", _PREFIX.sub("", package)) or package


def as_name(text: str) -> str:
    """Return a plugin's name that is made of a text."""
    return re.sub("[^a-z0-9]+", "_", text.lower())[:32].strip("_")


def library_plugin(
    config: Config, name: str, wish: DriverWish, workshop: Workshop, notice: Callable[[str], None]
) -> LibraryPlugin:
    """Fetch a library, and draft a plugin that uses it. Blocks for seconds, for the network.

    Args:
        config: the settings.
        name: the plugin's name.
        wish: the package, and how its chip is connected.
        workshop: runs pip.
        notice: takes lines for a person.

    Raises:
        HostError: the library cannot be fetched, or takes no address although the wish has one. Nothing was written,
            except wheels.
    """
    package, store = package_of(wish.source), wheel_store(config)
    with tempfile.TemporaryDirectory(prefix="wasi-host-") as folder:
        path = Path(folder) / f"{name}.py"
        path.write_text(metadata_only(wish.source), encoding="utf-8")
        lock = fetch_libraries(name, path, store, workshop, notice)
    return LibraryPlugin(draft(_library(wish, package, lock, store), _wiring(config, wish)), lock)


def _library(wish: DriverWish, package: str, lock: Lock, store: WheelStore) -> Library:
    locked = next((each for each in lock.packages if each.name == package), None)
    if locked is None:
        raise HostError(
            f"{package} is part of this host: a driver can import it without fetching it; start one with: "
            "wasi-host new NAME"
        )
    wheel = store.open(locked)
    names = [name for name in wheel.modules if name.partition(".")[0] not in IGNORED]
    sources = {name: found.source for name in names if (found := wheel.find_module(name)) is not None}
    tried = catalogue().package(package)
    return Library(
        wish.source,
        locked.version,
        wish.chip or chip_of(package),
        outline(sources),
        class_name=tried.class_name if tried is not None else "",
    )


def _wiring(config: Config, wish: DriverWish) -> Wiring:
    """Return the first bus of each kind in host.toml, and the I2C bus of the wish if it has one."""
    usual, first = Wiring(), {each.name.kind: each.name for each in reversed(config.buses)}
    first_i2c = usual.i2c if config.default_i2c_bus is None else config.default_i2c_bus
    return Wiring(
        i2c=first_i2c if wish.bus is None else wish.bus,
        is_first_i2c=wish.bus in (None, first_i2c),
        spi=first[BusKind.SPI].number if BusKind.SPI in first else usual.spi,
        uart=first[BusKind.UART].unit if BusKind.UART in first else usual.uart,
        address=wish.address,
    )
