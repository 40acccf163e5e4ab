"""What alarms switch: a relay once, an LED over the colours of plugins; a failure never ends the alarms."""

from __future__ import annotations

import pytest

from hostcore.actuators.alarm_signals import AlarmSignals
from hostcore.errors import BusFaultError
from hostcore.events import RelaySwitched
from hostcore.hostcall import Trap
from hostcore.view.outputs import Outputs
from tests.actuator_bench import ALLOWED, BLUE, DARK, FAN, RED, Bench

NONE: frozenset[str] = frozenset()
NO_LED: frozenset[int] = frozenset()


class Signalling:
    """Signals on the actuators of a bench, and their warnings."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.warnings: list[str] = []
        self.signals = AlarmSignals(self.bench.actuators, self.warnings.append)

    def show(self, *relays: str, leds: tuple[int, ...] = ()) -> None:
        """Switch exactly these on."""
        self.signals.show(dict.fromkeys(relays, "warm"), frozenset(leds))


def test_a_relay_is_on_while_an_alarm_wants_it() -> None:
    desk = Signalling()
    desk.show("fan")
    assert desk.bench.level(FAN) is False, "it is active low"
    desk.show("fan")
    desk.show()
    assert desk.bench.level(FAN) is True
    assert desk.bench.switched() == [True, False]


def test_a_relay_names_its_alarm_and_when_it_goes_off_the_last_one_that_wanted_it() -> None:
    desk = Signalling()
    for relays in ({"fan": "warm"}, {"fan": "stale"}, {}):
        desk.signals.show(relays, frozenset())
    told = [(each.on, each.alarm) for each in desk.bench.told if isinstance(each, RelaySwitched)]
    assert told == [(True, "warm"), (False, "stale")]
    assert Outputs.driver(RelaySwitched(0, "", "fan", True, alarm="warm")) == "the alarm warm"


def test_what_nobody_wants_is_not_touched() -> None:
    desk = Signalling()
    desk.show()
    assert desk.bench.pi.opened == []


def test_between_the_two_a_plugin_may_switch_it_off() -> None:
    desk = Signalling()
    desk.show("fan")
    desk.bench.relays.write(desk.bench.account, ALLOWED, "fan", False)
    desk.show("fan")
    assert desk.bench.switched() == [True, False]


def test_a_relay_that_is_not_there_is_told_once_and_the_others_work() -> None:
    desk = Signalling()
    for _ in range(3):
        desk.show("pump", "fan")
    (warning,) = desk.warnings
    assert "an alarm cannot switch the relay pump: host.toml has no relay 'pump'" in warning
    assert desk.bench.switched() == [True]


def test_a_line_that_is_busy_or_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Signalling()
    problems = [Trap(None, "busy"), BusFaultError("the line is dead"), BusFaultError("the line is dead")]
    signal = desk.bench.relays.signal

    def loose(name: str, on: bool, alarm: str) -> None:
        if problems:
            raise problems.pop(0)
        signal(name, on, alarm)

    monkeypatch.setattr(desk.bench.relays, "signal", loose)
    for _ in range(4):
        desk.show("fan")
    assert desk.bench.switched() == [True]
    assert len(desk.warnings) == 1


def test_an_led_is_red_over_the_colour_of_a_plugin_which_comes_back() -> None:
    desk = Signalling()
    leds = desk.bench.leds
    leds.fill(desk.bench.account, BLUE)
    leds.show_changed()
    desk.show(leds=(1,))
    leds.show_changed()
    assert desk.bench.shown == (BLUE, RED, BLUE)
    leds.fill(desk.bench.account, DARK)
    leds.show_changed()
    assert desk.bench.shown == (DARK, RED, DARK)
    desk.show()
    leds.show_changed()
    assert desk.bench.shown == (DARK, DARK, DARK)


def test_the_end_of_the_host_switches_everything_off() -> None:
    desk = Signalling()
    desk.show("fan", leds=(0,))
    desk.bench.leds.show_changed()
    desk.bench.actuators.stop()
    assert desk.bench.level(FAN) is True
    assert desk.bench.shown == (DARK, DARK, DARK)
    desk.show()
    desk.show("fan", leds=(0,))
    assert desk.bench.level(FAN) is True, "nothing is switched on after that"


def test_an_led_that_is_not_there_is_told() -> None:
    desk = Signalling()
    desk.show(leds=(99,))
    assert desk.warnings == [
        "an alarm cannot switch the LED: there is no LED 99; the strip has 0 to 2 (count in [leds])"
    ]
