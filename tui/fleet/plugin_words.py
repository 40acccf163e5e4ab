"""A plugin of a node in words. What a node says of it can be anything: it is fit for a terminal, but not known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.segment import Segment

from hostcore.broker.bodies import PluginHealth
from hostcore.fleet.model import PluginStatus
from hostcore.view.condition import Condition
from tui.fleet.node_words import OLD
from tui.lines import Line
from tui.look import Look
from tui.plugins.state_words import SIGNS, style_of
from tui.text import NS_PER_S, age, ago, counted, fit, number, safe
from tui.wrapping import wrapped

LATEST_S = 9_000_000_000
"""A time in the year 2255, Unix seconds. Later ones do not fit into nanoseconds of 64 bits."""
LABEL = 20
"""Cells of the labels."""


def condition_of(health: PluginHealth | None) -> Condition | None:
    """The condition of a plugin; None if it is not known, or is a word of a later version."""
    try:
        return Condition(health.condition) if health else None
    except ValueError:
        return None


def condition_segment(health: PluginHealth | None, look: Look, *, is_stale: bool) -> Segment:
    """The sign and the word of a plugin's condition: ``! FAILING``; ``~ was FAILING`` if it is of a time before now."""
    condition = condition_of(health)
    if condition is None:
        return Segment(f"? {health.condition}" if health and health.condition else "? unknown", look.muted)
    if is_stale:
        return Segment(f"{OLD} was {condition.word}", look.muted)
    return Segment(f"{SIGNS[condition]} {condition.word}", style_of(condition, look))


def reason_of(plugin: PluginStatus) -> str:
    """Why a plugin is in its condition; its last error if nothing else is said."""
    if plugin.problem:
        return plugin.problem
    health = plugin.health
    if health is None:
        return "nothing has come of its state yet"
    return health.reason or (f"its last error: {health.last_error}" if health.last_error else "")


def unix_ns(text: str) -> int:
    """Return an RFC 3339 time in nanoseconds since the Unix epoch; 0 if it is none, or no clock can show it."""
    try:
        return wall_ns(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        return 0


def wall_ns(time_s: float) -> int:
    """Return Unix seconds in nanoseconds; 0 if no clock can show them."""
    return round(time_s * NS_PER_S) if 0 <= time_s < LATEST_S else 0


def plugin_lines(plugin: PluginStatus, look: Look, width: int, now_ns: int, *, is_stale: bool) -> Iterator[Line]:
    """All that a node says of a plugin.

    Args:
        plugin: the plugin.
        look: the styles.
        width: cells of a line.
        now_ns: the present, by the clock of the node.
        is_stale: whether all of it is of a time before now.
    """
    health = plugin.health
    yield [
        Segment(f"  {'state'.ljust(LABEL)}", look.muted),
        condition_segment(health, look, is_stale=is_stale),
        Segment(_since(health, now_ns), look.muted),
    ]
    for label, text, is_bad in _facts(plugin, now_ns):
        ink = look.bad if is_bad else look.plain
        for place, line in enumerate(wrapped(text, ink, width - LABEL - 2)):
            yield [Segment(f"  {fit(label if place == 0 else '', LABEL - 1)} ", look.muted), *line]


def _since(health: PluginHealth | None, now_ns: int) -> str:
    since_ns = unix_ns(health.since) if health else 0
    return f" for {age(now_ns - since_ns)}" if since_ns and now_ns > since_ns else ""


def _facts(plugin: PluginStatus, now_ns: int) -> Iterator[tuple[str, str, bool]]:
    """What is known of a plugin: a label, the text, and whether it is bad."""
    health = plugin.health
    if reason := reason_of(plugin):
        yield "because", reason, False
    if health is None:
        return
    yield "reads", f"every {number(health.interval)} s" if health.interval > 0 else "at no interval of its own", False
    crashes = f"{health.crashes} {'crash' if health.crashes == 1 else 'crashes'}"
    yield "so far", f"{counted(health.readings, 'reading')}, {counted(health.errors, 'error')}, {crashes}", False
    if health.last_error:
        yield "last error", health.last_error, True
    if health.simulated:
        yield "simulated", f"it has used {', '.join(map(safe, health.simulated))}: its values may be invented", False
    said_ns = unix_ns(health.time)
    yield "said", ago(max(0, now_ns - said_ns)) if said_ns else "at an unknown time", False
    for each in plugin.values:
        told = [each.name, each.unit, f"class {each.device_class}" if each.device_class else ""]
        words = ", ".join(word for word in told if word) or "no unit"
        yield each.key, f"{words} ({'guessed from the key' if each.is_guessed else 'stated by the driver'})", False
