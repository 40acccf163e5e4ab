"""Who may touch what. Everything is denied that host.toml does not grant."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.errors import AccessDeniedError
from hostcore.permissions import (
    GpioPermission,
    I2cPermission,
    Permission,
    SpiPermission,
    SystemPermission,
    UartPermission,
)


class Access:
    """What one plugin may do.

    Args:
        plugin: its name, for the reasons.
        permissions: what host.toml grants it.
    """

    def __init__(self, plugin: str, permissions: Sequence[Permission]) -> None:
        self._plugin = plugin
        self._permissions = tuple(permissions)
        self._allowed: set[Permission] = set()

    def require(self, wanted: Permission) -> None:
        """Let the access `wanted` pass.

        Raises:
            AccessDeniedError: no permission covers it; the message says which line of host.toml would.
        """
        if wanted in self._allowed:
            return
        if not any(_covers(granted, wanted) for granted in self._permissions):
            raise AccessDeniedError(self._reason(wanted))
        self._allowed.add(wanted)  # at most one entry for each address, line and mode that the grants cover

    def _reason(self, wanted: Permission) -> str:
        granted = ", ".join(f'"{each}"' for each in self._permissions) or "nothing"
        return (
            f'host.toml does not grant {self._plugin} "{wanted}" (granted: {granted}); '
            f'add "{wanted}" to permissions in [plugins.{self._plugin}] to allow it'
        )


def _covers(granted: Permission, wanted: Permission) -> bool:
    match granted, wanted:
        case I2cPermission(), I2cPermission():
            return (
                granted.bus == wanted.bus
                and granted.first <= wanted.first
                and wanted.last <= granted.last
                and granted.read >= wanted.read
                and granted.write >= wanted.write
            )
        case (SpiPermission(), SpiPermission()) | (GpioPermission(), GpioPermission()):
            return granted == wanted
        case (UartPermission(), UartPermission()) | (SystemPermission(), SystemPermission()):
            return granted == wanted
    return False
