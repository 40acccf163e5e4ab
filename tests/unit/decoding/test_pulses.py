"""Captures as pulses: in little memory, as bars, and as the bits of a DHT sensor."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import Edge
from hostcore.decoding.pulses import LONGEST_NS, Capture, dht_answer, pulses_of
from hostcore.decoding.signals import bars, sum_text

US = 1_000


def edges(*widths_us: float) -> list[Edge]:
    """Edges with these times between them, the first one rising."""
    made, time_ns = [Edge(0, True)], 0
    for width in widths_us:
        time_ns += round(width * US)
        made.append(Edge(time_ns, not made[-1].rising))
    return made


def dht(*data: int) -> list[Edge]:
    """An answer of a DHT sensor (Aosong AM2302 data sheet, table 6)."""
    bits = "".join(f"{byte:08b}" for byte in data)
    return edges(80, *(width for bit in bits for width in (50, 70 if bit == "1" else 26)), 50)


@given(st.lists(st.builds(Edge, st.integers(0, LONGEST_NS), st.booleans()), max_size=100))
def test_a_capture_keeps_every_pulse(made: list[Edge]) -> None:
    capture = Capture.of(made)
    assert (capture.pulses if capture else ()) == pulses_of(made)


def test_a_pulse_takes_four_bytes_and_a_longer_one_than_these_can_tell_is_cut() -> None:
    capture = Capture.of([Edge(0, True), Edge(LONGEST_NS + 7, False)])
    assert capture is not None
    assert len(capture.packed) == 4
    assert capture.pulses[0].width_ns == LONGEST_NS


def test_the_answer_of_a_dht_sensor_says_whether_its_sum_is_right() -> None:
    right, wrong = (dht_answer(pulses_of(dht(0x02, 0x8C, 0x01, 0x5F, last))) for last in (0xEE, 0xEF))
    assert right is not None and wrong is not None
    assert (right.data.hex(), sum_text(right)) == ("028c015fee", "sum ok")
    assert sum_text(wrong) == "sum ef, should be ee"


def test_bars_are_as_high_as_pulses_are_wide() -> None:
    assert bars(pulses_of(edges(80, 40, 20, 10))) == "█▅▃▂"
    assert bars(pulses_of(edges(10, 20, 80)), most=2) == "▃█"
    assert bars(pulses_of([Edge(5, True), Edge(5, False)])) == "▁", "edges at the same time"
