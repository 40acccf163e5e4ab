"""The tab of the plugins: how each is doing, its orders, its last error, what it may use, and its crashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from types import MappingProxyType

from hostcore.events import State
from hostcore.session import Order
from hostcore.view.plugins import PluginStatus
from hostcore.web.page.crash import crash_block
from hostcore.web.page.top import SIGNS, PluginRow, class_of
from hostcore.web.page.words import ago, plain

ORDERS: Mapping[State, tuple[Order, ...]] = MappingProxyType(
    {
        State.DISCOVERED: (Order.START,),
        State.LOADING: (Order.STOP,),
        State.RUNNING: (Order.RESTART, Order.STOP),
        State.BACKOFF: (Order.RESTART, Order.STOP),
        State.QUARANTINED: (Order.RELEASE, Order.STOP),
        State.STOPPED: (Order.START,),
    }
)
"""The orders that a plugin accepts in each state."""


def plugins_block(plugins: Sequence[tuple[PluginRow, PluginStatus]], now_ns: int, why_not: str = "") -> str:
    """Return the list of all plugins as HTML, those in trouble first.

    Args:
        plugins: how each is doing, and all that is known of it.
        now_ns: the wall clock.
        why_not: why no order can be given here, as a sentence; "" if each plugin gets buttons for its orders.
    """
    worst_first = sorted(plugins, key=lambda each: each[0].condition.rank)
    rows = "".join(_plugin(row, status, now_ns, may_order=not why_not) for row, status in worst_first)
    rows = rows or "<li>There are no plugins.</li>"
    reason = f"<p>No orders here: {plain(why_not)}</p>" if why_not else ""
    return f'<main id="plugins"><h2>Plugins</h2>{reason}<ul class="rows">{rows}</ul></main>'


def _plugin(row: PluginRow, status: PluginStatus, now_ns: int, *, may_order: bool) -> str:
    condition, sign = row.condition, SIGNS[row.condition]
    about = "".join(f'<p class="about">{each}</p>' for each in _about(row, status, now_ns))
    orders = _orders(row) if may_order else ""
    crashes = "".join(crash_block(each, now_ns) for each in reversed(status.crashes))
    state = (
        f'<span class="{class_of(condition)}">{sign} {condition}</span> <span class="cause">{plain(row.reason)}</span>'
    )
    name = f"<strong>{plain(row.name, 60)}</strong>"
    return f'<li id="plugin-{escape(row.name)}">{name} {state}{orders}{about}{crashes}</li>'


def _orders(row: PluginRow) -> str:
    name = escape(row.name)
    buttons = "".join(
        f'<button type="button" data-plugin="{name}" data-order="{order}">{order.capitalize()}'
        f'<span class="unseen"> {name}</span></button>'
        for order in ORDERS[row.state]
    )
    return f'<span class="orders">{buttons}</span>'


def _about(row: PluginRow, status: PluginStatus, now_ns: int) -> Iterator[str]:
    """What is known of a plugin beside the reason in its row, line by line."""
    if status.last_error and status.last_error not in row.reason:
        when = f" ({ago(status.last_error_ns, now_ns)})" if status.last_error_ns else ""
        yield f"Last error{when}: {plain(status.last_error)}"
    counters, facts = status.counters, status.facts
    name, crashes = escape(status.name), sum(count for _, count in counters.crashes)
    since = f"So since {ago(row.since_ns, now_ns)}. " if row.since_ns else ""
    yield (
        f"{since}Calls {counters.calls}, errors {counters.errors}, crashes {crashes}. "
        f'<a href="/log?plugin={name}">Log<span class="unseen"> of {name}</span></a>'
    )
    if facts and facts.permissions:
        yield f"May use {plain(', '.join(map(str, facts.permissions)))}"
    for request in status.requests.values():
        yield f"Asks for {plain(str(request.permission))}: {plain(request.reason)}"
