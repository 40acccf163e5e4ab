"""Outputs by hand: a person drives what the settings define, and the last one who drives an output wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore import by_hand
from hostcore.access.decisions import Reservations
from hostcore.actuation import COLORS, LightLeds, SetPwm, SwitchRelay, parse_color, parse_frequency, parse_percent
from hostcore.actuators import reserve_actuators
from hostcore.actuators.relays import Train
from hostcore.by_hand import OutputsByHand, acting
from hostcore.config.model import Config
from hostcore.errors import AccessDeniedError, BusTimeoutError, NoAcknowledgeError, UnsupportedError
from hostcore.events import HOST, Level, Outcome, PwmSet, RelaySwitched
from hostcore.permissions import Permission, parse_permission
from tests.actuator_bench import ALLOWED, BUZZER, DARK, LEDS, MS, PWM, RED, RELAYS, Bench


class Hands:
    """A bench with a person at it. The plugins may do what `grants` says."""

    def __init__(self, *grants: tuple[str, str], bench: Bench | None = None) -> None:
        self.bench = bench or Bench()
        self.grants: list[tuple[str, Permission]] = [(name, parse_permission(text)) for name, text in grants]
        self.reservations = Reservations()
        reserve_actuators(Config(Path("host.toml"), leds=LEDS, relays=RELAYS), self.reservations)
        self.outputs = OutputsByHand(
            self.bench.actuators,
            self.bench.buses,
            grants=lambda: self.grants,
            reservations=self.reservations,
            publish=self.bench._publish,
        )

    @property
    def log(self) -> list[tuple[str, Level, str, bool]]:
        return [(each.plugin, each.level, each.text, each.by_host) for each in self.bench.troubles()]


def test_a_relay_goes_on_and_the_traffic_the_event_and_the_log_name_a_person() -> None:
    hands = Hands()
    hands.outputs.actuate(SwitchRelay("buzzer", True))
    assert hands.bench.level(BUZZER) is True
    (switched,) = (each for each in hands.bench.told if isinstance(each, RelaySwitched))
    assert (switched.plugin, switched.by_person, switched.is_simulated) == ("", True, True)
    assert [(each.plugin, each.outcome) for each in hands.bench.transfers] == [("a person", Outcome.OK)]
    assert hands.log == [(HOST, Level.INFO, "by a person: relay buzzer on (simulated)", True)]


def test_the_event_and_the_log_name_what_stands_for_the_person() -> None:
    hands = Hands(("cooling", "pwm:18"))
    with acting("a command over MQTT"):
        hands.outputs.actuate(SwitchRelay("buzzer", True))
        hands.outputs.actuate(SetPwm(18, 0.5, 1000.0))
    hands.outputs.actuate(SwitchRelay("buzzer", False))
    told = [each for each in hands.bench.told if isinstance(each, RelaySwitched | PwmSet)]
    assert [(each.by_person, each.through) for each in told] == [
        (True, "a command over MQTT"),
        (True, "a command over MQTT"),
        (True, ""),
    ]
    assert "by a command over MQTT: relay buzzer on (simulated)" in [text for _, _, text, _ in hands.log]


def test_the_last_one_who_drives_an_output_wins() -> None:
    hands = Hands()
    hands.outputs.actuate(SwitchRelay("fan", True))
    hands.bench.relays.write(hands.bench.account, ALLOWED, "fan", False)
    hands.outputs.actuate(SwitchRelay("fan", True))
    told = [each for each in hands.bench.told if isinstance(each, RelaySwitched)]
    assert [(each.on, each.plugin, each.by_person) for each in told] == [
        (True, "", True),
        (False, "probe", False),
        (True, "", True),
    ]


def test_a_person_who_switches_a_relay_ends_the_pulses_of_a_plugin() -> None:
    hands = Hands()
    hands.bench.relays.pulse(hands.bench.account, ALLOWED, "buzzer", Train(1000, MS, MS))
    hands.outputs.actuate(SwitchRelay("buzzer", False))
    hands.bench.relays.stop()
    assert hands.bench.level(BUZZER) is False
    assert hands.bench.relays._trains == {}


def test_a_line_that_a_plugin_may_modulate_is_set_even_if_the_plugin_has_used_it_first() -> None:
    hands = Hands(("cooling", "pwm:18"))
    assert hands.reservations.reserve("cooling", parse_permission("pwm:18")) is None
    hands.outputs.actuate(SetPwm(18, 0.5, 1000.0))
    (told,) = (each for each in hands.bench.told if isinstance(each, PwmSet))
    assert (told.line, told.duty, told.by_person) == (PWM.address, 0.5, True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (17, 'host.toml lets no plugin modulate GPIO line 17, so a person may not either; add "pwm:17"'),
        (27, "GPIO line 27 belongs to the relay fan"),
        (4, "GPIO line 4 belongs to button"),
        (99, "lets no plugin modulate GPIO line 99"),
    ],
)
def test_no_other_line_is_modulated(line: int, words: str) -> None:
    hands = Hands(("sly", "pwm:27"), ("sly", "pwm:4"), ("button", "gpio:4:out"))
    hands.reservations.reserve("button", parse_permission("gpio:4:out"))
    with pytest.raises((AccessDeniedError, UnsupportedError), match=words):
        hands.outputs.actuate(SetPwm(line, 0.5, 1000.0))
    assert not hands.bench.transfers and not hands.bench.told


@pytest.mark.parametrize(
    ("duty", "frequency_hz"), [(1.01, 100.0), (-0.01, 100.0), (float("nan"), 100.0), (0.5, 0.0), (0.5, 10_001.0)]
)
def test_what_is_out_of_range_is_refused_in_the_words_for_a_plugin(duty: float, frequency_hz: float) -> None:
    hands = Hands(("cooling", "pwm:18"))
    with pytest.raises(UnsupportedError, match="are allowed"):
        hands.outputs.actuate(SetPwm(18, duty, frequency_hz))
    assert not hands.bench.told


def test_leds_are_shown_at_once_one_or_all() -> None:
    hands = Hands()
    hands.outputs.actuate(LightLeds(RED))
    assert hands.bench.shown == (RED, RED, RED)
    hands.outputs.actuate(LightLeds(DARK, 1, 1))
    assert hands.bench.shown == (RED, DARK, RED)


@pytest.mark.parametrize(
    ("leds", "words"),
    [
        (LightLeds(RED, 0, 3), "there is no LED 3; the strip has 0 to 2"),
        (LightLeds(RED, -1, 1), "there are no LEDs -1 to 1"),
        (LightLeds(RED, 2, 1), "there are no LEDs 2 to 1"),
        (LightLeds((0, 0, 256)), "there is no colour"),
    ],
)
def test_leds_and_colours_that_do_not_exist_change_nothing(leds: LightLeds, words: str) -> None:
    hands = Hands()
    with pytest.raises(UnsupportedError, match=words):
        hands.outputs.actuate(leds)
    assert hands.bench.leds._colors == [DARK] * 3 and not hands.bench.told


def test_without_a_strip_and_without_the_relay_the_table_to_add_is_named() -> None:
    hands = Hands(bench=Bench(leds=None))
    with pytest.raises(UnsupportedError, match=r"add the table \[leds\]"):
        hands.outputs.actuate(LightLeds(RED))
    with pytest.raises(UnsupportedError, match=r"only these: fan, buzzer; add the table \[relays.heater\]"):
        hands.outputs.actuate(SwitchRelay("heater", True))


def test_a_bus_that_fails_is_reported_and_not_logged_as_done() -> None:
    hands = Hands()
    hands.bench.pi.faults.append(NoAcknowledgeError("nobody there"))
    with pytest.raises(NoAcknowledgeError):
        hands.outputs.actuate(LightLeds(RED))
    assert hands.log == []


def test_a_busy_bus_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands()
    monkeypatch.setattr(by_hand, "WAIT_SECONDS", 0.0)
    hands.bench.buses.lock(BUZZER).acquire(lambda: None)
    with pytest.raises(BusTimeoutError, match="relay buzzer on: the bus was not free within 0 s"):
        hands.outputs.actuate(SwitchRelay("buzzer", True))
    assert hands.bench.level(BUZZER) is False
    assert hands.log == []


def test_after_the_hosts_end_outputs_stay_off() -> None:
    hands = Hands()
    hands.bench.actuators.stop()
    with pytest.raises(UnsupportedError, match="the host is stopping"):
        hands.outputs.actuate(SwitchRelay("fan", True))


def test_a_colour_is_a_name_or_six_digits() -> None:
    assert [parse_color(text) for text in (" Red ", "#ff8800", "FF8800")] == [RED, (255, 136, 0), (255, 136, 0)]
    assert COLORS["off"] == DARK
    for wrong in ("", "reddish", "#fff", "ff 88 00"):
        with pytest.raises(ValueError, match="a colour: off, white"):
            parse_color(wrong)


@pytest.mark.parametrize(
    ("actuation", "words"),
    [
        (SwitchRelay("fan", False), "relay fan off"),
        (SetPwm(18, 0.125, 1000.0), "PWM line 18 at 12.5% of 1000 Hz"),
        (LightLeds(RED), "all LEDs in ff0000"),
        (LightLeds(RED, 3), "LEDs from 3 in ff0000"),
        (LightLeds(RED, 3, 3), "LED 3 in ff0000"),
        (LightLeds(RED, 3, 5), "LEDs 3-5 in ff0000"),
    ],
)
def test_a_use_of_an_output_is_said_in_few_words(actuation: SwitchRelay | SetPwm | LightLeds, words: str) -> None:
    assert str(actuation) == words


def test_a_duty_is_typed_in_percent_and_a_frequency_in_hertz() -> None:
    assert [parse_percent(text) for text in ("50", " 12.5% ", "0", "100")] == [0.5, 0.125, 0.0, 1.0]
    assert [parse_frequency(text) for text in ("1000", " 50 Hz")] == [1000.0, 50.0]
    for wrong in ("", "x", "101", "-1", "nan", "inf"):
        with pytest.raises(ValueError, match="a duty in percent, 0 to 100"):
            parse_percent(wrong)
    for wrong in ("", "x", "0", "-1", "nan", "inf"):
        with pytest.raises(ValueError, match="a frequency in hertz"):
            parse_frequency(wrong)
