"""Decides what each plugin may use. It denies accesses that host.toml does not grant or another plugin has reserved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence, Set
from itertools import combinations, product

from hostcore.access.granted import Granted
from hostcore.config.model import PluginSettings
from hostcore.errors import AccessDeniedError
from hostcore.permissions import (
    Claim,
    GpioMode,
    GpioPermission,
    I2cPermission,
    Permission,
    PwmPermission,
    claims,
    covers,
    device_of,
    devices_of,
    use_of,
    worth_asking_for,
    yields_to,
)
from hostcore.quick_dataclass import dataclass, replace

MOST_DENIALS = 64
"""How many different denied permissions of one plugin are counted and reported. A hostile plugin could invent more."""
TOLD = frozenset(10**zeros for zeros in range(19))
"""The counts at which a repeated denial is reported."""


@dataclass(frozen=True, slots=True)
class Denial:
    """A plugin was denied an access."""

    permission: Permission
    """The missing permission."""
    reason: str
    """Why it is denied, and what a person can do: one line of text."""
    owner: str
    """The other plugin that the device belongs to; "" if it belongs to none."""
    count: int
    """The number of times so far."""


Denied = Callable[[Denial], None]
"""Takes a denial that is worth telling."""

NotGranted = Callable[[str, Permission], str]
"""Returns why a plugin is denied an access, and what a person can do: its name, the missing permission."""


class Reservations:
    """Knows which plugin has reserved which device. There is one for the whole host; it is thread-safe.

    Args:
        shared: what several plugins may use, from host.toml.
    """

    def __init__(self, shared: Iterable[Permission] = ()) -> None:
        self._shared = _all_claims(shared)
        self._owners: dict[Claim, str] = {}
        self._granted: dict[str, tuple[tuple[Permission, ...], frozenset[Claim]]] = {}
        self._lock = threading.Lock()

    def know(self, plugin: str, granted: tuple[Permission, ...]) -> None:
        """Learn what host.toml grants `plugin` now. Costs next to nothing if it is the same tuple as before."""
        with self._lock:
            known = self._granted.get(plugin)
            if known is None or known[0] is not granted:
                self._granted[plugin] = granted, _all_claims(granted) - self._shared

    def owner(self, plugin: str, wanted: Permission) -> str:
        """Return the other plugin that a device belongs to; "" if it belongs to none.

        It belongs to the plugin that has reserved it, or else to the one that host.toml grants it and the least beside.
        """
        with self._lock:
            for claim in devices_of(wanted):
                if claim in self._owners:
                    return self._owners[claim] if self._owners[claim] != plugin else ""
            having = [
                (len(claimed), name)
                for name, (_, claimed) in self._granted.items()
                if name != plugin and not claimed.isdisjoint(devices_of(wanted))
            ]
            return min(having, default=(0, ""))[1]

    def reserve(self, plugin: str, wanted: Permission) -> str | None:
        """Reserve everything that the use of `wanted` claims for `plugin`, or nothing.

        Returns:
            None if it is reserved. Otherwise the other plugin that owns a part of it, or of what `wanted` yields to.
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
        """End the reservations of `plugin`, except `kept`."""
        with self._lock:
            self._granted.pop(plugin, None)
            self._owners = {claim: owner for claim, owner in self._owners.items() if owner != plugin or claim in kept}


def not_in_host_toml(plugin: str, wanted: Permission) -> str:
    """The usual `NotGranted`: permissions are those of host.toml."""
    return (
        f'host.toml does not let {plugin} {use_of(wanted)}; if it should, add "{wanted}" to permissions in '
        f"[plugins.{plugin}], or run: wasi-host grant {plugin} {wanted}"
    )


class Access:
    """The access of one plugin. All its instances share it.

    `require` is for the plugin's own thread. The other methods are thread-safe.

    Args:
        plugin: the plugin's name, for the reasons.
        permissions: what host.toml grants the plugin.
        reservations: the host's reservations; by default new ones, as for a plugin that is alone.
        denied: takes the 1st, 10th, 100th, ... denial of each permission; called on the plugin's own thread.
        not_granted: returns the reason if no permission covers an access, and the device belongs to no other plugin.
    """

    def __init__(
        self,
        plugin: str,
        permissions: Sequence[Permission],
        reservations: Reservations | None = None,
        denied: Denied = lambda _denial: None,
        not_granted: NotGranted = not_in_host_toml,
    ) -> None:
        self._plugin, self._denied, self._not_granted = plugin, denied, not_granted
        self._reservations = reservations or Reservations()
        self._granted = Granted(tuple(permissions))
        self._reservations.know(plugin, self._granted.permissions)
        self.releases = 0
        """How often the plugin has stopped."""
        self._counts: dict[Permission, int] = {}
        self._lock = threading.Lock()

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """The permissions that host.toml grants now."""
        return self._granted.permissions

    def require(self, wanted: Permission) -> None:
        """Return if the plugin may use `wanted`. Does not block.

        Raises:
            AccessDeniedError: no permission covers it, or another plugin has reserved it. The message says which, and
                what a person can do about it.
        """
        granted = self._granted
        if granted.known.get(id(wanted)) is wanted:
            return
        if wanted in granted.allowed:
            granted.remember(wanted)
            return
        against = self._against(wanted)
        if against is not None:
            self._deny(worth_asking_for(wanted), *against)

    def grants(self, wanted: Permission) -> bool:
        """Return whether the permissions cover `wanted`, even if another plugin has reserved it."""
        return covers(self._granted.permissions, wanted)

    def grant(self, permissions: Iterable[Permission]) -> None:
        """Replace all present permissions, from the next access on."""
        granted = tuple(permissions)
        with self._lock:
            self._granted = Granted(granted)
            self._reservations.release(self._plugin, kept=_all_claims(granted))
            self._reservations.know(self._plugin, granted)
            self._counts = {wanted: count for wanted, count in self._counts.items() if not covers(granted, wanted)}

    def release(self) -> None:
        """End all reservations, because the plugin has stopped."""
        with self._lock:
            self.releases += 1
            self._granted = Granted(self._granted.permissions)
            self._reservations.release(self._plugin)

    def _against(self, wanted: Permission) -> tuple[str, str] | None:
        """Return why an access is denied, and the other plugin that the device belongs to; None if it is allowed."""
        with self._lock:  # `grant` may just have removed the permission: then nothing may be reserved or remembered
            permissions, allowed = self._granted.permissions, self._granted.allowed
            self._reservations.know(self._plugin, permissions)
            if not covers(permissions, wanted):
                asked = worth_asking_for(wanted)
                owner = self._reservations.owner(self._plugin, asked)
                return _foreign(self._plugin, owner, asked) if owner else self._not_granted(self._plugin, asked), owner
            holder = self._reservations.reserve(self._plugin, wanted)
            if holder is not None:
                return _taken(self._plugin, holder, wanted), holder
            if not yields_to(wanted):  # otherwise another plugin may reserve the line later
                allowed.add(wanted)  # at most one entry for each address, line and mode that is granted
            return None

    def _deny(self, wanted: Permission, reason: str, owner: str) -> None:
        with self._lock:
            count = self._counts.get(wanted, 0) + 1
            counted = count > 1 or len(self._counts) < MOST_DENIALS
            if counted:
                self._counts[wanted] = count
        if counted and count in TOLD:
            self._denied(Denial(wanted, reason, owner, count))
        raise AccessDeniedError(reason)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two plugins have permissions for a device that only one of them can use."""

    plugins: tuple[str, str]
    """Their names."""
    permission: Permission
    """The permission that both have."""

    def __str__(self) -> str:
        first, second = self.plugins
        return (
            f"{first} and {second} may both {use_of(self.permission)}: it belongs to the first one that uses it, and "
            f"the other one is denied; {_to_share(self.permission)}"
        )


def conflicts(plugins: Iterable[PluginSettings], shared: Iterable[Permission]) -> tuple[Conflict, ...]:
    """Return the devices that host.toml grants to two enabled plugins but does not share."""
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
    """Return a permission for what both claim; None if that is nothing."""
    if isinstance(one, I2cPermission) and isinstance(other, I2cPermission):
        first, last = max(one.first, other.first), min(one.last, other.last)
        both = one.bus == other.bus and first <= last and one.write and other.write
        return I2cPermission(one.bus, first, last, one.read and other.read) if both else None
    return one if claims(one) and claims(one) == claims(other) else None


def _foreign(plugin: str, owner: str, wanted: Permission) -> str:
    return f"{device_of(wanted)} belongs to {owner}, so {plugin} may not use it; {_to_check(plugin, wanted)}"


def _taken(plugin: str, owner: str, wanted: Permission) -> str:
    device, check = device_of(wanted), _to_check(plugin, wanted)
    if isinstance(wanted, GpioPermission) and wanted.mode is GpioMode.IN:
        why = f"{owner} drives the line, and reading would make it an input"
        return f"{plugin} cannot read {device}: {why}; {check}; {_to_share(replace(wanted, mode=GpioMode.OUT))}"
    why = f"{device} belongs to {owner}, which used it first"
    return f"{why}, so {plugin} may not use it; {check}; {_to_share(wanted)}"


def _to_check(plugin: str, wanted: Permission) -> str:
    match wanted:
        case I2cPermission():
            return f"check the address in {plugin}"
        case GpioPermission() | PwmPermission():
            return f"check the line in {plugin}"
        case _:
            return f"check the device in {plugin}"


def _to_share(permission: Permission) -> str:
    return f'if both should use it, add "{permission}" to shared in [access] of host.toml'
