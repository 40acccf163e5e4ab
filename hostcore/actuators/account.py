"""The account on which an actuator is driven: the part of the gate that actuators need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from hostcore.buses.effects import Asked, Done
from hostcore.place import Place

D = TypeVar("D")
R = TypeVar("R")


class Account(Protocol):
    """A plugin's gate, or the host's own."""

    @property
    def plugin(self) -> str:
        """The plugin's name; "" for the host."""

    def perform(
        self,
        place: Place,
        wanted: None,
        opener: Callable[[Place], D],
        action: Callable[[D], Done[R]],
        asked: Asked = ...,
    ) -> R:
        """Perform an effect whose permission was checked before. See `hostcore.plugin.gate.Gate.perform`."""

    def in_background(self) -> Account:
        """Return the same account for another thread, after the call. It raises `Trap` instead of waiting for a bus."""
