"""A GPIO line of the Linux kernel for pulses, through gpiod: the seam under `hostcore.backends.linux.pulses`."""

from __future__ import annotations

import errno
from collections.abc import Sequence

import gpiod
from gpiod.line import Bias, Clock, Direction, Edge, Value

from hostcore.backends.linux.gpiochip import GpioChip, claimed
from hostcore.backends.linux.node import described
from hostcore.backends.linux.pulses import LineEvent
from hostcore.clock import NS_PER_S
from hostcore.errors import UnsupportedError
from hostcore.place import GPIO, Place

EVENT_BUFFER = 1024
"""Edges that the kernel stores until they are read: its maximum. The default of 16 loses most of a DHT22's 84 edges
(linux/gpio.h, event_buffer_size of struct gpio_v2_line_request)."""

_LEVELS = {False: Value.INACTIVE, True: Value.ACTIVE}
_WATCHING = gpiod.LineSettings(
    direction=Direction.INPUT, bias=Bias.PULL_UP, edge_detection=Edge.BOTH, event_clock=Clock.MONOTONIC
)


class GpiodLine:
    """A `PulseLine` of a GPIO chip.

    Args:
        chip: the header's chip.
        number: the line's BCM number.

    Raises:
        LineClaimedError: something else holds the line.
        UnsupportedError: the kernel refuses the line for another reason.
    """

    def __init__(self, chip: GpioChip, number: int) -> None:
        self._number = number
        self._driving = False
        try:
            self._request = gpiod.request_lines(
                str(chip.path), {number: None}, consumer="wasi-host", event_buffer_size=EVENT_BUFFER
            )
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise claimed(number) from error
            raise UnsupportedError(f"{described(error)}; `gpioinfo` says who has it", Place(GPIO, number)) from error

    def drive(self, level: bool) -> None:
        if self._driving:
            self._request.set_value(self._number, _LEVELS[level])
        else:
            driving = gpiod.LineSettings(direction=Direction.OUTPUT, output_value=_LEVELS[level])
            self._request.reconfigure_lines({self._number: driving})
            self._driving = True

    def release(self) -> None:
        self._request.reconfigure_lines({self._number: _WATCHING})
        self._driving = False

    def events(self, timeout_ns: int) -> Sequence[LineEvent]:
        if not self._request.wait_edge_events(timeout_ns / NS_PER_S):
            return ()
        return [
            LineEvent(event.timestamp_ns, event.event_type is gpiod.EdgeEvent.Type.RISING_EDGE, event.line_seqno)
            for event in self._request.read_edge_events(EVENT_BUFFER)
        ]

    def close(self) -> None:
        self._request.release()
