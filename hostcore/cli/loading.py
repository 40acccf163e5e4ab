"""Whether the plugins of a host are loaded. The first start on a computer builds and compiles, which takes minutes."""

from __future__ import annotations

from hostcore.events import State, StateChanged
from hostcore.host import Host

UNLOADED = (State.DISCOVERED, State.LOADING)


class Loading:
    """Follows the first load of each plugin of a host. For one thread.

    Args:
        host: the host, which has not started yet.
    """

    def __init__(self, host: Host) -> None:
        self._host, self._events = host, host.subscribe(StateChanged)
        self._loaded: set[str] = set()
        self._is_over = False

    def is_over(self) -> bool:
        """Whether every plugin was loaded, or could not be. Does not block. Call it after the host has started."""
        if not self._is_over:
            changes = [item.event for item in self._events.take(0)]
            self._loaded |= {
                each.plugin for each in changes if isinstance(each, StateChanged) and each.after not in UNLOADED
            }
            self._is_over = all(plugin.name in self._loaded for plugin in self._host.plugins())
            if self._is_over:
                self._events.close()
        return self._is_over
