"""What a person can grant a plugin at once: each device that it was denied, whole."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.events import AccessDenied
from hostcore.permissions import Permission, devices_of, whole_device
from hostcore.quick_dataclass import dataclass
from hostcore.view.plugins import PluginStatus


@dataclass(frozen=True, slots=True)
class Offer:
    """A device that a plugin was denied. A read and a write of it are one offer, so that one answer is enough."""

    permission: Permission
    """Allows the use of the whole device."""
    requests: tuple[AccessDenied, ...]
    """The requests that it would answer, at least one."""

    @property
    def count(self) -> int:
        """How often the plugin was denied the device, at least."""
        return sum(each.count for each in self.requests)

    @property
    def is_broader(self) -> bool:
        """Whether it allows more than the plugin was denied."""
        return all(each.permission != self.permission for each in self.requests)


def offers(plugin: PluginStatus) -> tuple[Offer, ...]:
    """Return the devices that a plugin asks for, in the order in which it did."""
    by_device: dict[Permission, list[AccessDenied]] = {}
    for permission, request in plugin.requests.items():
        by_device.setdefault(whole_device(permission), []).append(request)
    return tuple(Offer(permission, tuple(requests)) for permission, requests in by_device.items())


def other_users(plugin: str, permission: Permission, plugins: Iterable[PluginStatus]) -> tuple[str, ...]:
    """Return the other plugins that may use the device of a permission, or a part of it."""
    wanted = frozenset(devices_of(permission))
    return tuple(
        each.name
        for each in plugins
        if each.name != plugin
        and each.facts is not None
        and any(not wanted.isdisjoint(devices_of(granted)) for granted in each.facts.permissions)
    )
