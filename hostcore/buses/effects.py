"""An effect on a bus: what it asks for, and what came of it."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from hostcore.backends.base import Edge, SpiSettings
from hostcore.events import Message

R = TypeVar("R")


class Asked(NamedTuple):
    """What a call asks for, whether or not it is done."""

    sent: tuple[Message, ...] = ()
    """What is written."""
    reads: tuple[int, ...] = ()
    """How many bytes each read asks for, in order."""
    spi: SpiSettings | None = None
    """Clock and mode of an SPI transfer."""


NOTHING = Asked()


class Done(NamedTuple, Generic[R]):
    """What came of an effect."""

    result: R
    messages: tuple[Message, ...] = ()
    """What went over the wires, in order."""
    edges: tuple[Edge, ...] = ()
    """The edges that a capture recorded."""
