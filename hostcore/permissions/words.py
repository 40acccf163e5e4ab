"""Permissions in a person's words, for messages: the grammar of host.toml is for host.toml."""

from __future__ import annotations

from hostcore.permissions.actuators import LedsPermission, PwmPermission, RelayPermission
from hostcore.permissions.buses import (
    GpioMode,
    GpioPermission,
    I2cPermission,
    IioPermission,
    SpiPermission,
    SystemPermission,
    UartPermission,
)
from hostcore.permissions.grammar import Permission


def device_of(permission: Permission) -> str:
    """Return the device that a permission is for: ``0x76 on i2c-1``, ``GPIO 4``, ``chip select 0 of spi-0``."""
    match permission:
        case I2cPermission(first=first, last=last):
            device = f"0x{first:02x}{'' if first == last else f' to 0x{last:02x}'} on {permission.bus_name}"
        case SpiPermission():
            device = f"chip select {permission.chip_select} of {permission.bus_name}"
        case GpioPermission() | PwmPermission():
            device = f"GPIO {permission.line}"
        case UartPermission():
            device = f"the serial port {permission.port}"
        case IioPermission():
            device = f"the kernel's sensor {permission.device}"
        case RelayPermission():
            device = f"the relay {permission.name}"
        case LedsPermission():
            device = "the LED strip"
        case SystemPermission():
            device = "the computer's own state"
    return device


def use_of(permission: Permission) -> str:
    """Return what a permission allows, after "may": ``use 0x76 on i2c-1``, ``read GPIO 4``."""
    device = device_of(permission)
    match permission:
        case I2cPermission(write=False) | GpioPermission(mode=GpioMode.IN) | SystemPermission() | IioPermission():
            return f"read {device}"
        case I2cPermission(read=False):
            return f"write to {device}"
        case GpioPermission(mode=GpioMode.OUT):
            return f"use {device} as an output"
        case GpioPermission(mode=GpioMode.PULSES):
            return f"send and record pulses on {device}"
        case PwmPermission():
            return f"use {device} for PWM"
        case _:
            return f"use {device}"
