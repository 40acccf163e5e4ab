"""The state that one plugin is in now."""

from __future__ import annotations

from hostcore.clock import NS_PER_S, Clock
from hostcore.events import State, StateChanged
from hostcore.events.stream import EventStream
from hostcore.supervisor.transitions import Trigger, next_state


class LifeCycle:
    """Holds a plugin's state, and publishes each change. Only the plugin's own thread changes it.

    Args:
        plugin: its name.
        clock: dates the changes.
        stream: gets the changes.
    """

    def __init__(self, plugin: str, clock: Clock, stream: EventStream) -> None:
        self._plugin, self._clock, self._stream = plugin, clock, stream
        self._state, self._cause, self._retry_ns, self._is_searching = State.DISCOVERED, "", 0, False

    @property
    def state(self) -> State:
        """The present state. For any thread."""
        return self._state

    def move(
        self, trigger: Trigger, cause: str, retry_ns: int = 0, *, is_searching: bool = False, version: str = ""
    ) -> None:
        """Go to the state that follows `trigger`.

        Args:
            trigger: the reason.
            cause: the reason in one line for a person.
            retry_ns: when the plugin will get a new instance by itself, on the monotonic clock; 0 if that is not known.
            is_searching: the host is looking for the line of a crash. It does so until the next change.
            version: the version of the file that was loaded; "" if none was.

        Raises:
            TransitionError: no state follows; the state stays.
        """
        self._enter(next_state(self._state, trigger), cause, retry_ns, is_searching=is_searching, version=version)

    def explain(self, cause: str, retry_ns: int = 0) -> None:
        """Stay in the present state, with a cause or a moment of the retry that is known only now.

        The search for the line of a crash is over.
        """
        self._enter(self._state, cause, retry_ns, is_searching=False)

    def _enter(self, state: State, cause: str, retry_ns: int, *, is_searching: bool, version: str = "") -> None:
        new = state, cause, retry_ns, is_searching
        if new == (self._state, self._cause, self._retry_ns, self._is_searching):
            return
        before = self._state
        self._state, self._cause, self._retry_ns, self._is_searching = new
        wait_ns = max(0, retry_ns - self._clock.monotonic_ns()) if retry_ns else 0
        self._stream.publish(
            StateChanged(
                self._clock.wall_ns(),
                self._plugin,
                before,
                state,
                cause,
                retry_seconds=wait_ns / NS_PER_S,
                is_searching=is_searching,
                version=version,
            )
        )
