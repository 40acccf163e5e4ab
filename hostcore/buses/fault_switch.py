"""Switches faults on demand on and off, and ends those that a person set."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence

from hostcore.buses.shared import Buses
from hostcore.errors import HostError
from hostcore.events import Event, FaultsSet
from hostcore.faults.model import Fault, problem_of
from hostcore.place import BusName
from hostcore.threads import HostThread

LONGEST_S = 600.0
"""Seconds after which the faults that a person set end by themselves."""
MOST_FAULTS = 32
"""The most faults at the same time. Each transfer of a bus looks at all faults of that bus."""
PACE_S = 0.5
"""Seconds between two looks for faults that are over."""
RESTATE = 60
"""Looks after which the faults are told again, for front ends that have lost events: no fault may be on unseen."""


class FaultSwitch:
    """Sets the faults of a host's buses, and tells of them. Thread-safe.

    Args:
        buses: the buses.
        names: the names of all buses in host.toml.
        settings: the faults of host.toml. They end only if they say so.
        publish: takes an event for each change.
        warn: takes one line for a person.
    """

    def __init__(
        self,
        buses: Buses,
        names: Collection[BusName],
        settings: Sequence[Fault],
        *,
        publish: Callable[[Event], None],
        warn: Callable[[str], None],
    ) -> None:
        self._buses, self._names, self._settings = buses, names, tuple(settings)
        self._publish, self._warn = publish, warn
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._watch: HostThread | None = None

    def start(self) -> None:
        """Set the faults of host.toml, if there are any. Returns at once."""
        if self._settings:
            with self._lock:
                self._apply(self._settings)
            self._warn(f"faults on demand are on, by [[simulation.faults]] of host.toml: {listed(self._settings)}")

    def set(self, faults: Sequence[Fault]) -> None:
        """Replace all faults. Those that host.toml does not have end after `LONGEST_S`. Returns at once.

        Raises:
            HostError: there are too many, one is not possible, there is no such bus, or nothing could end them because
                no thread can be started. Nothing has changed.
        """
        self._check(faults)
        with self._lock:
            latest_s = self._buses.injector.elapsed_s + LONGEST_S
            own = frozenset(self._settings)
            self._apply(tuple(each if each in own else each.until(latest_s) for each in faults))
        self._warn(f"faults on demand: {listed(faults)}" if faults else "all faults on demand are off")

    def stop(self) -> None:
        """End all faults, and every transfer that one of them holds up."""
        self._stopping.set()
        self._buses.injector.stop()
        if self._watch is not None:
            self._watch.join()

    def end_those_over(self) -> None:
        """Take away the faults whose time is over."""
        with self._lock:
            before, elapsed_s = self._buses.injector.faults, self._buses.injector.elapsed_s
            left = tuple(each for each in before if not each.is_over(elapsed_s))
            if left == before:
                return
            self._apply(left)
        over = [each for each in before if each not in left]
        self._warn(f"faults on demand that have ended: {listed(over)}")

    def _check(self, faults: Sequence[Fault]) -> None:
        if len(faults) > MOST_FAULTS:
            raise HostError(f"found {len(faults)} faults, allowed are {MOST_FAULTS} at the same time")
        for fault in faults:
            if fault.bus not in self._names:
                raise HostError(f"{fault}: host.toml has no {fault.bus}; it has {', '.join(self._names)}")
            if problem := problem_of(fault) or self._buses.injector.sites.problem_of(fault):
                raise HostError(f"{fault}: {problem}")

    def _apply(self, faults: tuple[Fault, ...]) -> None:
        if any(each.to_s is not None for each in faults) and self._watch is None:
            watch = HostThread(self._watch_for_ends, "faults")
            watch.start()  # first: without it, the faults would not end
            self._watch = watch
        self._buses.set_faults(faults)
        self._tell()

    def _tell(self, *, is_restated: bool = False) -> None:
        self._publish(FaultsSet(self._buses.clock.wall_ns(), self._buses.injector.faults, is_restated))

    def _watch_for_ends(self) -> None:
        looks = 0
        while not self._stopping.wait(PACE_S):
            self.end_those_over()
            looks += 1
            if looks % RESTATE == 0:
                with self._lock:
                    self._tell(is_restated=True)


def listed(faults: Sequence[Fault]) -> str:
    """Return faults in one line for a person."""
    return "; ".join(map(str, faults))
