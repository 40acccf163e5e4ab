"""Who may touch what. Everything is denied that host.toml does not grant, or that another plugin has for itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations, product

from hostcore.config.model import PluginSettings
from hostcore.errors import AccessDeniedError
from hostcore.permissions import Claim, GpioMode, GpioPermission, I2cPermission, Permission, claims, covers, yields_to

MOST_DENIALS = 64
"""How many different denied permissions of one plugin are counted and told; a hostile one could think of any number."""
TOLD = frozenset(10**zeros for zeros in range(19))
"""The counts at which a repeated denial is told again."""

Denied = Callable[[Permission, str, int], None]
"""Takes the permission that was missing, the reason, and how often so far."""


class Reservations:
    """Which plugin has what for itself; one for the whole host, for all threads.

    Args:
        shared: what host.toml lets several plugins use.
    """

    def __init__(self, shared: Iterable[Permission] = ()) -> None:
        self._shared = _all_claims(shared)
        self._owners: dict[Claim, str] = {}
        self._lock = threading.Lock()

    def reserve(self, plugin: str, wanted: Permission) -> str | None:
        """Give `plugin` for itself what using `wanted` claims, all of it or nothing.

        Returns:
            The other plugin that has some of it, or of what `wanted` yields to, or None: it is reserved.
        """
        with self._lock:
            needed = [claim for claim in claims(wanted) if claim not in self._shared]
            for claim in (*needed, *yields_to(wanted)):
                owner = self._owners.get(claim, plugin)
                if owner != plugin:
                    return owner
            self._owners.update(dict.fromkeys(needed, plugin))
            return None

    def release(self, plugin: str, kept: Set[Claim] = frozenset()) -> None:
        """Give others what `plugin` had for itself, all but `kept`."""
        with self._lock:
            self._owners = {claim: owner for claim, owner in self._owners.items() if owner != plugin or claim in kept}


class Access:
    """What one plugin may do, over all its instances.

    The plugin's own thread asks with `require`; the other methods are for any thread.

    Args:
        plugin: its name, for the reasons.
        permissions: what host.toml grants it.
        reservations: the host's; without them it has no neighbours.
        denied: told of a denial when it is the 1st, 10th, 100th, ... of its kind; called by the plugin's own thread.
    """

    def __init__(
        self,
        plugin: str,
        permissions: Sequence[Permission],
        reservations: Reservations | None = None,
        denied: Denied = lambda _permission, _reason, _count: None,
    ) -> None:
        self._plugin, self._denied = plugin, denied
        self._reservations = reservations or Reservations()
        self._granted: tuple[tuple[Permission, ...], set[Permission]] = (tuple(permissions), set())
        """The permissions, and what they were found to allow; swapped as one."""
        self._counts: dict[Permission, int] = {}
        self._lock = threading.Lock()

    def require(self, wanted: Permission) -> None:
        """Let the access `wanted` pass.

        Raises:
            AccessDeniedError: no permission covers it, or another plugin has it for itself; the message says which, and
                what a person can do.
        """
        if wanted not in self._granted[1]:
            reason = self._reason_against(wanted)
            if reason:
                self._deny(wanted, reason)

    def grants(self, wanted: Permission) -> bool:
        """Whether the permissions cover `wanted`, whoever has it for itself."""
        return covers(self._granted[0], wanted)

    def grant(self, permissions: Iterable[Permission]) -> None:
        """Let these permissions take the place of all present ones; the next access heeds them."""
        granted = tuple(permissions)
        with self._lock:
            self._granted = (granted, set())
            self._reservations.release(self._plugin, kept=_all_claims(granted))
            self._counts = {wanted: count for wanted, count in self._counts.items() if not covers(granted, wanted)}

    def release(self) -> None:
        """The plugin has stopped: others may have what it had for itself."""
        with self._lock:
            self._granted = (self._granted[0], set())
            self._reservations.release(self._plugin)

    def _reason_against(self, wanted: Permission) -> str:
        with self._lock:  # nothing may be reserved or remembered for permissions that were just taken away
            permissions, allowed = self._granted
            if not covers(permissions, wanted):
                return _not_granted(self._plugin, permissions, wanted)
            owner = self._reservations.reserve(self._plugin, wanted)
            if owner is not None:
                return _taken(self._plugin, owner, wanted)
            if not yields_to(wanted):  # else it holds only until somebody reserves that
                allowed.add(wanted)  # at most one entry for each address, line and mode that the grants cover
            return ""

    def _deny(self, wanted: Permission, reason: str) -> None:
        with self._lock:
            count = self._counts.get(wanted, 0) + 1
            counted = count > 1 or len(self._counts) < MOST_DENIALS
            if counted:
                self._counts[wanted] = count
        if counted and count in TOLD:
            self._denied(wanted, reason, count)
        raise AccessDeniedError(reason)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two plugins may both use what only one of them can have."""

    plugins: tuple[str, str]
    """Their names."""
    permission: Permission
    """What both may use."""

    def __str__(self) -> str:
        first, second = self.plugins
        return (
            f'{first} and {second} may both use "{self.permission}": the first that does has it for itself and the '
            f"other is denied; {_to_share(self.permission)}"
        )


def conflicts(plugins: Iterable[PluginSettings], shared: Iterable[Permission]) -> tuple[Conflict, ...]:
    """What host.toml grants to two of the enabled plugins although it does not share it."""
    free = _all_claims(shared)
    enabled = [plugin for plugin in plugins if plugin.enabled]
    found = [
        Conflict((one.name, other.name), both)
        for one, other in combinations(enabled, 2)
        for pair in product(one.permissions, other.permissions)
        if (both := _overlap(*pair)) and not free.issuperset(claims(both))
    ]
    return tuple(dict.fromkeys(found))


def _all_claims(permissions: Iterable[Permission]) -> frozenset[Claim]:
    return frozenset(claim for permission in permissions for claim in claims(permission))


def _overlap(one: Permission, other: Permission) -> Permission | None:
    """What both permissions claim, or None where that is nothing."""
    if isinstance(one, I2cPermission) and isinstance(other, I2cPermission):
        first, last = max(one.first, other.first), min(one.last, other.last)
        both = one.bus == other.bus and first <= last and one.write and other.write
        return I2cPermission(one.bus, first, last, one.read and other.read) if both else None
    return one if claims(one) and claims(one) == claims(other) else None


def _not_granted(plugin: str, permissions: Sequence[Permission], wanted: Permission) -> str:
    granted = ", ".join(f'"{each}"' for each in permissions) or "nothing"
    return (
        f'host.toml does not grant {plugin} "{wanted}" (granted: {granted}); add it to permissions in '
        f"[plugins.{plugin}], or run: wasi-host grant {plugin} {wanted}"
    )


def _taken(plugin: str, owner: str, wanted: Permission) -> str:
    if isinstance(wanted, GpioPermission) and wanted.mode is GpioMode.IN:
        why = f"{owner} drives the line, and reading would make it an input"
        return f'{plugin} cannot have "{wanted}": {why}; {_to_share(replace(wanted, mode=GpioMode.OUT))}'
    return f'{plugin} cannot have "{wanted}": {owner} used it first and has it for itself; {_to_share(wanted)}'


def _to_share(permission: Permission) -> str:
    return f'to let both, add "{permission}" to shared in [access] of host.toml'
