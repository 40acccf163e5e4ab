"""What is known of a device before a plugin may use it: what the scan found there, and which other plugins have it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style

from hostcore.events import Confidence, Presence
from hostcore.permissions import I2cPermission, Permission
from hostcore.place import BusName
from hostcore.view.offers import other_users
from hostcore.view.view import View
from tui.look import Look
from tui.text import ago, safe

Words = tuple[str, Style]
"""A sentence, and how it looks."""


def device_words(view: View, look: Look, plugin: str, permission: Permission, now_ns: int) -> Iterator[Words]:
    """Yield sentences for a person who decides whether `plugin` may use a device.

    Args:
        view: the host.
        look: the styles.
        plugin: the plugin that would use it.
        permission: the permission for the device.
        now_ns: the time that the screen shows.
    """
    if isinstance(permission, I2cPermission) and permission.first == permission.last:
        yield presence(view, look, permission.bus_name, permission.first, now_ns)
    if others := other_users(plugin, permission, view.plugins.all()):
        yield (
            f"{' and '.join(others)} may use it already: it belongs to the first plugin that uses it, unless host.toml "
            "shares it.",
            look.warn,
        )


def presence(view: View, look: Look, bus: BusName, address: int, now_ns: int) -> Words:
    """Say whether anything answers at an address, and which chip it is, as far as that is known."""
    device, scan = f"0x{address:02x} on {bus}", view.scans.of(bus)
    probed = scan.found.get(address) if scan else None
    if scan is None or probed is None:
        return f"{bus} has not been scanned yet, so nobody knows what is at {device}.", look.muted
    when = f"in the scan {ago(now_ns - scan.event.time_ns)}"
    if probed.presence is Presence.ABSENT:
        if view.scans.is_empty(bus, address):
            return f"Nobody answered at {device} {when}: check the wiring, and the address in the driver.", look.bad
        return f"Nobody answered at {device} {when}, but a plugin has used it since.", look.warn
    if probed.presence is Presence.KERNEL:
        return f"A driver of the kernel has {device} ({when}), so no plugin can use it.", look.bad
    if probed.presence is not Presence.PRESENT:
        return f"{device}: {probed.presence.value} {when}.", look.warn
    chip = _chip(view, bus, address)
    return f"{device} answered {when}{f': {chip}' if chip else ''}.", look.good


def _chip(view: View, bus: BusName, address: int) -> str:
    told = view.scans.identity(bus, address)
    if told is not None and told.chips:
        return f"it is {safe(' or '.join(told.chips))}"
    site = view.traffic.sites.chip(bus, address)
    if site.chip is None or site.confidence is Confidence.POSSIBLE:
        return ""
    return f"it is {'' if site.confidence is Confidence.CERTAIN else 'likely '}{site.chip.title}"
