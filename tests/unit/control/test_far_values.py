"""Values that a host in another process sends and that cannot be: front ends do not take them in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.control.far_values import value_problem
from hostcore.events import Event, LedsShown, PwmSet, ScanProgressed, State, StateChanged
from hostcore.place import BusName
from tests.screen import Screen, drive
from tests.scripted_session import ScriptedSession

STATE = StateChanged(1, "light", State.RUNNING, State.BACKOFF, "crashed", retry_seconds=2.0)
SCAN = ScanProgressed(1, BusName("i2c-1"), 0x23, 0, 0)
PWM = PwmSet(1, "fan", 18, 0.5, 100.0)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (LedsShown(1, "light", ((0, 0, 0), (0, 256, 0))), "a part of a colour is not 0 to 255"),
        (LedsShown(1, "light", ((-1, 0, 0),)), "a part of a colour is not 0 to 255"),
        (replace(PWM, duty=1e9), "a duty is 1e+09, and 0 to 1 are possible"),
        (replace(PWM, duty=-0.1), "a duty is -0.1, and 0 to 1 are possible"),
        (replace(STATE, retry_seconds=1e300), "a time is 1e+300 s, and 0 to 1e+09 s are possible"),
        (replace(STATE, retry_seconds=-1.0), "a time is -1 s"),
        (SCAN, "a scan has done 0 of 0 probes"),
        (replace(SCAN, done=9, whole=8), "a scan has done 9 of 8 probes"),
    ],
)
def test_an_impossible_value_is_named(event: Event, words: str) -> None:
    assert words in value_problem(event)


@pytest.mark.parametrize("event", [LedsShown(1, "light", ((0, 255, 1),)), PWM, replace(PWM, duty=0.0), STATE])
def test_possible_values_are_taken_in(event: Event) -> None:
    assert value_problem(event) == ""


def test_the_screen_draws_the_largest_values_that_are_taken_in() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(
            LedsShown(1, "light", ((255, 255, 255),)), replace(PWM, duty=1.0), replace(STATE, retry_seconds=1e9)
        )
        assert "PWM line 18" in screen.text

    drive(scenario, ScriptedSession(), size=(120, 40))
