"""wasi:io/poll. Guests can wait for nothing but time."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.clock import Clock
from hostcore.hostcall import CrashKind, HostFunctions, Resource, Trap

MAX_POLLABLES = 1024
"""Most pollables that one instance may hold. A guest needs one at a time."""


class Pollables:
    """The pollables of one instance. Each is a moment on the clock.

    Args:
        clock: the clock of these moments.
        wait_until: blocks until a moment; raises `Trap` if the call's time runs out first.
        type_id: the resource type of a pollable.
    """

    def __init__(self, clock: Clock, wait_until: Callable[[int], None], type_id: int) -> None:
        self._clock, self._wait_until, self._type_id = clock, wait_until, type_id
        self._moments: dict[int, int] = {}
        self._last = 0

    def functions(self) -> HostFunctions:
        """The functions that the guest calls."""
        return {
            "wasi:clocks/monotonic-clock#subscribe-instant": self.create,
            "wasi:clocks/monotonic-clock#subscribe-duration": lambda ns: self.create(self._clock.monotonic_ns() + ns),
            "wasi:io/poll#[method]pollable.ready": lambda one: self._moment(one) <= self._clock.monotonic_ns(),
            "wasi:io/poll#[method]pollable.block": lambda one: self._wait_until(self._moment(one)),
            "wasi:io/poll#poll": self._poll,
        }

    def create(self, moment_ns: int = 0) -> Resource:
        """Create a pollable that is ready from `moment_ns` on."""
        if len(self._moments) >= MAX_POLLABLES:
            raise Trap(CrashKind.TRAP, f"asked for more than {MAX_POLLABLES} pollables at a time")
        self._last += 1
        self._moments[self._last] = moment_ns
        return Resource(self._last, self._type_id)

    def drop(self, rep: int) -> None:
        """Forget a pollable that the guest dropped."""
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
