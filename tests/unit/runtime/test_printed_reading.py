"""Numbers that a script prints as ``name: value`` or as JSON become its reading."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hostcore.runtime.printed_reading import LONGEST_NAME, MOST_NAMES, PrintedReading, values_of

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9 _./()#-]{0,30}", fullmatch=True).map(lambda name: " ".join(name.split()))
NUMBERS = st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9).map(lambda number: round(number, 6))
UNITS = st.sampled_from(["", "°C", " °C", "%", " hPa", " m/s^2", " ug/m3", "*C", " % RH", " kOhm", " V", " degrees C"])
SIGNS = st.sampled_from([":", ": ", " = ", " : ", "   :  ", ":\t"])
SEPARATORS = st.sampled_from([", ", "; ", " | ", "\t", "  ", "    "])


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("Temperature: 23.5", {"Temperature": 23.5}),
        ("Temperature: 23.5 °C", {"Temperature": 23.5}),
        ("  temp=23.5C  ", {"temp": 23.5}),
        ("count = 7", {"count": 7}),
        ("Temp=23.0*C  Humidity=45.0%", {"Temp": 23.0, "Humidity": 45.0}),
        ("X: 0.01, Y:-0.02,Z: 9.81 m/s^2", {"X": 0.01, "Y": -0.02, "Z": 9.81}),
        ("Gas: 120 ohm; Pressure = 1013.25 hPa", {"Gas": 120, "Pressure": 1013.25}),
        ("CO2: 400 ppm | eCO2: 1e2", {"CO2": 400, "eCO2": 100.0}),
        ("Humidity: 45 % RH\tLux: .5", {"Humidity": 45, "Lux": 0.5}),
        ("Temperature (C) : +23", {"Temperature (C)": 23}),
        ("Sensor 1: 5", {"Sensor 1": 5}),
        ("Temperature :  0.5 C", {"Temperature": 0.5}),
        ("Chip ID     : 97", {"Chip ID": 97}),
        ("Light:\t23.5 lx\tCount\t=\t3", {"Light": 23.5, "Count": 3}),
        ("Error:  Humidity: 45%", {"Humidity": 45}),
        ("Luftfeuchtigkeit in Küche: 45 %", {"Luftfeuchtigkeit in Küche": 45}),
        ("Temp: 71.6 F / 22.0 C    Humidity: 45%", {"Humidity": 45}),
        ('{"temperature": 23.5, "place": {"room": "attic"}, "ok": true}',
         {"temperature": 23.5, "place": {"room": "attic"}, "ok": True}),
        ('  {"a": 1}\r', {"a": 1}),
    ],
)  # fmt: skip
def test_a_line_with_values(line: str, values: dict[str, Any]) -> None:
    assert values_of(line) == values


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Hello",
        "Started at 10:30:22",
        "Started at 10:30",
        "Temperature: 23,5 °C",
        "Total: 1,013.25",
        "Register: 0x77",
        "Mask: 0b11",
        "Address: 192.168.1.5",
        "Count: 3 of 5 items",
        "Temperature:",
        "Temperature: nan",
        "Temperature: inf",
        "Pressure: 1e999",
        "Digits: " + "1" * 500,
        "n" * (LONGEST_NAME + 1) + ": 1",
        "http://host:8080/",
        "a: b: 1",
        "1: 2",
        "(23.5, 45)",
        "{'temperature': 23.5}",
        '{"temperature": NaN}',
        '{"temperature": 1e999}',
        '{"temperature": 23.5',
        "[1, 2]",
        "{" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
    ],
)
def test_a_line_without_a_value(line: str) -> None:
    assert values_of(line) == {}


@given(st.lists(st.tuples(NAMES, SIGNS, NUMBERS, UNITS), max_size=5), SEPARATORS)
@example([("A/0", ":", 0, "")], ", ")
@example([("A 0", ":", -5, "")], ", ")
def test_any_pairs_are_read_back(pairs: list[tuple[str, str, float, str]], between: str) -> None:
    line = between.join(f"{name}{sign}{number!r}{unit}" for name, sign, number, unit in pairs)
    wanted = {name: number for name, sign, number, _ in pairs if not _looks_like_a_time(name, sign, number)}
    assert values_of(line) == wanted


def _looks_like_a_time(name: str, sign: str, number: float) -> bool:
    """Whether digits that are no part of a word stand before the colon, and a digit after it."""
    last_word = re.split(r"\W", name)[-1]
    return sign == ":" and last_word.isdecimal() and repr(number)[0].isdecimal()


@given(st.text() | st.from_regex(r"[a-z]{1,5}[:=] ?[-+0-9.eE]{1,9} ?[a-z°%]{0,5}", fullmatch=True))
@example("a:1\n{}")
def test_any_text_gives_finite_values_with_short_names(line: str) -> None:
    values = values_of(line)
    json.dumps(values, allow_nan=False)
    if not line.strip().startswith("{"):
        assert all(0 < len(name) <= LONGEST_NAME and name == name.strip() for name in values)


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_it_does_not_matter_how_the_output_is_cut(data: bytes, cuts: list[int]) -> None:
    whole, parts = PrintedReading(1000), PrintedReading(1000)
    whole.take(data)
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(data)], strict=True):
        parts.take(data[begin:end])
    for each in (whole, parts):
        each.finish()
    assert whole.newest() == parts.newest()


def reading_after(*lines: str) -> dict[str, Any] | None:
    reading = PrintedReading(1000)
    for line in lines:
        assert reading.take(f"{line}\n".encode())
    newest = reading.newest()
    return None if newest is None else dict(newest)


def test_a_value_stays_until_its_name_is_printed_again() -> None:
    assert reading_after("t: 1", "h: 2", "t: 3") == {"t": 3, "h": 2}


def test_a_name_that_was_not_printed_in_a_whole_cycle_is_dropped() -> None:
    assert reading_after("t: 1", "h: 2", "t: 3", "t: 4") == {"t": 4}


def test_there_is_a_reading_only_if_a_value_came() -> None:
    reading = PrintedReading(1000)
    reading.take(b"ready\n")
    assert reading.newest() is None
    reading.take(b"t: 1\n")
    assert (reading.newest(), reading.newest()) == ({"t": 1}, None)


def test_the_same_value_again_is_a_new_reading() -> None:
    reading = PrintedReading(1000)
    reading.take(b"t: 1\n")
    reading.newest()
    reading.take(b"t: 1\n")
    assert reading.newest() == {"t": 1}


def test_a_cycle_that_was_not_read_before_it_ended_is_whole() -> None:
    reading = PrintedReading(1000)
    reading.take(b"t: 1\nh: 2\n")
    assert reading.whole() is None
    reading.take(b"t: 3\n")
    assert (reading.whole(), reading.whole()) == ({"t": 1, "h": 2}, None)


def test_a_cycle_that_was_read_is_not_given_twice() -> None:
    reading = PrintedReading(1000)
    reading.take(b"t: 1\n")
    reading.newest()
    reading.take(b"t: 2\n")
    assert reading.whole() is None


def test_an_unfinished_line_counts_at_the_end_and_a_carriage_return_ends_a_line() -> None:
    reading = PrintedReading(1000)
    assert reading.take(b"t: 1\rh: 2")
    assert reading.newest() == {"t": 1}
    reading.finish()
    assert reading.newest() == {"t": 1, "h": 2}


def test_a_reading_has_a_limit_of_names_and_of_bytes_and_says_so_once() -> None:
    told: list[str] = []
    reading = PrintedReading(65_536, told.append)
    for number in range(2 * MOST_NAMES):
        reading.take(f"n{number}: 1\n".encode())
    assert len(reading.newest() or {}) == MOST_NAMES
    small = PrintedReading(100, told.append)
    small.take(b'{"a": 1}\n' + json.dumps({"b": "x" * 85}).encode() + b"\n" + json.dumps({"c": "x" * 85}).encode())
    small.finish()
    assert small.newest() == {"a": 1}
    assert told == [
        "its reading has no room for 'n100': 100 names and 65536 bytes (reading_bytes) are allowed",
        "its reading has no room for 'b': 100 names and 100 bytes (reading_bytes) are allowed",
    ]


def test_a_long_line_of_blanks_is_read_at_once() -> None:
    assert values_of("a" + " " * 1_000_000 + ": " + "\t" * 1_000_000 + "1") == {"a": 1}
    assert values_of("a" + " " * 1_000_000 + "b") == {}


def test_a_line_without_end_takes_no_memory_and_the_next_line_counts() -> None:
    reading = PrintedReading(1000)
    for _ in range(10_000):
        assert not reading.take(b"x" * 1000)
    assert reading.take(b": 1\nt: 2\n")
    assert reading.newest() == {"t": 2}
