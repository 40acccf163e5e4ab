"""The state that one plugin is in now."""

from __future__ import annotations

from hostcore.clock import NS_PER_S, Clock
from hostcore.events import State, StateChanged
from hostcore.events.stream import EventStream
from hostcore.quick_dataclass import dataclass, replace
from hostcore.supervisor.transitions import Trigger, next_state


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a plugin is in its state. See `LifeCycle.move`."""

    cause: str
    retry_ns: int = 0
    is_searching: bool = False
    lacks_libraries: bool = False
    rejected: str = ""
    broken_line: int = 0


class LifeCycle:
    """Holds a plugin's state, and publishes each change. Only the plugin's own thread changes it.

    Args:
        plugin: its name.
        clock: dates the changes.
        stream: gets the changes.
    """

    def __init__(self, plugin: str, clock: Clock, stream: EventStream) -> None:
        self._plugin, self._clock, self._stream = plugin, clock, stream
        self._state, self._now = State.DISCOVERED, _Reason("")

    @property
    def state(self) -> State:
        """The present state. For any thread."""
        return self._state

    def move(
        self,
        trigger: Trigger,
        cause: str,
        retry_ns: int = 0,
        *,
        is_searching: bool = False,
        version: str = "",
        lacks_libraries: bool = False,
        broken_line: int = 0,
        is_woken: bool = False,
    ) -> None:
        """Go to the state that follows `trigger`.

        Args:
            trigger: the reason.
            cause: the reason in one line for a person.
            retry_ns: when the plugin will get a new instance by itself, on the monotonic clock; 0 if that is not known.
            is_searching: the host is looking for the line of a crash. It does so until the next change.
            version: the version of the file that was loaded; "" if none was.
            lacks_libraries: the libraries of its newest version have not been fetched.
            broken_line: the line of the file, from 1 on, that keeps it from being used; 0 if none is known.
            is_woken: whether its instance goes on where it was when the host stopped.

        Raises:
            TransitionError: no state follows; the state stays.
        """
        after, before = next_state(self._state, trigger), self._now
        if before.rejected:  # what is wrong with the version that is not taken stays so
            lacks_libraries, broken_line = lacks_libraries or before.lacks_libraries, broken_line or before.broken_line
        reason = _Reason(cause, retry_ns, is_searching, lacks_libraries, before.rejected, broken_line)
        self._enter(after, reason, version, is_woken=is_woken)

    def explain(self, cause: str, retry_ns: int = 0) -> None:
        """Stay in the present state, with a cause or a moment of the retry that is known only now.

        The search for the line of a crash is over.

        Args:
            cause: the reason for the state, in one line for a person.
            retry_ns: as for `move`.
        """
        self._enter(self._state, replace(self._now, cause=cause, retry_ns=retry_ns, is_searching=False))

    def reject(self, problem: str, *, lacks_libraries: bool, broken_line: int = 0) -> None:
        """Stay in the present state with the version that runs: the newest version of the file is not taken.

        Args:
            problem: why, in one line for a person. It holds until `forget_rejected`.
            lacks_libraries: as for `move`.
            broken_line: as for `move`.
        """
        now = replace(self._now, rejected=problem, lacks_libraries=lacks_libraries, broken_line=broken_line)
        self._enter(self._state, now)

    def forget_rejected(self) -> None:
        """Stay in the present state: there is a newer version than the one that was not taken, or it will be loaded."""
        if self._now.rejected:
            self._enter(self._state, replace(self._now, rejected="", lacks_libraries=False, broken_line=0))

    def _enter(self, state: State, now: _Reason, version: str = "", *, is_woken: bool = False) -> None:
        if (state, now) == (self._state, self._now):
            return
        before, retry_ns = self._state, now.retry_ns
        self._state, self._now = state, now
        wait_ns = max(0, retry_ns - self._clock.monotonic_ns()) if retry_ns else 0
        self._stream.publish(
            StateChanged(
                self._clock.wall_ns(),
                self._plugin,
                before,
                state,
                now.cause,
                retry_seconds=wait_ns / NS_PER_S,
                is_searching=now.is_searching,
                version=version,
                lacks_libraries=now.lacks_libraries,
                rejected=now.rejected,
                broken_line=now.broken_line,
                is_woken=is_woken,
            )
        )
