"""Resources: memory that grows with each call, and crashes that come again and again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.events import Confidence, Counters, CountersTaken, CrashReport, PluginCrashed, State, StateChanged
from tests.evidence import Bench, a_plugin

PAGE = 64 << 10
START = 15 << 20


def used(memory: Callable[[int], int], calls: int = 2000) -> Bench:
    """A plugin whose memory depends on how often it was called, in whole pages of WebAssembly."""
    made = Bench(a_plugin("leaky"))
    for call in range(1, calls + 1):
        made.wait(1)
        made.take(CountersTaken(made.now_ns, "leaky", Counters(calls=call, memory_bytes=memory(call) // PAGE * PAGE)))
    return made


def test_memory_that_grows_with_each_call_is_told_with_the_time_that_is_left() -> None:
    made = used(lambda call: START + 4096 * call)
    (found,) = made.findings()
    assert found.kind == "growing-memory" and found.confidence is Confidence.LIKELY and found.plugin == "leaky"
    assert found.sentence == (
        "The memory of leaky grows by about 4.0 KiB with each call, and reaches its limit of 64 MiB in 3 h at this "
        "pace: likely, it keeps what it should drop."
    )
    assert found.evidence[0].text.endswith("after 2000 calls")


def test_memory_that_stays_is_fine() -> None:
    assert used(lambda _: START).findings() == ()


def test_a_warm_up_is_fine() -> None:
    assert used(lambda call: START + min(call, 10) * (1 << 20)).findings() == ()


@pytest.mark.parametrize("size", [200, 1000])
def test_a_cache_that_levels_out_is_fine(size: int) -> None:
    assert used(lambda call: START + round((8 << 20) * (1 - 2 ** (-call / size)))).findings() == ()


def test_a_history_that_is_full_at_last_is_fine_then() -> None:
    made = used(lambda call: START + 4096 * min(call, 1500))
    assert made.findings() == ()


def test_growth_that_would_take_ages_is_not_told_before_it_matters() -> None:
    assert used(lambda call: START + 200 * call).findings() == ()


def test_a_new_instance_begins_anew() -> None:
    made = used(lambda call: START + 4096 * call)
    assert made.kinds() == ["growing-memory"]
    made.take(CountersTaken(made.now_ns, "leaky", Counters(calls=2001, memory_bytes=START, reloads=1)))
    made.wait(10)
    assert made.kinds() == []


@settings(max_examples=20)
@given(st.lists(st.integers(1, 2000), max_size=3), st.integers(1, 8))
def test_a_few_jumps_are_no_steady_growth(jumps: list[int], mebibytes: int) -> None:
    def memory(call: int) -> int:
        return START + sum(call >= jump for jump in jumps) * (mebibytes << 20)

    assert used(memory).findings() == ()


def crash(made: Bench, problem: str) -> None:
    """The plugin crashes."""
    report = CrashReport(
        made.now_ns, "light", "light.py", "abc", "exception", problem, "", "", "read", "", (), (), Counters(), "1"
    )
    made.take(PluginCrashed(made.now_ns, "light", report, "crash.json"))
    made.take(StateChanged(made.now_ns, "light", State.RUNNING, State.BACKOFF, problem))


def crashing(*problems: str) -> Bench:
    """A plugin that crashes, each time a bit later."""
    made = Bench(a_plugin("light"))
    for number, problem in enumerate(problems):
        crash(made, problem)
        made.wait(2**number)
        made.take(StateChanged(made.now_ns, "light", State.BACKOFF, State.RUNNING, ""))
    return made


BUG = "KeyError: 'gain' in light.py line 9"


def test_crashes_for_the_same_reason_are_told_with_it() -> None:
    (found,) = crashing(BUG, BUG, BUG).findings()
    assert found.sentence == f"light crashed 3 times within 3 s for the same reason: {BUG}."
    assert found.kind == "crash-loop" and found.confidence is Confidence.CERTAIN
    assert len(found.evidence) == 3


def test_a_chip_that_does_not_answer_explains_the_crashes_of_its_driver() -> None:
    made = Bench(a_plugin("light", "i2c:1:0x23"))
    for _ in range(4):
        made.silence("light", 0x23)
        crash(made, "BusError: no acknowledge in light.py line 9")
        made.wait(5)
    assert made.kinds() == ["silent-address"]


def test_two_crashes_and_crashes_of_different_reasons_are_no_loop() -> None:
    assert crashing(BUG, BUG).findings() == ()
    assert crashing(BUG, "MemoryError", BUG).findings() == ()


def test_a_plugin_that_has_readings_again_is_fine() -> None:
    made = crashing(BUG, BUG, BUG)
    assert made.kinds() == ["crash-loop"]
    made.reading("light", lux=3)
    made.wait(10)
    assert made.kinds() == []


def test_a_display_that_runs_longer_than_before_is_fine() -> None:
    made = crashing(BUG, BUG, BUG)
    made.wait(100)
    assert made.kinds() == []


def test_a_plugin_in_quarantine_stays_told() -> None:
    made = crashing(BUG, BUG, BUG)
    made.take(StateChanged(made.now_ns, "light", State.RUNNING, State.QUARANTINED, "crashes"))
    made.wait(7200)
    assert made.kinds() == ["crash-loop"]


def test_what_a_plugin_said_when_it_died_is_escaped_and_short() -> None:
    (found,) = crashing(*["\x1b[2J" + "x" * 5000] * 3).findings()
    assert "\x1b" not in found.sentence and len(found.sentence) < 400
