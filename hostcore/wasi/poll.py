"""wasi:io/poll: the only thing a guest can wait for is the time."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.clock import Clock
from hostcore.hostcall import CrashKind, HostFunctions, Resource, Trap

MAX_POLLABLES = 1024
"""How many pollables one instance may hold; a guest needs one at a time."""


class Pollables:
    """One instance's pollables, each a moment on the clock.

    Args:
        clock: the clock those moments are on.
        wait_until: blocks until a moment; raises `Trap` when the call's own time is over before that.
        type_id: the resource type of a pollable.
    """

    def __init__(self, clock: Clock, wait_until: Callable[[int], None], type_id: int) -> None:
        self._clock, self._wait_until, self._type_id = clock, wait_until, type_id
        self._moments: dict[int, int] = {}
        self._last = 0

    def functions(self) -> HostFunctions:
        """What the guest sees."""
        return {
            "wasi:clocks/monotonic-clock#subscribe-instant": self.create,
            "wasi:clocks/monotonic-clock#subscribe-duration": lambda ns: self.create(self._clock.monotonic_ns() + ns),
            "wasi:io/poll#[method]pollable.ready": lambda one: self._moment(one) <= self._clock.monotonic_ns(),
            "wasi:io/poll#[method]pollable.block": lambda one: self._wait_until(self._moment(one)),
            "wasi:io/poll#poll": self._poll,
        }

    def create(self, moment_ns: int = 0) -> Resource:
        """A pollable that is ready from `moment_ns` on."""
        if len(self._moments) >= MAX_POLLABLES:
            raise Trap(CrashKind.TRAP, f"holds {MAX_POLLABLES} pollables and asks for more")
        self._last += 1
        self._moments[self._last] = moment_ns
        return Resource(self._last, self._type_id)

    def drop(self, rep: int) -> None:
        """The guest gave the pollable back."""
        self._moments.pop(rep, None)

    def _moment(self, pollable: Resource) -> int:
        return self._moments[pollable.rep]

    def _poll(self, pollables: list[Resource]) -> list[int]:
        if not pollables:
            raise Trap(CrashKind.TRAP, "wasi:io/poll#poll traps on an empty list (WASI 0.2)")
        moments = [self._moment(each) for each in pollables]
        self._wait_until(min(moments))
        now = self._clock.monotonic_ns()
        return [index for index, moment in enumerate(moments) if moment <= now]
