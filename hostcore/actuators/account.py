"""On whose account an actuator is driven: what actuators need of the gate."""

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
        """Who it is; "" for the host."""

    def perform(
        self,
        place: Place,
        wanted: None,
        opener: Callable[[Place], D],
        action: Callable[[D], Done[R]],
        asked: Asked = ...,
    ) -> R:
        """Do an effect whose permission was required before: see `hostcore.plugin.gate.Gate.perform`."""

    def in_background(self) -> Account:
        """The same account for another thread, after the call: it waits for no bus, but traps."""
