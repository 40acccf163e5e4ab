"""An effect on a bus: its request and its result."""

# Without `from __future__ import annotations`: a NamedTuple compiles each annotation that is a text, at every start.

from typing import Generic, NamedTuple, TypeVar

from hostcore.backends.base import Edge, PwmSettings
from hostcore.backends.spi import SpiSettings
from hostcore.events import Message

R = TypeVar("R")


class Asked(NamedTuple):
    """The request of a call. The event of a failed effect shows it."""

    sent: tuple[Message, ...] = ()
    """The messages to write."""
    reads: tuple[int, ...] = ()
    """The number of bytes that each read asks for, in order."""
    spi: SpiSettings | None = None
    """Clock and mode of an SPI transfer."""
    pwm: PwmSettings | None = None
    """The pulse-width modulation that a line is set to."""


NOTHING = Asked()


class Done(NamedTuple, Generic[R]):
    """The result of an effect."""

    result: R
    messages: tuple[Message, ...] = ()
    """The messages that went over the wires, in order."""
    edges: tuple[Edge, ...] = ()
    """The edges that a capture recorded."""
