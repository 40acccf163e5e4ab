"""The tab of the charts: every value, the last one of a driver that fails too, and the past of each number."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from html import escape

from hostcore.view.alarms import Bounds
from hostcore.view.readings import Item, Source, is_group, is_number
from hostcore.web.page.words import old, plain

SPANS = ((600, "10 min"), (3600, "1 h"), (86_400, "1 d"), (604_800, "1 w"), (2_592_000, "30 d"), (31_536_000, "1 y"))
"""Seconds of the past that the charts can show, and their names."""
USUAL_SPAN = 600
SCRIPT = '<script src="/static/charts.js" defer></script>'
"""Draws the charts into the places that `Values.block` leaves for them."""
LONGEST_LABEL = 60
"""The most characters of a key that are shown."""


class Values:
    """Writes the values of all drivers.

    Args:
        now_ns: the wall clock.
        patience_ns: the nanoseconds after a reading of a plugin in which the next one should have come.
        bounds_of: the range of a value that alarms watch, by its plugin and its keys with points between them.
    """

    def __init__(self, now_ns: int, patience_ns: Callable[[str], int], bounds_of: Callable[[str, str], Bounds]) -> None:
        self._now_ns, self._patience_ns, self._bounds_of = now_ns, patience_ns, bounds_of

    def block(self, sources: Sequence[Source]) -> str:
        """Return all values as HTML."""
        spans = "".join(
            f'<button type="button" data-span="{seconds}" aria-pressed="{str(seconds == USUAL_SPAN).lower()}">'
            f"{words}</button>"
            for seconds, words in SPANS
        )
        drivers = "".join(map(self._driver, sources)) or "<p>No driver has read yet.</p>"
        return (
            '<main id="charts"><p class="spans orders" data-own role="group" aria-label="Length of the past">'
            f"{spans}</p>"
            f"<noscript><p>Charts need scripts. The newest values are below.</p></noscript>{drivers}</main>"
        )

    def _driver(self, source: Source) -> str:
        name = escape(source.plugin)
        marks = [f"Simulated: {plain(', '.join(map(str, source.simulated)))}"] if source.simulated else []
        marks += [f"Faults on: {plain(', '.join(map(str, source.faulty)))}"] if source.faulty else []
        marked = f'<p class="simulated">{"; ".join(marks)}</p>' if marks else ""
        error = f'<p class="failed">✗ {plain(source.error)}</p>' if source.error else ""
        items = "".join(self._value(source, each) for each in source.items.values() if not each.is_group)
        left_out = f"<p>and {source.left_out} more values</p>" if source.left_out else ""
        return (
            f'<section class="driver" id="driver-{name}"><h2>{plain(source.plugin, 60)}</h2>{marked}{error}'
            f'<div class="values">{items}</div>{left_out}</section>'
        )

    def _value(self, source: Source, item: Item) -> str:
        key = ".".join(item.path[1:])
        label = plain(item.quantity.name or key.replace("_", " "), LONGEST_LABEL)
        is_stale = self._is_stale(source, item)
        stale = f'<span class="stale">stale: {old(self._now_ns - item.time_ns)} old</span>' if is_stale else ""
        raw = item.adjusted.measured if item.adjusted else None
        adjusted = f'<span class="cause">adjusted, raw {raw:.6g}</span>' if raw is not None else ""
        return (
            f'<article class="value{" old" if is_stale else ""}" id="value-{escape(source.plugin)}-{escape(key)}">'
            f'<h3>{label}</h3><p class="now">{_written(item)} {stale} {adjusted}</p>'
            f"{self._chart(source, item, key)}</article>"
        )

    def _is_stale(self, source: Source, item: Item) -> bool:
        """Whether a newer value should have come: its driver fails, or is silent for too long."""
        return bool(source.error) or self._now_ns - item.time_ns > self._patience_ns(source.plugin)

    def _chart(self, source: Source, item: Item, key: str) -> str:
        """The place of a chart. The script draws it there, and leaves it alone while the rest of the page changes."""
        if not is_number(item.raw):
            return ""
        bounds = self._bounds_of(source.plugin, key)
        limits = json.dumps([each for each in (bounds.below, bounds.above) if each is not None])
        return (
            f'<div class="chart" data-own data-plugin="{escape(source.plugin)}" '
            f'data-keys="{escape(json.dumps(item.path[1:]))}" data-unit="{plain(item.quantity.unit)}" '
            f'data-decimals="{item.decimals}" data-limits="{limits}"></div>'
        )


def _written(item: Item) -> str:
    """A value with its unit as HTML."""
    value, unit = item.raw, item.quantity.unit
    if is_number(value):
        guessed = ' <small class="cause">guessed</small>' if item.quantity.is_guessed and unit else ""
        return f'<span class="number">{_number(value, item.decimals)}</span> <span>{plain(unit)}</span>{guessed}'
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return plain(value, 300)
    return "(nested deeper)" if is_group(value) else "–"


def _number(value: float, decimals: int) -> str:
    try:
        size = abs(float(value))
    except OverflowError:
        return "huge"
    if size >= 1e15 or 0 < size < 1e-3 or size != size:  # noqa: PLR0124 - NaN
        return f"{float(value):.4g}"
    return f"{value:,.{decimals}f}".replace(",", "\u202f")
