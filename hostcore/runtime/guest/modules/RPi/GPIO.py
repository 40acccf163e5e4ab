"""`RPi.GPIO`: levels, edges and pulse-width modulation of GPIO lines.

It behaves like RPi.GPIO 0.7.1 on a Raspberry Pi with 40 pins, with these differences:

- Callbacks of `add_event_detect` run while the plugin sleeps or waits (`background`). Edges are found by reading the
  line every 10 ms, so shorter pulses are missed. The log says so once.
- `input` of an output returns the level that was last set.
- A frequency of `PWM` is 1 to 10,000 Hz. `PWM` needs the permission ``pwm:LINE`` in addition to ``gpio:LINE:out``.
- `cleanup` makes outputs inputs only if the plugin may read them.

Source: RPi.GPIO 0.7.1, `py_gpio.c`.
"""

# ruff: noqa: A001 - the names are those of the original

import warnings
from typing import Any

from _line import Pull, line

from RPi._channels import BCM, BOARD, IN, OUT, Channels, line_of, listed, member
from RPi._edges import (
    BOTH,
    FALLING,
    RISING,
    add_event_callback,
    add_event_detect,
    event_detected,
    forget_edges,
    remove_event_detect,
    wait_for_edge,
)
from RPi._pwm import PWM

__all__ = [
    "BCM",
    "BOARD",
    "BOTH",
    "FALLING",
    "HARD_PWM",
    "HIGH",
    "I2C",
    "IN",
    "LOW",
    "OUT",
    "PUD_DOWN",
    "PUD_OFF",
    "PUD_UP",
    "PWM",
    "RISING",
    "RPI_INFO",
    "RPI_REVISION",
    "SERIAL",
    "SPI",
    "UNKNOWN",
    "VERSION",
    "add_event_callback",
    "add_event_detect",
    "cleanup",
    "event_detected",
    "getmode",
    "gpio_function",
    "input",
    "output",
    "remove_event_detect",
    "setmode",
    "setup",
    "setwarnings",
    "wait_for_edge",
]

VERSION = "0.7.1"
LOW, HIGH = 0, 1
PUD_OFF, PUD_DOWN, PUD_UP = 20, 21, 22
UNKNOWN, SERIAL, SPI, I2C, HARD_PWM = -1, 40, 41, 42, 43
RPI_INFO = {
    "P1_REVISION": 3,
    "REVISION": "a03111",
    "TYPE": "Pi 4 Model B",
    "MANUFACTURER": "Sony",
    "PROCESSOR": "BCM2711",
    "RAM": "1G",
}
"""A board with 40 pins. The sandbox does not know which one."""
RPI_REVISION = 3

_PULLS: dict[int, Pull] = {PUD_OFF: "none", PUD_DOWN: "down", PUD_UP: "up"}
_NOT_GIVEN = -1
_NOTHING_TO_CLEAN = (
    "No channels have been set up yet - nothing to clean up!  Try cleaning up at the end of your program instead!"
)


def setmode(mode: int) -> None:
    """Choose what channel numbers mean: `BOARD` is the pin of the header, `BCM` the number of the line."""
    if Channels.mode not in {None, mode}:
        raise ValueError("A different mode has already been set!")
    if mode not in {BOARD, BCM}:
        raise ValueError("An invalid mode was passed to setmode()")
    Channels.mode = mode


def getmode() -> int | None:
    """Return `BOARD`, `BCM` or None."""
    return Channels.mode


def setwarnings(state: bool) -> None:
    """Switch the warnings of `setup` and `cleanup` on or off."""
    Channels.warns = bool(state)


def setup(channel: Any, direction: int, pull_up_down: int = PUD_OFF, initial: int | None = _NOT_GIVEN) -> None:
    """Make a channel, or each of a list, an input (`IN`) or an output (`OUT`).

    Args:
        channel: its number, or a list or tuple of numbers.
        direction: `IN` or `OUT`.
        pull_up_down: the resistor of an input.
        initial: the first level of an output. By default, it keeps the level that it had as an output before.
    """
    channels = listed(channel)
    initial = _NOT_GIVEN if initial is None else initial
    if direction not in {IN, OUT}:
        raise ValueError("An invalid direction was passed to setup()")
    if direction == OUT and pull_up_down != PUD_OFF:
        raise ValueError("pull_up_down parameter is not valid for outputs")
    if direction == IN and initial != _NOT_GIVEN:
        raise ValueError("initial parameter is not valid for inputs")
    if pull_up_down not in _PULLS:
        raise ValueError("Invalid value for pull_up_down - should be either PUD_OFF, PUD_UP or PUD_DOWN")
    for each in channels:
        found = member(each)
        if Channels.warns and found.number in {2, 3} and pull_up_down != PUD_OFF:
            warnings.warn("A physical pull up resistor is fitted on this channel!", RuntimeWarning, stacklevel=2)
        if direction == IN:
            found.make_input(_PULLS[pull_up_down])
        else:
            found.write(bool(initial) if initial in {LOW, HIGH} else found.level)
        Channels.directions[found.number] = direction


def cleanup(channel: Any = _NOT_GIVEN) -> None:
    """Make a channel, each of a list, or all that were set up, inputs without a resistor, and forget their edges."""
    if isinstance(channel, int) and channel == _NOT_GIVEN:
        lines, mode = [line(number) for number in Channels.directions], None
    else:
        lines, mode = [member(each) for each in listed(channel)], Channels.mode
    found = False
    for each in lines:
        forget_edges(each.number)
        if Channels.directions.pop(each.number, None) is not None:
            each.release()
            found = True
    Channels.mode = mode
    if not found and Channels.warns:
        warnings.warn(_NOTHING_TO_CLEAN, RuntimeWarning, stacklevel=2)


def input(channel: int) -> int:
    """Return the level of a channel, 0 or 1."""
    found = line_of(channel)
    if found.number not in Channels.directions:
        raise RuntimeError("You must setup() the GPIO channel first")
    return int(found.read())


def output(channel: Any, value: Any) -> None:
    """Set the level of an output, or the levels of a list. A list of channels can have one value for all."""
    channels = listed(channel)
    if not isinstance(value, int | list | tuple):
        raise ValueError("Value must be an integer/boolean or a list/tuple of integers/booleans")
    values = [value] * len(channels) if isinstance(value, int) else list(value)
    if len(values) != len(channels) or (isinstance(channel, int) and not isinstance(value, int)):
        raise RuntimeError("Number of channels != number of values")
    for each, level in zip(channels, values, strict=True):
        found = member(each)
        if not isinstance(level, int):
            raise ValueError("Value must be an integer or boolean")
        if Channels.directions.get(found.number) != OUT:
            raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
        found.write(bool(level))


def gpio_function(channel: int) -> int:
    """Return what a channel is used for: `OUT` if it was set up as an output, `IN` otherwise."""
    return Channels.directions.get(line_of(channel).number, IN)
