"""The account on which an actuator is driven: the part of the gate that actuators need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from hostcore.buses.effects import Asked, Done
from hostcore.errors import HostError, NoThreadError, UnsupportedError
from hostcore.hostcall import Trap
from hostcore.permissions import Permission
from hostcore.place import Place
from hostcore.threads import HostThread

D = TypeVar("D")
R = TypeVar("R")
Wanted = Callable[[], Permission]
"""Returns the permission that an effect needs, or raises ValueError, which says what is allowed."""


class Account(Protocol):
    """A plugin's gate, or the host's own."""

    @property
    def plugin(self) -> str:
        """The plugin's name; "" for the host and for a person."""

    @property
    def by_person(self) -> bool:
        """Whether a person drives the actuator."""

    @property
    def through(self) -> str:
        """What stands for the person, in words; "" for a screen, a page or a command of this computer."""

    @property
    def has_stopped(self) -> bool:
        """Whether the plugin was stopped after this account was opened."""

    def perform(
        self,
        place: Place,
        wanted: Wanted | None,
        opener: Callable[[Place], D],
        action: Callable[[D], Done[R]],
        asked: Asked = ...,
    ) -> R:
        """Perform an effect. See `hostcore.plugin.gate.Gate.perform`."""

    def in_background(self) -> Account:
        """Return the same account for another thread, after the call. It raises `Trap` instead of waiting for a bus."""


def described(error: Exception) -> str:
    """The error for the log, where no caller can take it."""
    return str(error) if isinstance(error, HostError | Trap) else f"a defect of this host: {error!r}"


def started(run: Callable[[], object], name: str, otherwise: str) -> HostThread:
    """Start the thread `name` of an actuator, and return it. Does not block.

    Raises:
        UnsupportedError: it cannot be started. The error begins with `otherwise`.
    """
    thread = HostThread(run, name)
    try:
        thread.start()
    except NoThreadError as error:
        raise UnsupportedError(f"{otherwise}: {error}") from None
    return thread
