"""The outputs on the host's page as text."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

from hostcore.events import LedsShown, PwmSet, RelaySwitched
from hostcore.view.outputs import Outputs
from hostcore.web.page import outputs_block
from tests.scripted_session import host_facts, plugin_facts

EVIL = "\"'><script>alert(1)</script>"


def outputs(kind: str = "simulated", relay: str = "fan") -> Outputs:
    made = Outputs(
        replace(host_facts(kind=kind, leds=3, leds_bus="i2c-3", relays=(relay,)), relay_lines=(27,)),
    )
    made.know((plugin_facts("cooling", "pwm:18"),))
    return made


def test_a_host_without_outputs_has_no_list_of_them() -> None:
    assert outputs_block(Outputs(host_facts()), "") == ""


def test_every_output_has_its_state_in_words_and_who_set_it() -> None:
    made = outputs()
    unused = outputs_block(made, "")
    assert "○ off" in unused and "not set" in unused and "3 LEDs, 0 lit" in unused
    made.switch(RelaySwitched(1, "", "fan", True, by_person=True))
    made.modulate(PwmSet(1, "cooling", 18, 0.5, 50.0))
    made.show(LedsShown(1, "", ((255, 0, 0), (0, 0, 0), (0, 0, 0))))
    used = outputs_block(made, "")
    assert "● on" in used and "50% of 50 Hz" in used and "3 LEDs, 1 lit" in used
    for words in ("simulated, by a person", "simulated, by cooling", "simulated, by the host"):
        assert words in used


def test_only_real_hardware_is_asked_about_with_the_line_of_the_relay() -> None:
    assert 'data-ask=""' in outputs_block(outputs(), "")
    real = outputs_block(outputs("linux"), "")
    assert 'data-ask=""' not in real
    assert 'data-ask="Switch relay fan on GPIO line 27 on? This is real hardware' in real
    assert "simulated" not in real


def test_where_nobody_may_drive_them_there_is_the_reason_and_no_button() -> None:
    shown = outputs_block(outputs(), "it is <read-only>")
    assert "<button" not in shown and "<input" not in shown
    assert "it is &lt;read-only&gt;" in shown


def test_every_button_and_field_has_a_name_of_its_own() -> None:
    shown = outputs_block(outputs(), "")
    for name in (
        'Switch on<span class="unseen"> relay fan',
        'percent <span class="unseen">of PWM line 18',
        'Hz <span class="unseen">of PWM line 18',
        "Colour of all LEDs",
    ):
        assert name in shown


def test_what_strangers_named_is_escaped() -> None:
    made = outputs("linux", EVIL)
    made.switch(RelaySwitched(1, EVIL, EVIL, True))
    shown = outputs_block(made, EVIL)
    assert "<script" not in shown
    assert "<script" in unescape(shown)
