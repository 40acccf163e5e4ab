"""Permissions as values with one grammar: the entries of `permissions` in host.toml.

A permission only describes access; `hostcore.access` decides about it.
"""

from hostcore.permissions.actuators import RELAY_NAME, LedsPermission, PwmPermission, RelayPermission
from hostcore.permissions.buses import (
    LAST_LINE,
    GpioMode,
    GpioPermission,
    I2cPermission,
    IioPermission,
    SpiPermission,
    SystemPermission,
    UartPermission,
)
from hostcore.permissions.claims import (
    Claim,
    claims,
    covers,
    devices_of,
    whole_device,
    worth_asking_for,
    yields_to,
)
from hostcore.permissions.grammar import Permission, parse_permission
from hostcore.permissions.words import device_of, use_of

__all__ = [
    "LAST_LINE",
    "RELAY_NAME",
    "Claim",
    "GpioMode",
    "GpioPermission",
    "I2cPermission",
    "IioPermission",
    "LedsPermission",
    "Permission",
    "PwmPermission",
    "RelayPermission",
    "SpiPermission",
    "SystemPermission",
    "UartPermission",
    "claims",
    "covers",
    "device_of",
    "devices_of",
    "parse_permission",
    "use_of",
    "whole_device",
    "worth_asking_for",
    "yields_to",
]
