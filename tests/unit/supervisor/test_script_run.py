"""While a script runs, its readings are published, its work is counted, and its orders are followed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.runtime.printed_reading import PrintedReading
from hostcore.supervisor.script_run import GAP_NS, LATER_NS, ScriptRun


class Calls:
    """Notes when a call of the script ends and the next one begins."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def pause(self, _plugin: object) -> None:
        self._told.append("counted")

    def go_on(self) -> None:
        self._told.append("goes on")


class Script:
    """A script under test."""

    def __init__(self) -> None:
        self.clock = VirtualClock(start_ns=NS_PER_S)
        self.reading = PrintedReading(1000)
        self.published: list[Mapping[str, Any]] = []
        self.told: list[str] = []
        self.run = ScriptRun(
            None,  # type: ignore[arg-type]
            self.reading,
            self.clock,
            calls=Calls(self.told),  # type: ignore[arg-type]
            publish=self.published.append,
            follow_orders=lambda: self.told.append("followed orders"),
            free_rounds=lambda: self.told.append("freed the rounds"),
            patience=2.0,
        )

    def prints(self, *lines: str) -> None:
        for line in lines:
            self.reading.take(f"{line}\n".encode())
            self.run.printed()

    def sleeps(self, seconds: float) -> None:
        until = self.clock.monotonic_ns() + round(seconds * NS_PER_S)
        while self.clock.monotonic_ns() < until:
            again = self.run.waits()
            assert again > self.clock.monotonic_ns(), "otherwise it would spin"
            self.clock.wait_until(min(until, again), threading.Event())
        self.run.goes_on()


@pytest.fixture
def script() -> Script:
    return Script()


def test_a_sleep_publishes_what_was_printed(script: Script) -> None:
    script.prints("t: 1", "h: 2")
    script.sleeps(1)
    script.sleeps(1)
    script.prints("t: 3")
    script.sleeps(1)
    assert script.published == [{"t": 1, "h": 2}, {"t": 3, "h": 2}]


def test_a_script_that_never_sleeps_publishes_whole_cycles(script: Script) -> None:
    for number in range(3):
        script.prints(f"t: {number}", f"h: {number}")
        script.clock.advance(1)
    script.run.end()
    assert script.published == [{"t": 0, "h": 0}, {"t": 1, "h": 1}, {"t": 2, "h": 2}]


def test_readings_have_a_least_distance_and_the_last_one_is_not_lost(script: Script) -> None:
    for number in range(10):
        script.prints(f"t: {number}")
        script.sleeps(GAP_NS / NS_PER_S / 10)
    assert script.published == [{"t": 0}]
    script.prints("t: 10")
    script.sleeps(3600)
    assert script.published[-1] == {"t": 10}
    assert len(script.published) <= 3


def test_a_sleep_without_anything_to_publish_is_hardly_disturbed(script: Script) -> None:
    script.sleeps(10 * LATER_NS / NS_PER_S)
    assert script.told.count("followed orders") <= 11


def test_no_round_waits_for_a_script_after_its_first_reading(script: Script) -> None:
    script.sleeps(0.18)
    assert "freed the rounds" not in script.told
    script.prints("t: 1")
    script.sleeps(0.18)
    script.sleeps(0.18)
    assert script.told.count("freed the rounds") == 1


def test_no_round_waits_longer_than_an_interval_for_a_script_that_prints_no_number(script: Script) -> None:
    script.sleeps(1.9)
    assert "freed the rounds" not in script.told
    script.sleeps(3600)
    assert script.told.count("freed the rounds") == 1


def test_orders_are_followed_at_each_line_and_each_sleep(script: Script) -> None:
    script.prints("hello")
    script.sleeps(1)
    assert script.told == ["followed orders", "counted", "followed orders", "goes on"]
