"""DHT sensors: no answer, lost edges, wrong widths, wrong checksums, the other kind, and too little rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import Edge
from hostcore.devices.dht22 import frame
from hostcore.events import Confidence, Finding
from tests.evidence import Bench, a_plugin

GOOD = frame(45.0, 21.5)
DHT11 = bytes((45, 0, 21, 5, 71))


def an_answer(data: bytes = GOOD, *, stretch: float = 1.0, lost: int = 0) -> Sequence[Edge]:
    """The edges of an answer: its response, five bytes, and the end; the first `lost` edges are missing."""
    bits = [(byte >> place) & 1 for byte in data for place in range(7, -1, -1)]
    widths = [30, 80, 80, *(width for bit in bits for width in (50, 70 if bit else 26)), 50]
    times = list(accumulate(round(1000 * stretch * width) for width in widths))
    edges = [Edge(time, rising=place % 2 == 1) for place, time in enumerate(times)]
    return edges[lost:]


def asked(
    answer: Callable[[int], Sequence[Edge]], *, name: str = "dht22", count: int = 20, every: float = 2.0
) -> Bench:
    """A driver that asks again and again. The answers depend on the number of the capture."""
    made = Bench(replace(a_plugin(name, "gpio:4:pulses"), interval=every))
    for number in range(count):
        made.transfer(name, 4, bus="gpio", edges=answer(number), line=31)
        made.wait(every)
    return made


def the_finding(made: Bench) -> Finding:
    (found,) = made.findings()
    return found


def test_a_sensor_that_answers_is_fine() -> None:
    assert asked(lambda _: an_answer()).findings() == ()


def test_a_sensor_that_never_answers_lacks_a_wire_power_or_the_pull_up() -> None:
    found = the_finding(asked(lambda _: ()))
    assert found.kind == "dht-silent" and found.confidence is Confidence.LIKELY
    assert found.sentence == (
        "The sensor at GPIO 4 does not answer: likely, its data wire, its power or its pull-up is missing, or it is at "
        "another line."
    )
    assert "GPIO 4 (the BCM number)" in found.advice
    assert found.evidence[0].text == "captured 0 edges, an answer has 82" and found.evidence[0].source_line == 31


def test_a_sensor_that_went_away_does_not_answer_any_more_and_one_that_comes_back_is_fine() -> None:
    made = asked(lambda number: an_answer() if number < 10 else ())
    assert "does not answer any more" in the_finding(made).sentence
    for _ in range(5):
        made.transfer("dht22", 4, bus="gpio", edges=an_answer())
        made.wait(2)
    assert made.findings() == ()


def test_the_first_second_after_power_on_and_single_lost_answers_are_usual() -> None:
    assert asked(lambda number: () if number == 0 else an_answer(), every=0.5, count=3).findings() == ()
    assert asked(lambda number: () if number % 7 == 3 else an_answer(), count=60).findings() == ()


def test_a_line_that_is_captured_for_something_else_is_not_looked_at() -> None:
    assert asked(lambda _: (), name="remote_control").findings() == ()


def test_lost_edges_are_told_with_their_number() -> None:
    found = the_finding(asked(lambda number: an_answer(lost=20) if number % 2 else an_answer()))
    assert found.kind == "dht-lost-edges"
    assert "10 of 20 answers have only 64 of 82 edges" in found.sentence and "pull-up" in found.sentence


def test_pulses_of_the_wrong_width_are_told_with_their_width() -> None:
    found = the_finding(asked(lambda _: an_answer(stretch=2.0)))
    assert found.kind == "dht-wrong-widths"
    assert "20 of 20 answers, with typically 100 µs low and" in found.sentence


def test_wrong_checksums_are_told_with_their_rate() -> None:
    wrong = GOOD[:4] + bytes((GOOD[4] ^ 0x01,))
    found = the_finding(asked(lambda number: an_answer(wrong if number % 5 == 0 else GOOD)))
    assert found.kind == "dht-checksum"
    assert "wrong in 4 of 20 answers (20 %)" in found.sentence
    assert "the checksum is 0x" in found.evidence[0].text


def test_one_wrong_checksum_in_a_while_is_usual() -> None:
    wrong = GOOD[:4] + bytes((GOOD[4] ^ 0x01,))
    assert asked(lambda number: an_answer(wrong if number % 40 == 5 else GOOD), count=120).findings() == ()


def test_a_dht11_that_is_read_as_a_dht22_is_told_with_both_values() -> None:
    found = the_finding(asked(lambda _: an_answer(DHT11)))
    assert found.kind == "dht-other-kind"
    assert found.sentence == (
        "The sensor at GPIO 4 is likely a DHT11, not a DHT22: its answer means 21.5 °C and 45 %, but as a DHT22's "
        "538.1 °C and 1152 %."
    )
    assert found.advice.startswith("Set dht22 to DHT11.")


def test_a_dht22_that_is_read_as_a_dht11_is_told() -> None:
    found = the_finding(asked(lambda _: an_answer(), name="dht11"))
    assert "is likely a DHT22, not a DHT11" in found.sentence


def test_a_driver_whose_name_does_not_say_the_kind_is_not_blamed() -> None:
    assert asked(lambda _: an_answer(DHT11), name="garden").findings() == ()


def test_a_sensor_that_is_asked_too_often_is_told_with_both_times() -> None:
    found = the_finding(asked(lambda _: an_answer(), every=0.5))
    assert found.kind == "dht-no-rest"
    assert "is asked every 0.5 s, but a DHT22 needs 2 s" in found.sentence


def test_a_dht11_may_be_asked_every_second_and_a_failed_answer_may_be_tried_again_at_once() -> None:
    assert asked(lambda _: an_answer(DHT11), name="dht11", every=1.0).findings() == ()
    made = Bench(a_plugin("dht22", "gpio:4:pulses"))
    for number in range(40):
        made.transfer("dht22", 4, bus="gpio", edges=() if number % 6 == 0 else an_answer())
        made.wait(0.3 if number % 6 == 0 else 2.0)
    assert made.findings() == ()


def test_a_sensor_that_is_read_every_ten_minutes_is_judged_by_its_last_answers() -> None:
    assert the_finding(asked(lambda _: (), every=600.0, count=5)).kind == "dht-silent"


@given(
    humidity=st.floats(0.1, 99.9), temperature=st.floats(-40, 80), jitter=st.lists(st.floats(0.93, 1.07), min_size=9)
)
def test_no_healthy_dht22_raises_a_finding(humidity: float, temperature: float, jitter: list[float]) -> None:
    data = frame(humidity, temperature)
    made = asked(lambda number: an_answer(data, stretch=jitter[number % len(jitter)]), count=12)
    assert made.findings() == ()
