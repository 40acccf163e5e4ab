"""Each kind of condition of an alarm: when it holds, when it is over, and when nobody can tell."""

from __future__ import annotations

import math

import pytest

from hostcore.alarms.model import Condition, Equals, InTrouble, Rate, Stale, Trouble
from hostcore.events import State
from tests.unit.alarms.alarm_desk import WARM, Desk, rule


class TestAWrongKey:
    def test_it_is_told_once_with_the_keys_that_there_are(self) -> None:
        desk = Desk(rule(path=("temp",)))
        for _ in range(2):
            desk.publish({"t": 31.0, "in": {"h\x1b": 1}, "simulated": ["i2c-1"]})
        assert desk.advice == []
        for _ in range(5):
            desk.publish({"t": 31.0, "in": {"h\x1b": 1}, "simulated": ["i2c-1"]})
        assert desk.advice == [
            "the alarm warm watches air.temp, but 3 readings of air had no number there: likely a wrong key; "
            "the last one had t, in.h\\x1b"
        ]

    @pytest.mark.parametrize(
        ("condition", "value", "words"),
        [
            (WARM, "31", "no number there: there is text"),
            (WARM, True, "no number there: there is true or false"),
            (WARM, {"t": 31.0}, "no number there: there is a table"),
            (Equals("open"), 5, "no text, true or false there: there is a number"),
        ],
    )
    def test_so_is_a_value_of_another_kind(self, condition: Condition, value: object, words: str) -> None:
        desk = Desk(rule(condition))
        desk.read(value, value, value)
        (advice,) = desk.advice
        assert words in advice and "wrong key" not in advice

    @pytest.mark.parametrize("condition", [WARM, Rate(rise=1.0), Stale(60.0)])
    @pytest.mark.parametrize("value", [None, math.nan, -math.inf, 10**400])
    def test_a_right_key_without_a_usable_value_is_no_mistake(self, condition: Condition, value: object) -> None:
        desk = Desk(rule(condition))
        desk.read(value, value, value, value)
        assert desk.advice == []

    @pytest.mark.parametrize(
        ("condition", "value"), [(WARM, 20.0), (Rate(rise=1.0), 20.0), (Equals("open"), "shut"), (Stale(60.0), "any")]
    )
    def test_a_sensor_that_leaves_its_value_out_now_and_then_is_no_mistake(
        self, condition: Condition, value: object
    ) -> None:
        desk = Desk(rule(condition))
        desk.read(None, None, value, None, None, None, None)
        assert desk.advice == []


class TestARate:
    RISE = Rate(rise=2.0, hysteresis=0.5)

    def test_a_fast_rise_raises_it_after_half_a_minute(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(*[20.0 + 0.1 * n for n in range(15)])
        assert desk.story == []
        desk.read(*[21.5 + 0.1 * n for n in range(15)])
        assert desk.story == ["Raised"]

    def test_a_slow_rise_does_not(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(*[20.0 + 0.06 * n for n in range(200)])
        assert desk.story == []

    def test_the_noise_of_a_sensor_is_no_rise(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(*[20.0 + (0.4 if n % 2 else -0.4) for n in range(200)])
        assert desk.story == []

    def test_it_is_cleared_when_the_value_rises_more_slowly_than_the_limit_less_the_hysteresis(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(*[20.0 + 0.1 * n for n in range(40)])
        desk.read(*[24.0 + 0.055 * n for n in range(60)])
        assert desk.story == ["Raised"]
        desk.read(*[27.3] * 40)
        assert desk.story == ["Raised", "Cleared"]

    def test_numbers_too_large_for_a_rate_tell_nothing(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(*[-1.7e308] * 20, *[1.7e308] * 5)
        assert desk.story == []

    def test_a_fall_has_a_limit_of_its_own(self) -> None:
        desk = Desk(rule(Rate(fall=2.0)))
        desk.read(*[20.0 + 0.2 * n for n in range(40)])
        assert desk.story == []
        desk.read(*[28.0 - 0.2 * n for n in range(40)])
        assert desk.story == ["Raised"]

    def test_two_values_of_a_slow_sensor_are_enough(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(20.0, 35.0, every=300)
        assert desk.story == ["Raised"]

    def test_a_jump_across_a_gap_counts_over_the_whole_gap(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(*[20.0] * 30)
        desk.wait(3600)
        desk.read(*[30.0] * 60)
        assert desk.story == []

    def test_other_settings_begin_it_again_because_they_may_adjust_the_value(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(*[20.0] * 30)
        desk.set(rule(self.RISE))
        desk.read(*[30.0] * 60)
        assert desk.story == []

    def test_so_does_another_version_of_the_plugin(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(*[20.0] * 30)
        desk.reload()
        desk.read(*[30.0] * 60)
        assert desk.story == []

    def test_a_fast_sensor_keeps_only_one_value_for_each_second(self) -> None:
        desk = Desk(rule(self.RISE))
        desk.read(*[20.0] * 400, every=0.5)
        (entry,) = desk.book._entries.values()
        assert len(entry.judge._samples) <= 62  # type: ignore[attr-defined]


class TestASilentPlugin:
    def test_it_is_raised_when_no_value_has_come_for_so_long(self) -> None:
        desk = Desk(rule(Stale(60.0)))
        desk.read(20.0)
        desk.wait(59)
        assert desk.story == []
        desk.wait(2)
        assert desk.story == ["Raised"]
        desk.read(20.0)
        assert desk.story == ["Raised", "Cleared"]

    def test_before_the_first_value_the_time_begins_with_the_host(self) -> None:
        desk = Desk(rule(Stale(60.0), delay=5.0))
        desk.wait(64)
        assert desk.story == []
        desk.wait(2)
        assert desk.story == ["Raised"]

    @pytest.mark.parametrize("value", [None, math.nan])
    def test_none_and_nan_are_no_values(self, value: object) -> None:
        desk = Desk(rule(Stale(60.0), delay=5.0))
        desk.read(*[value] * 40)
        assert desk.story == ["Raised"]

    def test_the_time_that_a_plugin_takes_to_load_at_first_is_not_silence(self) -> None:
        desk = Desk(rule(Stale(60.0)))
        desk.become(State.LOADING)
        desk.wait(300)
        desk.become(State.RUNNING)
        desk.wait(59)
        assert desk.story == []
        desk.wait(2)
        assert desk.story == ["Raised"]

    def test_one_that_crashes_again_and_again_is_silent(self) -> None:
        desk = Desk(rule(Stale(60.0)))
        for _ in range(10):
            desk.become(State.LOADING)
            desk.wait(5)
            desk.become(State.RUNNING)
            desk.become(State.BACKOFF)
            desk.wait(5)
        assert desk.story == ["Raised"]

    def test_of_a_plugin_any_reading_counts(self) -> None:
        desk = Desk(rule(Stale(60.0), path=()))
        for _ in range(100):
            desk.wait(2)
            desk.publish({"h": 1})
        assert desk.story == []
        desk.wait(61)
        assert desk.story == ["Raised"]
        assert desk.book.raised[0].alarm.sentence == "air has had no new value for 60 s"


class TestAValue:
    def test_text_and_truth_are_compared(self) -> None:
        desk = Desk(rule(Equals(True)))
        desk.read(False, 1, 1.0, "true")
        assert desk.story == []
        desk.read(True)
        assert desk.story == ["Raised"]
        desk.read(None, False)
        assert desk.story == ["Raised", "Cleared"]

    def test_its_sentence_says_the_value(self) -> None:
        assert rule(Equals(True)).sentence("") == "air.t is true"
        assert rule(Equals("open")).sentence("") == "air.t is 'open'"


class TestAPluginInTrouble:
    def test_a_crash_from_which_it_recovers_at_once_is_told_only_without_a_delay(self) -> None:
        for delay, story in ((5.0, []), (0.0, ["Raised", "Cleared"])):
            desk = Desk(rule(InTrouble(Trouble.CRASHED), path=(), delay=delay))
            desk.become(State.BACKOFF)
            desk.wait(1)
            desk.become(State.LOADING)
            desk.become(State.RUNNING)
            desk.wait(60)
            assert desk.story == story

    def test_one_that_stays_down_is_told_without_any_further_event(self) -> None:
        desk = Desk(rule(InTrouble(Trouble.CRASHED), path=(), delay=5.0))
        desk.become(State.BACKOFF)
        desk.become(State.QUARANTINED)
        desk.wait(5)
        assert desk.story == ["Raised"]

    def test_one_that_crashes_again_and_again_raises_it_once(self) -> None:
        desk = Desk(rule(InTrouble(Trouble.CRASHED), path=(), clear_delay=5.0))
        for _ in range(20):
            desk.become(State.BACKOFF)
            desk.wait(10)
            desk.become(State.LOADING)
            desk.become(State.RUNNING)
            desk.wait(1)
        assert desk.story == ["Raised"]

    def test_one_that_a_person_stops_is_in_no_trouble(self) -> None:
        desk = Desk(rule(InTrouble(Trouble.QUARANTINED), path=()))
        desk.become(State.BACKOFF)
        desk.wait(60)
        assert desk.story == []
        desk.become(State.QUARANTINED)
        desk.wait(1)
        desk.become(State.STOPPED)
        desk.wait(1)
        assert desk.story == ["Raised", "Cleared"]

    def test_one_that_reports_only_errors_is_failing(self) -> None:
        desk = Desk(rule(InTrouble(Trouble.FAILING), path=()))
        desk.fail()
        desk.fail()
        desk.read(20.0)
        desk.fail()
        desk.fail()
        assert desk.story == []
        desk.fail()
        assert desk.story == ["Raised"]
        desk.read(20.0)
        assert desk.story == ["Raised", "Cleared"]
