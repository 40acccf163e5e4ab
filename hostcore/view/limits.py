"""Between which values a number can lie or should: alarms, its class, or the chip that its driver talks to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hostcore.chips.model import Chip, Role
from hostcore.chips.model.number import Scale
from hostcore.events.findings import Confidence
from hostcore.quick_dataclass import dataclass
from hostcore.view.alarms import Bounds
from hostcore.view.readings import Item
from hostcore.view.traffic import SeenTransfer
from hostcore.view.view import View

SHARES = frozenset({"battery", "humidity", "moisture"})
"""The device classes whose values in % are shares of a whole. Others in % can be above 100."""

AROUND = 4
"""The range of alarms has this part of it as room on each side, so that a gauge shows a value beyond it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which values a number can lie, or should, in its unit."""

    low: float
    high: float
    source: str
    """Who says so, as the beginning of a sentence: ``Always``, ``Likely AHT20 reports``; "" if alarms do. It may have
    words of a person's chip file: escape it."""


def limits_of(item: Item, view: View) -> Limits | None:
    """Return the limits of a number; None if none are known. The narrowest that are known count.

    Args:
        item: the row of the number.
        view: the state of the host.
    """
    return _around(bounds_of(item, view)) or possible(item, view.traffic.of_reading(item.path[0]).last)


def bounds_of(item: Item, view: View) -> Bounds:
    """Return the range that alarms of host.toml watch; without limits if there are none."""
    return view.alarms.bounds_of(item.path[0], ".".join(item.path[1:]))


def _around(bounds: Bounds) -> Limits | None:
    """A range that alarms watch on both sides, and some room around it."""
    if bounds.below is None or bounds.above is None or bounds.below >= bounds.above:
        return None
    room = (bounds.above - bounds.below) / AROUND
    return Limits(bounds.below - room, bounds.above + room, "")


def possible(item: Item, transfers: Iterable[SeenTransfer]) -> Limits | None:
    """Return between which values a number can lie; None if that is not known.

    Args:
        item: the row of the number.
        transfers: those that its last reading came from.
    """
    quantity = item.quantity
    if quantity.unit == "%" and quantity.device_class in SHARES:
        return Limits(0.0, 100.0, "Always")
    if item.adjusted is not None or not quantity.unit:
        return None
    found = [
        (limits, chip, confidence)
        for chip, confidence in _chips(transfers)
        if (limits := _range_of(chip, item)) is not None
    ]
    if len(found) != 1:
        return None
    (low, high), chip, confidence = found[0]
    doubt = "" if confidence is Confidence.CERTAIN else "Likely "
    return Limits(low, high, f"{doubt}{chip.title} reports")


def _chips(transfers: Iterable[SeenTransfer]) -> Iterable[tuple[Chip, Confidence]]:
    """The chips that the transfers went to, each once. One that is only possible says nothing."""
    return {
        each.site.chip.name: (each.site.chip, each.site.confidence)
        for each in transfers
        if each.site.chip is not None and each.site.confidence is not Confidence.POSSIBLE
    }.values()


def _range_of(chip: Chip, item: Item) -> tuple[float, float] | None:
    """The range of the results of a chip that a number can be: those of its unit, and of its name if there are more."""
    key = item.path[-1].lower()
    fitting = [(name, scale) for name, scale in _results(chip) if scale.unit == item.quantity.unit]
    if len({name for name, _ in fitting}) > 1:
        fitting = [(name, scale) for name, scale in fitting if name == key]
    lows = [scale.low for _, scale in fitting if scale.low is not None]
    highs = [scale.high for _, scale in fitting if scale.high is not None]
    if not fitting or len(lows) < len(fitting) or len(highs) < len(fitting) or min(lows) >= max(highs):
        return None
    return min(lows), max(highs)


def _results(chip: Chip) -> Iterator[tuple[str, Scale]]:
    """The measured values of a chip, in registers and in the answers to commands."""
    for register in chip.registers:
        if register.role is Role.DATA:
            yield register.name.lower(), register.scale
    for command in chip.commands:
        for answer in command.answer:
            yield answer.name.lower(), answer.scale
