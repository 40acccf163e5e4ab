"""Numbers that a driver takes from its chip's bytes in the wrong order, or with the wrong sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hostcore.chips.model import Bits, Register
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.chip_facts import Result, Value
from hostcore.diagnosis.chip_record import MOST_PLUGINS
from hostcore.diagnosis.records import PluginRecord
from hostcore.diagnosis.rules.known_chips import Subject, judged
from hostcore.diagnosis.wording import observation
from hostcore.events import Finding
from hostcore.quick_dataclass import dataclass, replace

MOST_PAIRS = 24
"""Readings that are compared with the bytes that they came from."""
LEAST_PAIRS = 6
LEAST_DIFFERENT = 4
"""Different numbers among them. Through two points there is always a line."""
ROUNDING = 0.006
"""How far a driver's rounding may take a value away, in its unit: half of the last digit of two."""
RELATIVE = 0.002
"""The same as a part of the values' range, for drivers that round more."""
CONVERSIONS = (1.0, 1.8, 9.80665, 1 / 9.80665, *(10.0**power for power in range(-6, 7) if power))
"""By what a driver multiplies a value: °F, m/s² and g, and units that are a power of ten larger or smaller."""
CLOSE = 0.01
"""How close to a conversion a factor has to be, as a part of it."""
MOST_KEYS = 16
"""Numbers of a reading that are compared."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A reading, and the last result before it."""

    numbers: Mapping[str, float]
    value: Value
    result: Result


def number_formats(case: Case) -> Iterator[Finding]:
    """Compare readings with the bytes that they came from, taken in the right and in the wrong way."""
    for subject in judged(case):
        for plugin in subject.plugins:
            if plugin.is_at_work and not _is_known_as_right(subject, plugin):
                finding = _first_mistake(subject, plugin)
                if finding is not None:
                    yield finding
                else:
                    _remember_as_right(subject, plugin)


def _is_known_as_right(subject: Subject, plugin: PluginRecord) -> bool:
    """Whether nothing new was read since the readings were found right. To compare them takes the longest of all rules.

    Most readings come much more seldom than the rules are applied.
    """
    known = subject.record.consistent.get(plugin.name, (None, None))
    return all(a is b is not None for a, b in zip(known, _newest(subject, plugin), strict=True))


def _remember_as_right(subject: Subject, plugin: PluginRecord) -> None:
    known = subject.record.consistent
    if plugin.name in known or len(known) < MOST_PLUGINS:
        known[plugin.name] = _newest(subject, plugin)


def _newest(subject: Subject, plugin: PluginRecord) -> tuple[object, object]:
    """The newest reading and the newest result; None for what there is not."""
    results = subject.record.results
    return plugin.readings[-1] if plugin.readings else None, results[-1] if results else None


def _first_mistake(subject: Subject, plugin: PluginRecord) -> Finding | None:
    for pairs in _paired(subject, plugin).values():
        finding = _judged(subject, plugin, pairs)
        if finding is not None:
            return finding
    return None


def _paired(subject: Subject, plugin: PluginRecord) -> dict[str, list[_Pair]]:
    """The newest readings of a plugin, each with the last values of its device before it, by the value's name."""
    found: dict[str, list[_Pair]] = {}
    if len(plugin.readings) < LEAST_PAIRS or len(subject.record.results) < LEAST_PAIRS:
        return found
    results = [each for each in subject.record.results if each.transfer.plugin == plugin.name and not each.is_damaged]
    at, earlier_ns = 0, 0
    for sample in list(plugin.readings)[-MOST_PAIRS:]:
        latest: dict[str, tuple[Value, Result]] = {}
        while at < len(results) and results[at].transfer.time_ns <= sample.time_ns:
            if results[at].transfer.time_ns > earlier_ns:
                latest.update({value.name: (value, results[at]) for value in results[at].values})
            at += 1
        earlier_ns = sample.time_ns
        for name, (value, result) in latest.items():
            if len(value.data) > 1:
                found.setdefault(name, []).append(_Pair(sample.numbers, value, result))
    return {name: pairs for name, pairs in found.items() if len(pairs) >= LEAST_PAIRS}


def _judged(subject: Subject, plugin: PluginRecord, pairs: Sequence[_Pair]) -> Finding | None:
    keys = [key for key in pairs[-1].numbers if all(key in pair.numbers for pair in pairs)][:MOST_KEYS]
    right = [pair.value.number for pair in pairs]
    series = {key: [pair.numbers[key] for pair in pairs] for key in keys}
    if any(_matches(pairs[-1].value, right, published) for published in series.values()):
        return None
    for mistake in _MISTAKES:
        wrong = mistake.numbers([pair.value for pair in pairs])
        has_known_factor = pairs[-1].value.source.scale.unit or not mistake.is_swapped
        if wrong == right or not (has_known_factor or _differ_in_shape(right, wrong)):
            continue
        for key, published in series.items():
            if _matches(pairs[-1].value, wrong, published, strictly=True):
                return _finding(subject, plugin, key, mistake, pairs[_telling(right, wrong)])
    return None


def _telling(right: Sequence[int], wrong: Sequence[int]) -> int:
    """The place of the newest pair that shows the mistake."""
    return max(place for place in range(len(right)) if right[place] != wrong[place])


def _differ_in_shape(right: Sequence[int], wrong: Sequence[int]) -> bool:
    """Whether more than a rounding tells right numbers from wrong ones when the factor is not known.

    Wrong ones are nearly a multiple of the right ones while the more significant byte stays the same, and around its
    change if the other byte is taken with a sign.
    """
    low, high = min(right), max(right)
    at_low, at_high = wrong[right.index(low)], wrong[right.index(high)]
    factor = (at_high - at_low) / (high - low) if high > low else 0.0
    margin = CLOSE * (max(wrong) - min(wrong))
    return any(abs(at_low + factor * (r - low) - w) > margin for r, w in zip(right, wrong, strict=True))


def _matches(value: Value, numbers: Sequence[int], published: Sequence[float], *, strictly: bool = False) -> bool:
    """Whether published values are these numbers, by the chip file's scale or by any other that fits all of them.

    If the published values hardly differ, all numbers fit within a rounding. Strictly, none does then.
    """
    scale = value.source.scale
    if scale.unit and _fits([scale.value(number) for number in numbers], published):
        return True
    if len(set(numbers)) < LEAST_DIFFERENT or len(set(published)) < LEAST_DIFFERENT:
        return False
    low, high = min(numbers), max(numbers)
    at_low, at_high = published[numbers.index(low)], published[numbers.index(high)]
    factor = (at_high - at_low) / (high - low)
    if _is_span(value, at_low / factor - low if factor else 0.0):
        return False
    if scale.unit and not _is_conversion(factor / scale.scale, scale.scale):
        return False  # while one of two bytes stays the same, the number in the wrong order is a multiple of it, too
    expected = [at_low + factor * (number - low) for number in numbers]
    is_alike = max(published) - min(published) < 10 * ROUNDING
    return _fits(expected, published, rounding=0.0 if strictly and is_alike else ROUNDING)


def _is_span(value: Value, offset: float) -> bool:
    """Whether an offset is the whole range of a number: then its sign is taken wrongly, all values being negative."""
    return abs(abs(offset) - (1 << _bits(value).width)) <= CLOSE * (1 << _bits(value).width)


def _is_conversion(ratio: float, scale: float) -> bool:
    """Whether a driver may publish a value times this: in another unit, or as the raw number."""
    return any(abs(ratio - each) <= CLOSE * each for each in (*CONVERSIONS, 1 / scale))


def _fits(expected: Sequence[float], published: Sequence[float], rounding: float = ROUNDING) -> bool:
    margin = max(rounding, RELATIVE * (max(published) - min(published)))
    return all(abs(one - other) <= margin for one, other in zip(expected, published, strict=True))


def _finding(subject: Subject, plugin: PluginRecord, key: str, mistake: _Mistake, pair: _Pair) -> Finding:
    value = pair.value
    unit = f" {value.source.scale.unit}" if value.source.scale.unit else ""
    means = f"{value.source.scale.value(value.number):.6g}{unit}"
    return subject.finding(
        "wrong-byte-order" if mistake.is_swapped else "wrong-sign",
        f"{plugin.name} takes {value.name} of the {subject.chip} {mistake.words}: the bytes {value.data.hex(' ')} mean "
        f"{means}, but it published {pair.numbers[key]:.6g} as {key}.",
        f"{_right_way(value)} In Python: {_python(value)}.",
        subject.sure,
        evidence=(observation(pair.result.transfer),),
        plugin=plugin.name,
        reading=key,
    )


def _order(value: Value) -> str:
    return value.source.byte_order if isinstance(value.source, Register) else "big"


def _right_way(value: Value) -> str:
    first = "most" if _order(value) == "big" else "least"
    sign = "a two's complement" if _bits(value).signed else "a number without a sign"
    return f"The {first} significant byte comes first, and it is {sign}."


def _python(value: Value) -> str:
    signed = ", signed=True" if _bits(value).signed else ""
    return f'int.from_bytes(data, "{_order(value)}"{signed})'


def _bits(value: Value) -> Bits:
    return value.source.bits or Bits(8 * len(value.data) - 1, 0)


@dataclass(frozen=True, slots=True)
class _Mistake:
    """A wrong way to take a number from its bytes."""

    words: str
    is_swapped: bool
    """With its bytes in the wrong order."""
    has_other_sign: bool
    """With a sign that it does not have, or without the one that it has."""

    def numbers(self, values: Sequence[Value]) -> list[int]:
        """Return the numbers that a driver gets from the bytes of one result, read again and again."""
        right, order = _bits(values[0]), _order(values[0])
        bits = replace(right, signed=right.signed is not self.has_other_sign)
        is_little = (order == "little") is not self.is_swapped
        return [bits.of(int.from_bytes(each.data, "little" if is_little else "big")) for each in values]


_MISTAKES = (
    _Mistake("with the wrong sign", is_swapped=False, has_other_sign=True),
    _Mistake("with its bytes in the wrong order", is_swapped=True, has_other_sign=False),
    _Mistake("with its bytes in the wrong order and with the wrong sign", is_swapped=True, has_other_sign=True),
)
"""The mistakes. The sign comes first: while the values hardly differ, their bytes in the wrong order are a multiple of
them, too."""
