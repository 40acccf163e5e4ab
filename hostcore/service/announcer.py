"""Announces to the manager that the host is ready, how its plugins are, and that it reads its settings again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from hostcore.events import PluginsChanged, StateChanged
from hostcore.events.stream import Numbered, Subscription
from hostcore.service.conditions import Conditions
from hostcore.service.notify import Manager
from hostcore.threads import HostThread

KINDS = (StateChanged, PluginsChanged)
"""The events that an announcer needs."""
END_SECONDS = 1.0
"""Seconds for which the end of a thread is awaited."""


class Announcer:
    """Follows the plugins on a thread of its own.

    The host is ready when each plugin was loaded once, or could not be: a driver whose sensor is missing must not keep
    the service from starting.

    Args:
        manager: is told.
        events: the events of `KINDS` since before the start of the host.
        refresh: reads host.toml and the plugins again. It may block.
    """

    def __init__(self, manager: Manager, events: Subscription, refresh: Callable[[], None]) -> None:
        self._manager, self._events, self._refresh = manager, events, refresh
        self._conditions = Conditions(())
        self._told = ""
        self._is_ready = False
        self._wanted, self._stopping = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        """Guards the messages: nothing may come between the begin and the end of a reload."""
        self._threads = (HostThread(self._follow, "announcer"), HostThread(self._reload, "reload by signal"))

    def start(self, plugins: Iterable[str]) -> None:
        """Announce from now on. Returns at once. `plugins` are the names of the plugins at the start.

        Raises:
            NoThreadError: a thread cannot be started.
        """
        self._conditions.know(plugins)
        for thread in self._threads:
            thread.start()

    def request_reload(self) -> None:
        """Read host.toml and the plugins again soon. Returns at once; a signal handler may call it."""
        self._wanted.set()

    def stop(self) -> None:
        """Announce the end, and stop. Blocks for two seconds at most, if a reload does not end."""
        self._stopping.set()
        self._wanted.set()
        self._events.close()
        self._manager.stopping()
        for thread in self._threads:
            thread.join(END_SECONDS)
        self._manager.close()

    def _follow(self) -> None:
        self._tell(())
        while batch := self._events.take():
            self._tell(batch)

    def _tell(self, batch: Iterable[Numbered]) -> None:
        with self._lock:
            for item in batch:
                if isinstance(item.event, StateChanged):
                    self._conditions.take(item.event)
                elif isinstance(item.event, PluginsChanged):
                    self._conditions.know(item.event.names)
            sentence = self._conditions.sentence()
            if self._conditions.are_loaded and not self._is_ready:
                self._is_ready = True
                self._manager.ready(sentence)
            elif sentence != self._told:
                self._manager.status(sentence)
            self._told = sentence

    def _reload(self) -> None:
        while self._wanted.wait() and not self._stopping.is_set():
            self._wanted.clear()
            with self._lock:
                self._manager.reloading()
                self._refresh()
                if self._is_ready:
                    self._manager.ready(self._told)
