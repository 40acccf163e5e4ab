"""Checks the quantity that a driver states against the vocabulary. What does not fit is left out, and said."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.quantities.quantity import MOST_DECIMALS, Quantity
from hostcore.quantities.vocabulary import ANY_UNIT, DEVICE_CLASSES, STATE_CLASSES, fits

LONGEST_UNIT = 16
"""Most characters of a unit."""
LONGEST_NAME = 60
"""Most characters of a name."""
LONGEST_SHOWN = 40
"""Most characters of a driver's word in a problem."""


def checked(stated: Quantity) -> tuple[Quantity, tuple[str, ...]]:
    """Return the part of `stated` that can be used, and the problems with the rest.

    The result's texts are short and printable, and its classes are those of the vocabulary. A problem is one line of
    text for the driver's author: what was found, and what is allowed.
    """
    problems = dict(_problems(stated))
    quantity = Quantity(
        unit="" if "unit" in problems else stated.unit,
        device_class="" if "device_class" in problems else stated.device_class,
        state_class="" if "state_class" in problems else stated.state_class,
        decimals=None if "decimals" in problems else stated.decimals,
        name="" if "name" in problems else stated.name,
        is_guessed=stated.is_guessed,
    )
    return quantity, tuple(problems.values())


def _problems(stated: Quantity) -> Iterator[tuple[str, str]]:
    """The fields that cannot be used, each once, and why."""
    yield from _text("unit", stated.unit, LONGEST_UNIT)
    yield from _text("name", stated.name, LONGEST_NAME)
    if stated.decimals is not None and not 0 <= stated.decimals <= MOST_DECIMALS:
        yield "decimals", f"found decimals out of range, allowed are 0 to {MOST_DECIMALS}"
    device_class = DEVICE_CLASSES.get(stated.device_class)
    if stated.device_class and device_class is None:
        yield "device_class", _unknown("device_class", stated.device_class, tuple(DEVICE_CLASSES))
    elif device_class is not None and not fits(stated.device_class, stated.unit):
        allowed = " or ".join(each or "no unit" for each in device_class.units if each != ANY_UNIT)
        found = f"the unit {_shown(stated.unit)}" if stated.unit else "no unit"
        yield "device_class", f'found {found} for device_class "{stated.device_class}", allowed is {allowed}'
    if stated.state_class and stated.state_class not in STATE_CLASSES:
        yield "state_class", _unknown("state_class", stated.state_class, STATE_CLASSES)
    elif stated.state_class and device_class is not None and stated.state_class not in device_class.state_classes:
        allowed = " or ".join(device_class.state_classes) or "none"
        yield (
            "state_class",
            f'found state_class "{stated.state_class}" for device_class "{stated.device_class}", allowed is {allowed}',
        )


def _text(part: str, text: str, longest: int) -> Iterator[tuple[str, str]]:
    if len(text) > longest:
        yield part, f"found a {part} of {len(text)} characters, allowed are {longest}"
    elif not text.isprintable():
        yield part, f"found the {part} {_shown(text)}, which has characters that cannot be printed"


def _unknown(part: str, found: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

    likely = get_close_matches(found[:LONGEST_SHOWN], known, n=3)
    allowed = f"did you mean {' or '.join(likely)}?" if likely else f"allowed are {', '.join(known)}"
    return f"found the unknown {part} {_shown(found)}; {allowed}"


def _shown(text: str) -> str:
    """A driver's word as JSON would write it, so that nothing in it reaches a terminal."""
    return ascii(text[:LONGEST_SHOWN]) if not text.isprintable() else f'"{text[:LONGEST_SHOWN]}"'
