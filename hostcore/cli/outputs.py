"""``wasi-host relay``, ``pwm`` and ``leds``: a person drives an output of the running host."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hostcore.actuation import (
    Actuation,
    LightLeds,
    SetPwm,
    SwitchRelay,
    parse_color,
    parse_frequency,
    parse_leds,
    parse_percent,
)
from hostcore.backends.base import GPIO_LAST_LINE
from hostcore.cli.attached import attached
from hostcore.cli.question import confirm
from hostcore.cli.statuses import ExitStatus
from hostcore.errors import CommandLineError
from hostcore.quick_dataclass import dataclass
from hostcore.toml.reader import shown

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person wants it done."""

    yes: bool = False
    """Without a question, also on real hardware."""
    as_json: bool = False
    """With one JSON object as the answer."""


def switch_relay(config_file: Path | None, relay: str, state: str, manner: Manner) -> int:
    """Switch a relay ``on`` or ``off``. Like all functions here, it blocks for some seconds at most.

    Args:
        config_file: the settings file that the person named, if any.
        relay: its name.
        state: ``on`` or ``off``.
        manner: how it is done.

    Returns:
        0; `ExitStatus.NOT_RUNNING` if no host runs.

    Raises:
        CommandLineError: an argument is of another form, or the host has no such relay.
        HostError: the settings define no such output, a value is out of range, the output's bus failed, the host does
            not answer, or the person said no.
    """
    return _drive(config_file, SwitchRelay(relay, state == "on"), manner)


def set_pwm(config_file: Path | None, line: str, percent: str, frequency: str, manner: Manner) -> int:
    """Set a modulated line. Returns and raises like `switch_relay`."""
    duty, frequency_hz = _parsed(parse_percent, percent), _parsed(parse_frequency, frequency)
    return _drive(config_file, SetPwm(_parsed(_line, line), duty, frequency_hz), manner)


def light_leds(config_file: Path | None, color: str, leds: str | None, manner: Manner) -> int:
    """Light the LEDs ``3`` or ``0-3``, or all of them. Returns and raises like `switch_relay`."""
    first, last = _parsed(parse_leds, leds) if leds else (0, None)
    return _drive(config_file, LightLeds(_parsed(parse_color, color), first, last), manner)


def _parsed(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except ValueError as allowed:
        raise CommandLineError(f"found {shown(text)}, allowed is {allowed}") from None


def _line(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 3 and int(text) <= GPIO_LAST_LINE):
        raise ValueError(f"a BCM number from 0 to {GPIO_LAST_LINE}")
    return int(text)


def _drive(config_file: Path | None, actuation: Actuation, manner: Manner) -> int:
    session = attached(config_file, "drives the outputs")
    if session is None:
        return ExitStatus.NOT_RUNNING
    session.start()
    try:
        facts = session.facts
        if isinstance(actuation, SwitchRelay) and actuation.relay not in facts.relays:
            there = ", ".join(facts.relays) or "none"
            raise CommandLineError(f"the host has no relay {shown(actuation.relay)}; it has {there}")
        is_simulated = facts.simulates_output(actuation)
        confirm(f"Real hardware: {actuation}", "nothing was driven", yes=manner.yes or is_simulated)
        session.actuate(actuation)
    finally:
        session.stop()
    if manner.as_json:
        print(json.dumps({"done": str(actuation), "simulated": is_simulated}))
    else:
        print(f"{actuation}{' (simulated)' if is_simulated else ''}")
    return ExitStatus.DONE
