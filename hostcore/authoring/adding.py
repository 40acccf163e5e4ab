"""What is done to add one driver: a name is found, its library is fetched, and its files are written."""

from __future__ import annotations

from pathlib import Path

from hostcore.authoring.empty import write_empty
from hostcore.authoring.library import as_name, chip_of, library_plugin, package_of
from hostcore.authoring.own import write_own
from hostcore.authoring.place import first_free, own_place, require_name, require_new
from hostcore.clock import Clock
from hostcore.config.loading import load_config
from hostcore.config.model import Config
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.errors import HostError
from hostcore.events import DriverAdded
from hostcore.libraries.draft.writing import Draft
from hostcore.libraries.fetch import Notice
from hostcore.permissions import I2cPermission, Permission
from hostcore.reload.granting import require_changeable
from hostcore.workshop import Workshop

MOST_UNNAMED = 9
"""Empty drivers that get a name by themselves."""


def add(
    config_file: Path, name: str, wish: DriverWish, *, clock: Clock, workshop: Workshop, notice: Notice
) -> DriverAdded:
    """Write a driver, after its library was fetched. Blocks for seconds if it has one. Return what the event says.

    Args:
        config_file: the settings of the running host.
        name: the driver's name, from `name_for`.
        wish: the driver.
        clock: dates the event.
        workshop: runs pip.
        notice: takes lines for a person.

    Raises:
        HostError: the library cannot be fetched or drives no chip there, or a file cannot be written. Nothing was
            written, except wheels.
    """
    made = None
    if wish.kind is DriverKind.LIBRARY:
        made = library_plugin(load_config(config_file), name, wish, workshop, notice)
        _require_address(wish, made.draft)
    place = own_place(config_file)
    permissions = _granted(place.config, wish)
    if made is not None:
        path = made.write(place.config, name, permissions)
    elif wish.kind is DriverKind.OWN:
        path = write_own(place.config, name, wish, permissions)
    else:
        path, permissions = write_empty(place.config, name)
    uses = made.draft.what if made is not None else ""
    return DriverAdded(clock.wall_ns(), name, str(path), permissions, uses, is_elsewhere=place.is_copy)


def name_for(config_file: Path, wish: DriverWish) -> str:
    """Return the name of the new plugin: the wish's, or the first that is free.

    Raises:
        HostError: the name cannot be used, or all are taken; the wish has no possible place; or the settings let no
            front end change anything.
    """
    config = load_config(config_file)
    require_changeable(config, "added")
    _granted(config, wish)  # refuses a place that cannot be before anything is fetched
    if wish.name:
        require_new(config, config.host.plugins_folder / f"{require_name(wish.name)}.py")
        return wish.name
    if wish.kind is DriverKind.EMPTY:
        names = ["driver", *(f"driver_{number}" for number in range(2, MOST_UNNAMED + 1))]
    else:
        chip = wish.chip or chip_of(_source(wish))
        at_its_address = [] if wish.address is None else [f"{chip}_{wish.address:02x}"]
        names = [chip, *at_its_address, _source(wish)]
    free = first_free(config, [as_name(each) for each in names if each])
    if free is None:
        raise HostError(f"there are plugins {' and '.join(map(as_name, names))} already; give the new one a name")
    return free


def _source(wish: DriverWish) -> str:
    return package_of(wish.source) if wish.kind is DriverKind.LIBRARY else wish.source


def _granted(config: Config, wish: DriverWish) -> tuple[Permission, ...]:
    """Return the permission of just the chip's address; none if the wish has no address.

    Raises:
        HostError: no chip can be there.
    """
    if wish.address is None:
        return ()
    bus = config.default_i2c_bus if wish.bus is None else wish.bus
    try:
        return () if bus is None else (I2cPermission(bus, wish.address, wish.address),)
    except ValueError as rule:
        raise HostError(f"no chip can be at i2c-{bus}, address {wish.address:#04x}; allowed is {rule}") from None


def _require_address(wish: DriverWish, drafted: Draft) -> None:
    """Raise HostError if a library, by its code, looks for its chip at another address than the wish's."""
    known = drafted.addresses
    if wish.address is not None and not drafted.gives_address and known and wish.address not in known:
        raise HostError(
            f"{drafted.what} takes no I2C address, and looks for its chip at "
            f"{' or '.join(f'0x{each:02x}' for each in known)}, not at 0x{wish.address:02x}; choose another library"
        )
