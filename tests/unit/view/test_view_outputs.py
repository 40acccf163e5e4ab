"""What the view knows of LEDs, relays and modulated lines."""

from __future__ import annotations

from dataclasses import replace

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.events import LedsShown, PwmSet, RelaySwitched
from hostcore.events.facts import PluginFacts
from hostcore.view.outputs import Outputs
from tests.scripted_session import host_facts, plugin_facts


def facts(*permissions: str) -> PluginFacts:
    return plugin_facts("p", *permissions)


def test_a_host_without_any_has_none() -> None:
    outputs = Outputs(host_facts())
    outputs.know((facts("i2c:1:0x77", "leds", "gpio:4:out"),))
    assert not outputs


def test_leds_are_dark_until_somebody_sets_them() -> None:
    outputs = Outputs(host_facts(leds=2))
    assert outputs
    assert outputs.leds == ((0, 0, 0), (0, 0, 0))
    outputs.show(LedsShown(1, "p", ((1, 2, 3), (255, 0, 0))))
    assert outputs.leds == ((1, 2, 3), (255, 0, 0))


def test_a_relay_is_as_it_was_last_switched() -> None:
    outputs = Outputs(host_facts(relays=("buzzer", "fan")))
    assert outputs.relays == {"buzzer": None, "fan": None}
    last = RelaySwitched(2, "p", "fan", False)
    for event in (RelaySwitched(1, "p", "fan", True), last):
        outputs.switch(event)
    assert outputs.relays == {"buzzer": None, "fan": last}


def test_a_line_is_known_while_a_plugin_may_modulate_it() -> None:
    outputs = Outputs(host_facts())
    outputs.know((facts("pwm:18", "pwm:12"), facts("pwm:18")))
    outputs.modulate(event := PwmSet(1, "p", 18, 0.25, 1000.0))
    outputs.know((facts("pwm:18"),))
    assert outputs.pwm == {18: event}
    outputs.know(())
    assert not outputs


def test_who_drove_an_output_is_a_plugin_a_person_or_the_host() -> None:
    outputs = Outputs(host_facts(relays=("fan",)))
    events = (
        RelaySwitched(1, "cooling", "fan", True),
        RelaySwitched(2, "", "fan", False, by_person=True),
        RelaySwitched(3, "", "fan", False),
    )
    assert [outputs.driver(each) for each in events] == ["cooling", "a person", "the host"]


def test_the_last_use_of_an_output_is_known_before_a_person_drives_it() -> None:
    outputs = Outputs(host_facts(leds=1, relays=("fan",)))
    wishes = (SwitchRelay("fan", True), SetPwm(18, 0.5, 100.0), LightLeds((1, 2, 3)))
    assert [outputs.last(each) for each in wishes] == [None, None, None]
    outputs.switch(relay := RelaySwitched(1, "p", "fan", True))
    outputs.modulate(pwm := PwmSet(2, "p", 18, 0.25, 1000.0))
    outputs.show(leds := LedsShown(3, "p", ((1, 2, 3),)))
    assert [outputs.last(each) for each in wishes] == [relay, pwm, leds]


def test_the_lines_of_relays_are_known_as_far_as_the_host_tells_them() -> None:
    assert Outputs(replace(host_facts(relays=("buzzer", "fan")), relay_lines=(22, 27))).relay_lines == {
        "buzzer": 22,
        "fan": 27,
    }
    assert Outputs(host_facts(relays=("buzzer", "fan"))).relay_lines == {}
