"""What a person can set of a number: its calibration and its alarm. Both are written into host.toml."""

from __future__ import annotations

import math
import re
from copy import copy
from functools import partial

from textual.binding import Binding

from hostcore.settings_wish import Calibration, RangeAlarm, SettingsWish
from hostcore.view.alarms import Bounds
from hostcore.view.limits import bounds_of
from hostcore.view.readings import Item
from tui.desk import Desk
from tui.readings.reading_words import label_of, value_of
from tui.sorting import SortedPane
from tui.text import safe
from tui.typed import with_typed

_LIMIT = re.compile(r"\s*(<|>|below|above)\s*([^\s<>]+)\s*")
LONGEST_NAME = 24
"""Characters of a number's name in a question, so that the answer has room in 80 columns."""
LIMITS = "> 30, < 5, or both"
"""How a range is typed."""


VALUE_KEYS = (Binding("equals_sign", "calibrate", "Calibrate", key_display="="), Binding("A", "alarm", "Alarm"))
"""The keys for the number under the cursor. The pane puts them where they belong among its keys."""


class ValuesPane(SortedPane):
    """A pane with numbers in its rows.

    Args:
        desk: the screen around it.
    """

    @property
    def chosen(self) -> Item | None:
        """The row under the cursor."""
        raise NotImplementedError

    def moved(self) -> None:
        """Draw again, and offer the keys of a number only where there is one."""
        super().moved()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that would do something."""
        return action not in ("calibrate", "alarm") or is_number(self.chosen)

    async def action_calibrate(self) -> None:
        """Ask what the number under the cursor really is."""
        if (item := self.chosen) is not None and self.desk.may_change():
            await ask_true_value(self.desk, item)

    async def action_alarm(self) -> None:
        """Ask when the number under the cursor should raise an alarm."""
        if (item := self.chosen) is not None and self.desk.may_change():
            await ask_range(self.desk, item)


def is_number(item: Item | None) -> bool:
    """Whether a row has a number."""
    return item is not None and item.series is not None and not item.is_group and _number(item.raw) is not None


async def ask_true_value(desk: Desk, item: Item) -> None:
    """Ask what a number really is, and shift it from now on."""
    asked = copy(item)  # the question names this value, and the next reading has another one
    question = f"{_name(item)} reads {value_of(asked)}{_unit(item)}. Its true value"
    await desk.ask(question, check=true_value, done=partial(calibrate, desk, asked))


def calibrate(desk: Desk, item: Item, text: str) -> None:
    """Shift a number, so that it reads what a person typed. Say what was wrong with the text, if anything was.

    Args:
        desk: the screen.
        item: the number, with the value that the person saw.
        text: its true value; nothing happens if it is blank.
    """
    reads = _number(item.raw)

    def shift(true: float | None) -> None:
        if true is not None and reads is not None and true != reads:
            wish = Calibration(item.path[0], item.path[1:], true - reads)
            told = f"{_name(item)} is shifted by {true - reads:+.6g}{_unit(item)} in host.toml"
            _write(desk, wish, told)

    with_typed(desk, text, true_value, shift)


def true_value(text: str) -> float | None:
    """Read a number; None if the text is blank. The ValueError for other texts says what is allowed."""
    value = _number(text)
    if value is None and text.strip():
        raise ValueError("a number, such as 21.5")
    return value


async def ask_range(desk: Desk, item: Item) -> None:
    """Ask for the range that a number must not leave. The text begins with that of the present alarm."""
    question = f"Alarm if {_name(item)}, now {value_of(item)}{_unit(item)}, is ({LIMITS})"
    present = range_in_words(bounds_of(item, desk.view))
    await desk.ask(question, present, check=range_of, done=partial(watch, desk, item))


def watch(desk: Desk, item: Item, text: str) -> None:
    """Have an alarm watch a number. Say what was wrong with the text, if anything was.

    Args:
        desk: the screen.
        item: the number.
        text: its range as `range_in_words` writes it; "" takes the alarm away.
    """

    def replace(wanted: Bounds) -> None:
        if wanted != bounds_of(item, desk.view):
            wish = RangeAlarm(item.path[0], item.path[1:], wanted.below, wanted.above)
            told = f"An alarm watches {_name(item)}: {range_in_words(wanted)}" if wanted else "The alarm is gone"
            _write(desk, wish, f"{told} (host.toml)")

    with_typed(desk, text, range_of, replace)


def _write(desk: Desk, wish: SettingsWish, told: str) -> None:
    """Have the host write a setting, and say so when it has."""
    desk.attempt(lambda: desk.session.change_settings(wish), lambda: desk.say(told))


def range_in_words(bounds: Bounds) -> str:
    """Write a range as a person types it: ``< 5 > 30``."""
    limits = (("<", bounds.below), (">", bounds.above))
    return " ".join(f"{sign} {limit:.10g}" for sign, limit in limits if limit is not None)


def range_of(text: str) -> Bounds:
    """Read a range: ``< 5 > 30``, ``above 30``, or nothing. The ValueError for other texts says what is allowed."""
    limits: dict[str, float] = {}
    text = text.strip().lower()
    while text:
        found = _LIMIT.match(text)
        limit = _number(found[2]) if found else None
        if found is None or limit is None:
            raise ValueError(LIMITS)
        limits[{"below": "<", "above": ">"}.get(found[1], found[1])] = limit
        text = text[found.end() :]
    bounds = Bounds(limits.get("<"), limits.get(">"))
    if bounds.below is not None and bounds.above is not None and bounds.below >= bounds.above:
        raise ValueError("a number after > that is more than the one after <")
    return bounds


def _number(found: object) -> float | None:
    """A finite number, from a reading or as a person types it; None for anything else."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        value = float(found.replace(",", ".") if isinstance(found, str) else found)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _unit(item: Item) -> str:
    return f" {safe(item.quantity.unit)}" if item.quantity.unit else ""


def _name(item: Item) -> str:
    return safe(label_of(item), LONGEST_NAME)
