"""Draws the readings as rows: a driver's heading, the heading of nested values, or one value."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from hostcore.view.readings import Item, Path, Source
from hostcore.view.view import View
from tui.finding_words import ink_of
from tui.lines import Line
from tui.look import Look
from tui.readings.freshness import Doubt, age_words, doubt_about, words_about
from tui.readings.reading_words import Columns, error_of, label_of, sparkline, value_of
from tui.text import fit, number

FLASH_NS = 600_000_000
"""Nanoseconds for which a value that has changed is marked at least. The mark goes with the first update after that."""
TROUBLE = " !"
"""Marks a value or a driver which an alarm, or a certain or likely finding, concerns."""
ADJUSTED = " A"
"""Marks a value that host.toml adjusts. Enter shows what the driver measured."""
FAULTY = "F"
SIMULATED = "S"
"""Marks a row whose value may depend on a simulated bus."""


class RowLines:
    """The rows as they are at one moment.

    Args:
        view: the readings, and what concerns them.
        look: the styles.
        now_ns: the moment.
        folded: the headings below which nothing is shown.
    """

    def __init__(self, view: View, look: Look, now_ns: int, folded: AbstractSet[Path]) -> None:
        self._view, self._look, self._now, self._folded = view, look, now_ns, folded
        self._findings, self._alarms = view.findings.about_readings(), view.alarms.subjects()

    @property
    def has_trouble(self) -> bool:
        """Whether an alarm or a finding concerns a reading."""
        return bool(self._findings or self._alarms)

    def line(self, source: Source, item: Item, width: int) -> Line:
        """Make one row: a driver's heading, the heading of nested values, or one value."""
        columns = Columns.within(width)
        if item is source.heading:
            return self._driver(source, columns)
        if item.is_group:
            sign = "+" if item.path in self._folded else "-"
            return [
                self._mark(item),
                Segment(fit(f"{'  ' * item.depth}{sign} {label_of(item)}", width), self._look.muted),
            ]
        is_in_doubt = doubt_about(self._view, source, self._now) is not Doubt.NONE
        is_old = is_in_doubt or bool(source.error) or item.time_ns < source.time_ns
        return self._value(item, columns, is_old)

    def _value(self, item: Item, columns: Columns, is_old: bool) -> Line:
        look = self._look
        flashes = self._now - item.changed_ns < FLASH_NS and not is_old
        mark = self._mark(item, flashes=flashes)
        label = self._label(
            "  " * item.depth + label_of(item), item, columns.label, look.muted if is_old else look.plain
        )
        ink = look.muted if is_old else look.changed if flashes else look.plain
        if item.series is None:
            room = columns.value + columns.unit + columns.age + columns.trend + columns.extremes - 1
            return [mark, label, Segment(" "), Segment(fit(value_of(item), room), ink)]
        value = Segment(fit(value_of(item), columns.value, right=True), ink)
        unit = Segment(fit(" " + item.quantity.unit, columns.unit), look.muted)
        old = Segment(
            fit(age_words(self._view, item.path[0], item.time_ns, self._now), columns.age, right=True), look.muted
        )
        return [mark, label, value, unit, old, *self._history(item, columns, look.muted if is_old else look.curves[0])]

    def _label(self, text: str, item: Item, width: int, ink: Style) -> Segment:
        """A key, with a mark if its value is adjusted, and one if an alarm or a finding concerns it, or its driver."""
        troubled = self._trouble_ink(item)
        marks = ADJUSTED * (item.adjusted is not None) + TROUBLE * (troubled is not None)
        key = fit(text, min(cell_len(text), width - len(marks)))
        return Segment(fit(key + marks, width), troubled or ink)

    def _trouble_ink(self, item: Item) -> Style | None:
        """The style of an alarm, or of a certain or likely finding; None if there is none."""
        place = item.path[0], ".".join(item.path[1:])
        if place in self._alarms:
            return self._look.bad
        finding = self._findings.get(place)
        if not item.depth:
            trouble = self._view.findings.trouble_of(item.path[0])
            finding = trouble.finding if trouble else None
        return ink_of(finding, self._look) if finding and finding.is_grave else None

    def _mark(self, item: Item, *, flashes: bool = False) -> Segment:
        """One cell: whether the value may be invented, or else whether it has just changed."""
        if item.is_faulty:
            return Segment(FAULTY, self._look.bad)
        if item.is_simulated:
            return Segment(SIMULATED, self._look.accent if flashes else self._look.warn)
        return Segment("•" if flashes else " ", self._look.accent)

    def _driver(self, source: Source, columns: Columns) -> Line:
        """A driver's name, whether its values may be invented, and its error or its age."""
        sign = "+" if source.heading.path in self._folded else "-"
        name = self._label(f"{sign} {label_of(source.heading)}", source.heading, columns.label + 1, self._look.strong)
        width = columns.value + columns.unit
        if source.error:
            mark = "FAULTS " if source.faulty else "SIMULATED " if source.simulated else ""
            return [name, Segment(" "), Segment(f"{mark}ERROR {error_of(source.error)}", self._look.bad)]
        if not source.time_ns:
            return [name]
        told = age_words(self._view, source.plugin, source.time_ns, self._now)
        old = Segment(fit(told, columns.age, right=True), self._look.muted)
        words = words_about(source, doubt_about(self._view, source, self._now))
        if words:
            ink = self._look.bad if source.faulty else self._look.warn
            return [name, Segment(fit(words, width, right=True), ink), old]
        return [name, Segment(" " * width), old]

    def _history(self, item: Item, columns: Columns, ink: Style) -> Line:
        series = item.series
        assert series is not None
        line: Line = []
        if columns.trend:
            line.append(Segment("  " + sparkline(series.trend(columns.trend - 2), columns.trend - 2), ink))
        if columns.extremes and series.values:
            least, most = (number(value, item.decimals) for value in (series.lowest, series.highest))
            line.append(Segment(fit(f"{least} to {most}", columns.extremes, right=True), self._look.muted))
        return line
