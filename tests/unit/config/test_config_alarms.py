"""``[alarms.NAME]``: what it can say, and the words for what it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.alarms.model import AlarmRule, Equals, InTrouble, Range, Rate, Stale, Trouble
from hostcore.config.alarms import MOST_ALARMS
from hostcore.config.loading import parse_config
from hostcore.errors import ConfigError

REST = '[leds]\nspi = "0.1"\ncount = 8\n[relays.fan]\nline = 27\n[relays.buzzer]\nline = 22\n'


def alarms(text: str, rest: str = REST) -> tuple[AlarmRule, ...]:
    """The alarms of a file with this table ``[alarms.hot]`` at its end."""
    return parse_config(Path("host.toml"), f"{rest}[alarms.hot]\n{text}").alarms


def test_everything_that_an_alarm_can_say() -> None:
    text = """reading = "air.inner.t"
    above = 30
    below = 5.5
    hysteresis = 0.5
    delay = 60
    clear_delay = 10
    message = "Open the window"
    bell = false
    relay = "fan"
    led = 7"""
    (rule,) = alarms(text)
    condition = Range(30.0, 5.5, 0.5)
    assert rule == AlarmRule(
        "hot", "air", ("inner", "t"), condition, 60.0, 10.0, "Open the window", bell=False, relay="fan", led=7
    )


@pytest.mark.parametrize(
    ("text", "plugin", "path", "condition"),
    [
        ('reading = "air.t"\nrise = 2\nfall = 3\nhysteresis = 1', "air", ("t",), Rate(2.0, 3.0, 1.0)),
        ('reading = "door.is_open"\nequals = true', "door", ("is_open",), Equals(True)),
        ('reading = "door.state"\nequals = "open"', "door", ("state",), Equals("open")),
        ('reading = "air.t"\nstale = 60', "air", ("t",), Stale(60.0)),
        ('plugin = "air"\nstale = 60', "air", (), Stale(60.0)),
        ('plugin = "air"\nstate = "crashed"', "air", (), InTrouble(Trouble.CRASHED)),
    ],
)
def test_every_kind_of_condition(text: str, plugin: str, path: tuple[str, ...], condition: object) -> None:
    assert alarms(text) == (AlarmRule("hot", plugin, path, condition),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("abov = 1", ".abov", "unknown key; did you mean 'above'?"),
        ("above = 30", "", 'allowed is one of reading, such as "bme680.temperature", and plugin'),
        ('reading = "air.t"\nplugin = "air"\nabove = 1', "", "allowed is one of reading"),
        ('reading = "air"\nabove = 1', ".reading", "the keys down to its value"),
        ('reading = "air..t"\nabove = 1', ".reading", "the keys down to its value"),
        ('reading = "Air.t"\nabove = 1', ".reading", "a plugin's name"),
        ('plugin = "timestamp"\nstate = "crashed"', ".plugin", "a plugin's name"),
        ('reading = "air.t"', "", "found no condition, allowed is one condition: above, below, rise, fall"),
        ('reading = "air.t"\nabove = 1\nstale = 60', "", "found above, below and stale, allowed is one condition"),
        ('reading = "air.t"\nabove = "warm"', ".above", "found 'warm', allowed is a number"),
        ('reading = "air.t"\nabove = nan', ".above", "found nan"),
        ('reading = "air.t"\nabove = 5\nbelow = 30', ".above", "more than below (30): the values between the two"),
        ('reading = "air.t"\nabove = 5\nbelow = 5', ".above", "more than below"),
        ('reading = "air.t"\nabove = 5\nbelow = 3\nhysteresis = 1', ".hysteresis", "less than half"),
        ('reading = "air.t"\nrise = 2\nhysteresis = 2', ".hysteresis", "less than 2, or the alarm is never cleared"),
        ('reading = "air.t"\nrise = 0', ".rise", "found 0"),
        ('reading = "air.t"\nfall = -1', ".fall", "found -1"),
        ('reading = "air.t"\nstale = 60\nhysteresis = 1', ".hysteresis", "stale has no hysteresis"),
        ('reading = "air.t"\nequals = 5', ".equals", "for numbers, use above and below"),
        ('reading = "air.t"\nequals = ""', ".equals", "true, false or a text"),
        ('reading = "air.t"\nstate = "crashed"', "", 'allowed is that of a plugin: plugin = "air"'),
        ('plugin = "air"\nabove = 1', "", 'allowed is that of a value: reading = "air.KEY"'),
        ('plugin = "air"\nstate = "running"', ".state", "'crashed', 'quarantined' or 'failing'"),
        ('reading = "air.t"\nabove = 1\nfor = 60', ".for", "here it is called delay"),
        ('reading = "air.t"\nabove = 1\ndelay = -1', ".delay", "0 to 604800 seconds"),
        ('reading = "air.t"\nabove = 1\nmessage = "a\\u001b[2J"', ".message", "printable characters on one line"),
        ('reading = "air.t"\nabove = 1\nbell = 1', ".bell", "true or false"),
        ('reading = "air.t"\nabove = 1\nrelay = "pump"', ".relay", "allowed are those of [relays]: fan, buzzer"),
        ('reading = "air.t"\nabove = 1\nled = 8', ".led", "allowed is an LED of [leds], 0 to 7"),
        ('reading = "air.t"\nabove = 1\nled = 1.5', ".led", "a whole number"),
        ('reading = "air.t"\nabove = 1\ncommand = "reboot"', ".command", "unknown key"),
    ],
)
def test_an_error_names_the_line_the_key_and_what_is_allowed(text: str, key: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        alarms(text)
    assert words in str(error.value)
    assert error.value.key == f"alarms.hot{key}"
    assert error.value.line is not None
    assert error.value.line > REST.count("\n")


def test_where_there_is_no_relay_and_no_led_the_error_names_the_table_to_add() -> None:
    with pytest.raises(ConfigError, match=r"none at all; add the table \[relays.NAME\]"):
        alarms('reading = "air.t"\nabove = 1\nrelay = "fan"', rest="")
    with pytest.raises(ConfigError, match=r"no LEDs; add the table \[leds\]"):
        alarms('reading = "air.t"\nabove = 1\nled = 0', rest="")


def test_names_are_those_that_relays_can_have_and_their_number_is_bounded() -> None:
    with pytest.raises(ConfigError, match="an alarm's name: a small letter"):
        parse_config(Path("host.toml"), '[alarms."Too warm"]\n')
    many = "".join(f'[alarms.a{n}]\nreading = "air.t"\nabove = 1\n' for n in range(MOST_ALARMS + 1))
    with pytest.raises(ConfigError, match="up to 100 alarms"):
        parse_config(Path("host.toml"), many)
