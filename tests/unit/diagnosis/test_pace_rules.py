"""Pace: late plugins, plugins that wait for each other, and floods of log lines."""

from __future__ import annotations

from dataclasses import replace

from hostcore.clock import NS_PER_S
from hostcore.events import Confidence, Counters, CountersTaken, LogWritten, ScriptEnded, State, StateChanged
from hostcore.events.log import Level
from tests.evidence import Bench, a_plugin


def paced(seconds: float, *, calls: int = 30, interval: float = 1.0, script: bool = False) -> Bench:
    """A plugin with calls of this duration."""
    made = Bench(replace(a_plugin("slow", "i2c:1:0x76"), interval=interval))
    for number in range(1, calls + 1):
        made.wait(max(interval, seconds))
        call_ns = round(seconds * NS_PER_S)
        counters = Counters(
            calls=number, call_p50_ns=call_ns, call_p99_ns=call_ns, call_max_ns=2 * call_ns, bus_time_ns=number * 10**7
        )
        made.take(CountersTaken(made.now_ns, "slow", counters))
        if script:
            made.take(ScriptEnded(made.now_ns, "slow"))
    return made


def test_a_plugin_that_takes_longer_than_its_interval_is_told_with_its_lateness() -> None:
    (found,) = paced(2.3).findings()
    assert found.sentence == (
        "slow is too slow: it is asked every 1 s, but takes 2.3 s. So only every 3 s a reading comes, 2 s late."
    )
    assert found.kind == "slow-plugin" and found.confidence is Confidence.CERTAIN and found.plugin == "slow"
    assert "Set its interval to 3 s or more" in found.advice
    assert [each.text for each in found.evidence] == [
        "half of its last calls took longer than 2.3 s, the longest 4.6 s",
        "on average it holds buses for 10 ms of a call",
    ]


def test_a_plugin_that_keeps_its_interval_is_fine() -> None:
    assert paced(0.9).findings() == ()
    assert paced(2.3, interval=5.0).findings() == ()


def test_the_first_calls_and_scripts_may_be_slow() -> None:
    assert paced(2.3, calls=5).findings() == ()
    assert paced(30, script=True).findings() == ()


def test_a_plugin_that_is_fast_again_is_fine() -> None:
    made = paced(2.3)
    assert made.kinds() == ["slow-plugin"]
    made.take(CountersTaken(made.now_ns, "slow", Counters(calls=60, call_p50_ns=10**6)))
    made.wait(10)
    assert made.kinds() == []


def contended(waited_ms: int, held_ms: int) -> Bench:
    """Two plugins on one bus; the one waits while the other holds it."""
    made = Bench(a_plugin("light", "i2c:1:0x23"), a_plugin("camera", "i2c:1:0x33"))
    for _ in range(40):
        made.transfer("camera", 0x33, "00", "00" * 8, duration_ns=held_ms * 10**6)
        made.transfer("light", 0x23, "10", "0000", waited_ns=waited_ms * 10**6, line=9)
        made.wait(1)
    return made


def test_a_plugin_that_waits_for_another_ones_bus_time_is_told_with_the_other_one() -> None:
    (found,) = contended(500, 600).findings()
    assert found.sentence.startswith("light waits for i2c-1 for 50 % of the time, because camera holds it for 60 %")
    assert found.kind == "blocked-plugin" and found.plugin == "light"
    assert found.evidence[0].text == "waited 0.5 s for one access" and found.evidence[0].source_line == 9


def test_a_holder_whose_large_transfers_are_soon_forgotten_is_still_told() -> None:
    made = Bench(a_plugin("light", "i2c:1:0x23"), a_plugin("oled", "i2c:1:0x3c"))
    for _ in range(40):
        for _ in range(8):
            made.transfer("oled", 0x3C, "40" + "00" * 1024, duration_ns=90 * 10**6)
        made.transfer("light", 0x23, "10", waited_ns=300 * 10**6)
        made.transfer("light", 0x23, None, "0001", waited_ns=300 * 10**6)
        made.wait(1)
    assert "blocked-plugin" in made.kinds()


def test_short_waits_are_usual() -> None:
    assert contended(50, 60).findings() == ()


def test_a_plugin_that_used_up_its_own_share_is_not_blocked_by_another() -> None:
    made = Bench(a_plugin("light", "i2c:1:0x23"), a_plugin("camera", "i2c:1:0x33"))
    for second in range(40):
        made.transfer("camera", 0x33, "00", "00" * 8, duration_ns=600 * 10**6)
        made.transfer("light", 0x23, "10", "0000", waited_ns=500 * 10**6)
        made.take(CountersTaken(made.now_ns, "light", Counters(calls=second, throttled_ns=second * 5 * 10**8)))
        made.wait(1)
    assert "blocked-plugin" not in made.kinds()


def logging(lines: int, seconds: int) -> Bench:
    """A plugin that logs so many lines a second."""
    made = Bench(a_plugin("chatty"))
    for _ in range(seconds):
        for _ in range(lines):
            made.take(LogWritten(made.now_ns, "chatty", Level.INFO, "value is 3"))
        made.wait(1)
    made.take(CountersTaken(made.now_ns, "chatty", Counters(calls=seconds, lines_dropped=7)))
    return made


def test_a_flood_of_lines_is_told_with_its_rate() -> None:
    (found,) = logging(20, 60).findings()
    assert found.kind == "log-flood" and found.confidence is Confidence.CERTAIN
    assert "chatty floods the log with 1200 lines a minute" in found.sentence
    assert "7 lines were dropped so far" in found.sentence
    assert found.evidence[0].text == "logged: value is 3"


def test_a_line_a_second_and_a_short_burst_are_no_flood() -> None:
    assert logging(2, 120).findings() == ()
    assert logging(200, 4).findings() == ()


def test_a_flood_ends_with_its_plugin() -> None:
    made = logging(20, 60)
    assert made.kinds() == ["log-flood"]
    made.take(StateChanged(made.now_ns, "chatty", State.RUNNING, State.STOPPED, "a person's order"))
    made.wait(10)
    assert made.kinds() == []
