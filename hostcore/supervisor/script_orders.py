"""The orders that reach a script while it runs."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.runtime.plugin import PluginSpec
from hostcore.supervisor.kits import Kits
from hostcore.supervisor.mailbox import Mailbox
from hostcore.supervisor.present_instance import PresentInstance, Successor
from hostcore.supervisor.transitions import Trigger


class ScriptOrders:
    """Follows orders during a script's run, which may never end.

    A new version of the file starts beside the run. If it loads, the run ends, and the new version takes over. If not,
    the run goes on. An order to stop ends the run, and is followed after it.

    For the plugin's own thread.

    Args:
        kits: have the run's limit.
        mail: brings the orders.
        instance: starts the new version.
        spec: returns the plugin's newest settings.
        refuse: takes any other order: a running plugin cannot follow it.
    """

    def __init__(
        self,
        kits: Kits,
        mail: Mailbox,
        instance: PresentInstance,
        *,
        spec: Callable[[], PluginSpec],
        refuse: Callable[[Trigger], None],
    ) -> None:
        self._kits, self._mail, self._instance = kits, mail, instance
        self._spec, self._refuse = spec, refuse
        self._limit = kits.newest.limit
        self._successor: Successor | None = None

    def begin(self) -> None:
        """A run begins."""
        self._limit = self._kits.newest.limit

    def follow(self) -> None:
        """Follow the orders that have come."""
        while self._successor is None and (order := self._mail.take_order(but=Trigger.STOP)) is not None:
            if order is Trigger.RELOAD:
                self._successor = self._instance.start_successor(self._spec())
            else:
                self._refuse(order)
        if self._successor is not None or self._mail.wants_stop:
            self._limit.stop()

    @property
    def has_successor(self) -> bool:
        """Whether a new version ended the run."""
        return self._successor is not None

    def take_successor(self) -> Successor | None:
        """Return the new version that ended the run; None if there is none."""
        successor, self._successor = self._successor, None
        return successor
