"""Plugins that cannot work because an access is denied to them."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import PluginRecord
from hostcore.events import AccessDenied, Confidence, Counters, Evidence, Finding
from hostcore.permissions import GpioPermission, I2cPermission, Permission, SpiPermission, covers, device_of, use_of
from hostcore.place import BusName

LEAST_DENIALS = 10
"""Denials of the same access before a plugin counts as kept from its work. The host reports the 1st, 10th, 100th ..."""
RECENT_NS = 60 * NS_PER_S
"""The time within which a denial must have come last, in nanoseconds."""


def denials(case: Case) -> Iterator[Finding]:
    """Find plugins that fail, and ask again and again for what they may not use."""
    for plugin in case.plugins.values():
        if plugin.is_at_work and _is_failing(case, plugin) and _is_denied_now(case, plugin):
            for event in plugin.denied.values():
                if event.count >= LEAST_DENIALS and not _is_settled(plugin, event):
                    yield _denied(case, event)


def _is_failing(case: Case, plugin: PluginRecord) -> bool:
    """Whether its calls end in errors. A display has no readings that could fail, but its calls are counted."""
    before, now = _last_minute(case, plugin)
    return bool(plugin.failed) or now.errors > before.errors


def _is_denied_now(case: Case, plugin: PluginRecord) -> bool:
    """Whether an access was denied within the last minute: events tell of few denials, and the counters of all."""
    before, now = _last_minute(case, plugin)
    told = any(each.time_ns >= case.now_ns - RECENT_NS for each in plugin.denied.values())
    return told or now.denied > before.denied


def _last_minute(case: Case, plugin: PluginRecord) -> tuple[Counters, Counters]:
    """Return a plugin's counters a minute ago, and now."""
    older = [each.counters for each in plugin.counters if each.time_ns < case.now_ns - RECENT_NS]
    return older[-1] if older else Counters(), plugin.newest


def _is_settled(plugin: PluginRecord, event: AccessDenied) -> bool:
    """Whether host.toml allows it by now. It cannot allow what another plugin has."""
    return not event.owner and plugin.facts is not None and covers(plugin.facts.permissions, event.permission)


def _denied(case: Case, event: AccessDenied) -> Finding:
    device = device_of(event.permission)
    bus, address = _place(event.permission)
    if event.owner:
        sentence = f"{event.plugin} cannot work: it asks for {device}, which belongs to {event.owner}."
        advice = f"Check in {event.plugin} which device it is for. {event.owner} keeps {device}."
    else:
        name = event.plugin
        sentence = f"{name} cannot work: host.toml does not let it {use_of(event.permission)}."
        advice = f"If {name} is meant to, grant it: key g in the pane Plugins, or wasi-host grant {name}."
    return Finding(
        "denied-access",
        sentence,
        advice,
        Confidence.CERTAIN,
        (Evidence(f"denied at least {event.count} times", event.time_ns, event.plugin),),
        event.plugin,
        bus,
        address,
        is_simulated=case.facts.simulates(bus),
    )


def _place(permission: Permission) -> tuple[BusName | None, int | None]:
    match permission:
        case I2cPermission():
            return permission.bus_name, permission.first
        case SpiPermission():
            return permission.bus_name, permission.chip_select
        case GpioPermission():
            return permission.bus_name, permission.line
        case _:
            return None, None
