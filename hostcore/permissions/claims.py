"""Which accesses a permission covers, and what its use reserves."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.permissions.actuators import PwmPermission
from hostcore.permissions.buses import GpioMode, GpioPermission, I2cPermission, SpiPermission, UartPermission
from hostcore.permissions.grammar import Permission
from hostcore.place import BusName
from hostcore.quick_dataclass import replace

Claim = tuple[BusName, int | None]
"""What a plugin can reserve: a bus, and an address, chip select or line on it (None: the whole bus)."""


def covers(granted: Iterable[Permission], wanted: Permission) -> bool:
    """Return whether `granted` covers all of `wanted`. One permission may allow its reads, and another its writes."""
    granted = tuple(granted)
    return all(any(_allows(each, part) for each in granted) for part in _parts(wanted))


def claims(permission: Permission) -> tuple[Claim, ...]:
    """Return what the use of `permission` reserves for one plugin.

    Nothing is reserved for I2C reads, GPIO reads, sensors of kernel drivers and the computer's state, because these
    disturb nobody. Nothing is reserved for LEDs and relays either, because plugins share them.
    """
    match permission:
        case I2cPermission(write=True):
            return tuple((permission.bus_name, address) for address in range(permission.first, permission.last + 1))
        case SpiPermission():
            return ((permission.bus_name, permission.chip_select),)
        case GpioPermission(mode=GpioMode.OUT | GpioMode.PULSES):
            return ((permission.bus_name, permission.line),)
        case PwmPermission():
            return ((permission.bus_name, permission.line),)
        case UartPermission():
            return ((permission.bus_name, None),)
    return ()


def yields_to(permission: Permission) -> tuple[Claim, ...]:
    """Return what no other plugin may have reserved when `permission` is used.

    A GPIO read is such a use: it would make the line an input while another plugin drives it.
    """
    if isinstance(permission, GpioPermission) and permission.mode is GpioMode.IN:
        return ((permission.bus_name, permission.line),)
    return ()


def devices_of(permission: Permission) -> tuple[Claim, ...]:
    """Return what a plugin reserves if it uses the device of `permission` in every way."""
    if isinstance(permission, I2cPermission):
        return claims(replace(permission, write=True))
    return (*claims(permission), *yields_to(permission))


def whole_device(permission: Permission) -> Permission:
    """Return the permission to use the device of `permission` in every way that one permission can allow."""
    return replace(permission, read=True, write=True) if isinstance(permission, I2cPermission) else permission


def worth_asking_for(wanted: Permission) -> Permission:
    """Return the permission to ask a person for when `wanted` is denied.

    For a write to an I2C address it includes reads: nearly every driver first writes the number of a register, and a
    person should not have to grant twice.
    """
    return replace(wanted, read=True) if isinstance(wanted, I2cPermission) and wanted.write else wanted


def _parts(wanted: Permission) -> tuple[Permission, ...]:
    if isinstance(wanted, I2cPermission) and wanted.read and wanted.write:
        return replace(wanted, write=False), replace(wanted, read=False)
    return (wanted,)


def _allows(granted: Permission, wanted: Permission) -> bool:
    if not (isinstance(granted, I2cPermission) and isinstance(wanted, I2cPermission)):
        return granted == wanted
    return (
        granted.bus == wanted.bus
        and granted.first <= wanted.first
        and wanted.last <= granted.last
        and granted.read >= wanted.read
        and granted.write >= wanted.write
    )
