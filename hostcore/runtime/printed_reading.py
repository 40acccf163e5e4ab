"""The reading of a script: the numbers that it prints. Pure: nothing here waits or runs.

A line that is a JSON object gives its items. Any other line is cut at `|`, `;`, tabs, two spaces, and commas that do
not stand between two digits. Blanks before `:` and `=`, and between them and a number, do not count.
Each piece that is ``NAME: NUMBER UNIT`` or ``NAME = NUMBER UNIT`` as a whole gives a value. The unit may be missing.
"""

from __future__ import annotations

import codecs
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from hostcore.events import Reading
from hostcore.late_pattern import late_pattern
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.json_reading import reading_of

LONGEST_NAME = 40
"""Characters of a name in a line of text."""
LONGEST_PIECE = 120
"""Characters of a piece that can be a value: a name, a number, a unit, and spaces."""
MOST_NAMES = 100
"""Names in a reading. Further ones are not taken."""

_FILLING = late_pattern(r"(?<![ \t])[ \t]++(?=[:=])|(?<=[:=])[ \t]++(?=[-+.0-9])")
"""Scripts align their columns: ``Chip ID     : 97``. Possessive, so that a line of blanks takes linear time."""
_CUT = late_pattern(r"[|;\t]|  +|(?<![0-9]),|,(?![0-9])")
_NAME = rf"[^\W\d_][\w ./()#-]{{0,{LONGEST_NAME - 1}}}?"
_NUMBER = r"(?!0[xXbBoO])[-+]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?"
_UNIT = r"(?:[°%‰℃℉*'/·]|[^\W\d_](?:\^?-?[1-4](?![0-9]))?){1,16}"
_PIECE = late_pattern(rf"(?P<name>{_NAME}) *[:=] *(?P<number>{_NUMBER})(?: *(?P<unit>{_UNIT}(?: {_UNIT})?))?")
_TIME_OF_DAY = late_pattern(r"(?<!\w)[0-9]+:[0-9]")
"""``Started at 10:30`` is no reading of 30."""


def values_of(line: str) -> dict[str, Any]:
    """Return the values in a printed line, by name."""
    return {each.name: each.value for each in _printed_in(line)}


@dataclass(frozen=True, slots=True)
class _Printed:
    """A value in a line."""

    name: str
    value: Any
    unit: str = ""
    """As it is printed; "" if none is."""


def _printed_in(line: str) -> Iterator[_Printed]:
    text = line.strip()
    if not text.startswith("{"):
        yield from _pairs(text)
        return
    with suppress(ValueError):
        yield from [_Printed(*each) for each in reading_of(text).items()]


def _pairs(text: str) -> Iterator[_Printed]:
    for piece in _CUT.split(_FILLING.sub(" ", text)):
        whole = piece.strip()
        if len(whole) > LONGEST_PIECE or _TIME_OF_DAY.search(whole):
            continue
        match = _PIECE.fullmatch(whole)
        if match is not None and math.isfinite(value := _number(match["number"])):
            yield _Printed(match["name"].strip(), value, match["unit"] or "")


def _number(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        return float(text)


class PrintedReading:
    """Collects the values of a script's lines into its reading.

    A script prints its names in cycles. A cycle ends when a name is printed again. A value stays until its name is
    printed again. A name that was not printed during a whole cycle is dropped.

    Args:
        most_bytes: the largest reading, in bytes of JSON, and the longest line that is read.
        no_room: takes the problem, once, if a value finds no room in the reading.

    Attributes:
        tell_unit: takes the name of a value, and the unit that is printed behind its number.
    """

    def __init__(self, most_bytes: int, no_room: Callable[[str], None] = lambda _problem: None) -> None:
        self.tell_unit: Callable[[str, str], None] = lambda _name, _unit: None
        self._lines, self._most_bytes, self._no_room = _Lines(most_bytes), most_bytes, no_room
        self._values: dict[str, Any] = {}
        self._sizes: dict[str, int] = {}
        self._printed: set[str] = set()
        """The names of the present cycle."""
        self._whole: Reading | None = None
        self._is_new = self._is_full = False

    def take(self, data: bytes) -> bool:
        """Read raw output. Returns whether a line ended."""
        lines = tuple(self._lines.take(data))
        for line in lines:
            self._add({each.name: each for each in _printed_in(line)})
        return bool(lines)

    def finish(self) -> None:
        """The output is over: read the last line, which may lack a newline."""
        self.take(b"\n")

    def newest(self) -> Reading | None:
        """Return the reading now; None if no value came since the last time."""
        if not self._is_new:
            return None
        self._is_new, self._whole = False, None
        return dict(self._values)

    def whole(self) -> Reading | None:
        """Return the reading of the last cycle; None if none ended since the last time."""
        whole, self._whole = self._whole, None
        return whole

    def _add(self, values: Mapping[str, _Printed]) -> None:
        if not self._printed.isdisjoint(values):
            self._end_cycle()
        for name, each in values.items():
            value = each.value
            size = len(json.dumps([name, value]))
            others = sum(self._sizes.values()) - self._sizes.get(name, 0)
            if others + size > self._most_bytes or (name not in self._values and len(self._values) >= MOST_NAMES):
                self._leave_out(name)
            else:
                self._values[name], self._sizes[name] = value, size
                self._printed.add(name)
                self._is_new = True
                if each.unit:
                    self.tell_unit(name, each.unit)

    def _leave_out(self, name: str) -> None:
        if not self._is_full:
            self._is_full = True
            self._no_room(
                f"its reading has no room for {name[:LONGEST_NAME]!r}: {MOST_NAMES} names and {self._most_bytes} bytes "
                "(reading_bytes) are allowed"
            )

    def _end_cycle(self) -> None:
        self._values = {name: value for name, value in self._values.items() if name in self._printed}
        self._sizes = {name: self._sizes[name] for name in self._values}
        self._whole = dict(self._values) if self._is_new else None
        self._printed = set()


class _Lines:
    """Cuts raw output into lines, as `hostcore.log.plugin_log` does. What goes beyond the longest line is dropped."""

    def __init__(self, most: int) -> None:
        utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
        self._most, self._begun, self._is_too_long = most, "", False

    def take(self, data: bytes) -> Iterator[str]:
        *ended, begun = (self._begun + self._decoder.decode(data)).split("\n")
        for line in ended:
            if not self._is_too_long and len(line) <= self._most:
                yield line
            else:
                yield ""
            self._is_too_long = False
        self._is_too_long = self._is_too_long or len(begun) > self._most
        self._begun = "" if self._is_too_long else begun
