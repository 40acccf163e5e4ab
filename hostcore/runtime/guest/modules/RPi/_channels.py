"""Channel numbers of `RPi.GPIO`, and what each channel was set up for.

Sources: RPi.GPIO 0.7.1, `common.c` (numbers of boards with 40 pins, messages), `constants.h` and `c_gpio.h`.
"""

from _line import Line, line

BOARD, BCM = 10, 11
OUT, IN = 0, 1

BOARD_LINES = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip
"""BCM number by pin of the header. RPi.GPIO refuses 27 and 28, the pins of a HAT's EEPROM."""
LAST_LINE = 53

LIST_NEEDED = "Channel must be an integer or list/tuple of integers"


class Channels:
    """The numbering, and the direction of each line that was set up."""

    mode: int | None = None
    directions: dict[int, int]
    """IN or OUT by BCM number."""
    warns = True


Channels.directions = {}


def line_of(channel: object) -> Line:
    """Return the line with this channel number.

    Raises:
        RuntimeError: no numbering was set.
        ValueError: there is no such channel.
        TypeError: it is no integer.
    """
    if not isinstance(channel, int):
        raise TypeError(f"'{type(channel).__name__}' object cannot be interpreted as an integer")
    if Channels.mode is None:
        raise RuntimeError("Please set pin numbering mode using GPIO.setmode(GPIO.BOARD) or GPIO.setmode(GPIO.BCM)")
    number = BOARD_LINES.get(channel, -1) if Channels.mode == BOARD else channel
    if not 0 <= number <= LAST_LINE:
        raise ValueError("The channel sent is invalid on a Raspberry Pi")
    return line(number)


def channel_of(number: int) -> int:
    """Return the channel number of a line, as callbacks receive it."""
    if Channels.mode == BCM:
        return number
    return next((pin for pin, bcm in BOARD_LINES.items() if bcm == number), -1)


def listed(channels: object) -> list[object]:
    """Return one channel, or a list or tuple of them, as a list."""
    if isinstance(channels, int):
        return [channels]
    if isinstance(channels, list | tuple):
        return list(channels)
    raise ValueError(LIST_NEEDED)


def member(channel: object) -> Line:
    """Return the line of a channel in a list."""
    if not isinstance(channel, int):
        raise ValueError("Channel must be an integer")
    return line_of(channel)


def input_line(channel: object) -> Line:
    """Return the line of a channel that was set up as an input."""
    found = line_of(channel)
    if Channels.directions.get(found.number) != IN:
        raise RuntimeError("You must setup() the GPIO channel as an input first")
    return found
