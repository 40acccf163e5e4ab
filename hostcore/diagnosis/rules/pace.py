"""Plugins that are late, that wait for a bus which another one holds, or that flood the log."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from hostcore.clock import NS_PER_S, duration
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import CountersSample, PluginRecord
from hostcore.diagnosis.wording import shown_by
from hostcore.events import Confidence, Evidence, Finding, State, TransferCompleted
from hostcore.place import BusKind, BusName

SLOW = 1.1
"""A call takes longer than its interval, if it does so by this factor."""
LEAST_CALLS = 10
"""Calls since the plugin began, before its pace counts."""
LEAST_NS = 20 * NS_PER_S
"""The time for which it must be slow, in nanoseconds."""
WAIT_SHARE = 0.3
"""The part of its time that a plugin waits for a bus, before it is blocked."""
LEAST_WAIT_NS = NS_PER_S // 10
"""The mean time that it waits for one access, in nanoseconds."""
LEAST_TRANSFERS = 5
FLOOD_PER_MINUTE = 600
"""Lines in a minute that are a flood: ten a second."""


def slow_plugins(case: Case) -> Iterator[Finding]:
    """Find drivers that take longer for a reading than the time between two of them."""
    for plugin in case.plugins.values():
        samples = _slow(case, plugin)
        if samples and plugin.facts is not None:
            yield _late(plugin, plugin.facts.interval, samples)


def _slow(case: Case, plugin: PluginRecord) -> list[CountersSample]:
    """Return the counters of the last seconds if all of them show a slow plugin; none otherwise."""
    if plugin.facts is None or plugin.state is not State.RUNNING or plugin.is_script:
        return []
    began_ns = case.now_ns - LEAST_NS
    recent = [each for each in plugin.counters if each.time_ns >= began_ns] or list(plugin.counters)[-1:]
    limit_ns = SLOW * plugin.facts.interval * NS_PER_S
    is_slow = bool(recent) and all(each.counters.call_p50_ns > limit_ns for each in recent)
    is_known = plugin.since_ns <= began_ns and plugin.newest.calls >= LEAST_CALLS
    return recent if is_slow and is_known else []


def _late(plugin: PluginRecord, interval: float, samples: list[CountersSample]) -> Finding:
    newest = plugin.newest
    seconds = newest.call_p50_ns / NS_PER_S
    comes = interval * ceil(seconds / interval)
    longest = duration(newest.call_max_ns / NS_PER_S)
    calls = Evidence(
        f"half of its last calls took longer than {duration(seconds)}, the longest {longest}",
        samples[-1].time_ns,
        plugin.name,
    )
    return Finding(
        "slow-plugin",
        f"{plugin.name} is too slow: it is asked every {duration(interval)}, but takes {duration(seconds)}. So only "
        f"every {duration(comes)} a reading comes, {duration(comes - interval)} late.",
        f"Set its interval to {comes:g} s or more in [plugins.{plugin.name}] of host.toml, or let it wait for less.",
        Confidence.CERTAIN,
        (calls, *_bus_time(plugin)),
        plugin.name,
    )


def _bus_time(plugin: PluginRecord) -> Iterator[Evidence]:
    """Return how much of its calls a plugin spends on buses, as evidence."""
    if len(plugin.counters) > 1:
        first, last = plugin.counters[0], plugin.counters[-1]
        calls = last.counters.calls - first.counters.calls
        bus_ns = last.counters.bus_time_ns - first.counters.bus_time_ns
        throttled_ns = last.counters.throttled_ns - first.counters.throttled_ns
        if calls > 0:
            text = f"on average it holds buses for {duration(bus_ns / calls / NS_PER_S)} of a call"
            if throttled_ns > 0:
                text += f", and waits {duration(throttled_ns / calls / NS_PER_S)} because its share of a bus is used up"
            yield Evidence(text, last.time_ns, plugin.name)


def blocked_plugins(case: Case) -> Iterator[Finding]:
    """Find plugins that wait for a bus, because another plugin holds it."""
    for name in case.buses:
        if name.kind in (BusKind.I2C, BusKind.SPI):
            by_plugin = _transfers(case, name)
            for plugin, transfers in by_plugin.items():
                found = _blocked(case, name, plugin, transfers, by_plugin)
                if found:
                    yield found


def _transfers(case: Case, bus: BusName) -> dict[str, list[TransferCompleted]]:
    """Return the newest transfers on a bus by plugin."""
    found: dict[str, list[TransferCompleted]] = {}
    for device in case.devices_on(bus):
        for each in device.transfers.all():
            found.setdefault(each.plugin, []).append(each)
    return found


def _blocked(
    case: Case, bus: BusName, name: str, mine: list[TransferCompleted], all_: dict[str, list[TransferCompleted]]
) -> Finding | None:
    plugin = case.plugins.get(name)
    since_ns = max(min(each.time_ns for each in mine), _kept_since_ns(case, bus), case.now_ns - 60 * NS_PER_S)
    mine = [each for each in mine if each.time_ns >= since_ns]
    span_ns, waited_ns = case.now_ns - since_ns, sum(each.waited_ns for each in mine)
    throttled = plugin is not None and _throttled_ns(plugin, since_ns) > waited_ns / 2
    if plugin is None or not plugin.is_at_work or throttled or len(mine) < LEAST_TRANSFERS:
        return None
    if waited_ns < WAIT_SHARE * span_ns or waited_ns < LEAST_WAIT_NS * len(mine):
        return None
    held = {
        other: sum(each.duration_ns for each in transfers if each.time_ns >= since_ns)
        for other, transfers in all_.items()
        if other != name
    }
    holder = max(held, key=lambda each: held[each], default="")
    if not holder or held[holder] < waited_ns / 2:
        return None
    longest = max(mine, key=lambda each: each.waited_ns)
    return Finding(
        "blocked-plugin",
        f"{name} waits for {bus} for {100 * waited_ns / span_ns:.0f} % of the time, because {holder} holds it for "
        f"{100 * held[holder] / span_ns:.0f} %.",
        f"Let {holder} read less often or less at once, raise the clock of {bus}, or move one of them to another bus.",
        Confidence.LIKELY,
        (shown_by(longest, f"waited {duration(longest.waited_ns / NS_PER_S)} for one access"),),
        name,
    )


def _kept_since_ns(case: Case, bus: BusName) -> int:
    """Return since when all transfers on a bus are kept. Those of a busy device reach back for some seconds only."""
    kept = [(device.total, list(device.transfers.all())) for device in case.devices_on(bus)]
    return max((transfers[0].time_ns for total, transfers in kept if total > len(transfers) > 0), default=0)


def _throttled_ns(plugin: PluginRecord, since_ns: int) -> int:
    samples = [each for each in plugin.counters if each.time_ns >= since_ns]
    return samples[-1].counters.throttled_ns - samples[0].counters.throttled_ns if samples else 0


def log_floods(case: Case) -> Iterator[Finding]:
    """Find plugins that log more than anybody can read."""
    for plugin in case.plugins.values():
        minute_ns = 60 * NS_PER_S
        lines = plugin.line_rates.since(case.now_ns - minute_ns).total
        older = plugin.line_rates.since(case.now_ns - minute_ns, case.now_ns - minute_ns // 2).total
        is_lasting = older >= FLOOD_PER_MINUTE / 3
        if lines >= FLOOD_PER_MINUTE and is_lasting and plugin.is_at_work:
            yield _flood(plugin, lines)


def _flood(plugin: PluginRecord, lines: int) -> Finding:
    dropped = plugin.newest.lines_dropped
    lost = f" {dropped} lines were dropped so far." if dropped else ""
    newest = tuple(Evidence(f"logged: {each.text}", each.time_ns, plugin.name) for each in list(plugin.lines)[:-3:-1])
    return Finding(
        "log-flood",
        f"{plugin.name} floods the log with {lines} lines a minute, so that other lines are lost among them.{lost}",
        f"Let {plugin.name} log only what changed, or at level debug.",
        Confidence.CERTAIN,
        newest,
        plugin.name,
    )
