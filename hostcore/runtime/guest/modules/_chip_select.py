"""Tells SPI buses when a plugin sets a GPIO line, because the line may select a chip of theirs."""

from typing import Protocol
from weakref import WeakSet


class Listener(Protocol):
    """An SPI bus."""

    def line_written(self, line: int, level: bool) -> bool:
        """The plugin sets a line. Returns whether the bus will drive the line itself, together with its transfers."""

    def line_used(self, line: int) -> None:
        """The plugin does something else with a line."""


_listeners: WeakSet[Listener] = WeakSet()
"""A driver that is set up again makes a new bus, and forgets the old one."""


def listen(bus: Listener) -> None:
    """Tell this bus about all lines from now on."""
    _listeners.add(bus)


def unlisten(bus: Listener) -> None:
    """Tell this bus about no line any more."""
    _listeners.discard(bus)


def takes(line: int, level: bool) -> bool:
    """Whether an SPI bus drives this line in place of the caller, who sets it to `level`. Call it before each write."""
    answers = [bus.line_written(line, level) for bus in _listeners]  # each one must know
    return any(answers)


def used(line: int) -> None:
    """Call this before a line is read, captured or modulated."""
    for bus in _listeners:
        bus.line_used(line)
