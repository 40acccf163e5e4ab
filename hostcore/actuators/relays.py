"""Relays and other actuators that are on or off, which all plugins share. Trains of pulses run on their own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hostcore.actuators.account import Account
from hostcore.backends.base import GpioLine
from hostcore.buses.effects import Asked, Done
from hostcore.buses.shared import Buses
from hostcore.config.actuators import RelaySettings
from hostcore.errors import BusError, UnsupportedError
from hostcore.events import HOST, Event, Level, LogWritten, Message, RelaySwitched
from hostcore.hostcall import Trap
from hostcore.log.plugin_log import log_line
from hostcore.place import GPIO, Place

STOP_SECONDS = 0.5
"""The longest wait for the end of the thread, in seconds."""
RETRY_NS = 1_000_000_000
"""Nanoseconds between two attempts to switch a relay off."""
RETRIES = 10
"""How often the attempt is repeated."""


@dataclass(slots=True)
class _Relay:
    place: Place
    active_low: bool
    on: bool = False
    is_used: bool = False


@dataclass(slots=True)
class _Train:
    """A running train of pulses."""

    account: Account
    on_ns: int
    off_ns: int
    left: int
    """How often the relay is still to be switched. The last time switches it off."""
    due_ns: int
    """The time of the next switch, on the host's clock."""
    failures: int = 0
    """How often the relay could not be switched."""


class Relays:
    """All relays of host.toml. Thread-safe. A line is opened when its relay is first switched.

    Args:
        settings: ``[relays]`` of host.toml.
        buses: all buses.
        host: the host's own account.
        publish: takes the events.
    """

    def __init__(
        self, settings: Iterable[RelaySettings], buses: Buses, host: Account, publish: Callable[[Event], None]
    ) -> None:
        self._relays = {each.name: _Relay(Place(GPIO, each.line), each.active_low) for each in settings}
        self._buses, self._clock, self._host, self._publish = buses, buses.clock, host, publish
        self._trains: dict[str, _Train] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ended = False
        self._thread: threading.Thread | None = None

    def place(self, name: str) -> Place:
        """Return the place of a relay's line; that of all lines if host.toml has no such relay."""
        relay = self._relays.get(name)
        return Place(GPIO) if relay is None else relay.place

    def write(self, account: Account, name: str, on: bool) -> None:
        """Switch a relay. This ends its pulses. Blocks until its line is free.

        Raises:
            BusError: there is no such relay, or its line failed.
        """
        with self._lock:
            self._require_running()
            self._switch(account, name, on)
            self._trains.pop(name, None)

    def read(self, name: str) -> bool:
        """Return whether a relay is on. Does not block. Raises like `write`."""
        return self._relay(name).on

    def pulse(self, account: Account, name: str, count: int, on_ns: int, off_ns: int) -> None:
        """Switch a relay on now, and run the rest of `count` pulses in the background. This replaces running pulses.

        Args:
            account: the account of the pulses.
            name: the relay.
            count: the number of pulses, at least 1.
            on_ns: the shortest duration of each pulse, in nanoseconds.
            off_ns: the shortest pause between two pulses, in nanoseconds.

        Raises:
            BusError: like `write`.
        """
        with self._lock:
            self._require_running()
            self._switch(account, name, True)
            due_ns = self._clock.monotonic_ns() + on_ns
            self._trains[name] = _Train(account.in_background(), on_ns, off_ns, left=2 * count - 1, due_ns=due_ns)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="relays", daemon=True)
                self._thread.start()
        self._wake.set()

    def stop(self) -> None:
        """End all pulses and switch off all relays that were ever used. Blocks for less than a second."""
        with self._lock:
            self._ended = True
            self._trains.clear()
            used = [name for name, relay in self._relays.items() if relay.is_used]
        self._wake.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        for name in used:
            self._switch_or_tell(self._host, name, False)

    def _run(self) -> None:
        while True:
            self._wake.clear()
            if self._ended:
                return
            with self._lock:
                nearest = min(self._trains.items(), key=lambda each: each[1].due_ns, default=None)
            if nearest is None:
                self._wake.wait()
            elif not self._clock.wait_until(nearest[1].due_ns, self._wake):
                self._step(*nearest)

    def _step(self, name: str, train: _Train) -> None:
        with self._lock:
            if self._trains.get(name) is not train:
                return
            on = train.left % 2 == 0
            if self._switch_or_tell(train.account, name, on):
                train.left -= 1
                train.due_ns = self._clock.monotonic_ns() + (train.on_ns if on else train.off_ns)
            else:  # from now on, the relay only has to be switched off
                train.failures += 1
                train.left = 1 if train.failures <= RETRIES else 0
                train.due_ns = self._clock.monotonic_ns() + RETRY_NS
            if not train.left:
                del self._trains[name]

    def _switch_or_tell(self, account: Account, name: str, on: bool) -> bool:
        """Switch a relay. Log the error, because no caller can take it. Returns whether it was switched."""
        try:
            self._switch(account, name, on)
        except (BusError, Trap) as error:
            text = log_line(f"relay {name} cannot be switched {'on' if on else 'off'}: {error}")
            self._publish(LogWritten(self._clock.wall_ns(), account.plugin or HOST, Level.WARNING, text))
            return False
        return True

    def _switch(self, account: Account, name: str, on: bool) -> None:
        relay = self._relay(name)
        level = on is not relay.active_low
        sent = (Message(True, bytes((level,))),)

        def switch(line: GpioLine) -> Done[None]:
            relay.is_used = True
            return Done(line.write(level), sent)

        account.perform(relay.place, None, self._buses.gpio_line, switch, Asked(sent))
        if relay.on is not on:
            relay.on = on
            self._publish(RelaySwitched(self._clock.wall_ns(), account.plugin, name, on))

    def _relay(self, name: str) -> _Relay:
        relay = self._relays.get(name)
        if relay is None:
            listed = ", ".join(self._relays) or "none"
            raise UnsupportedError(
                f"host.toml has no relay {name!r}, only these: {listed}; add the table [relays.{name}] with its line"
            )
        return relay

    def _require_running(self) -> None:
        if self._ended:
            raise UnsupportedError("the host is stopping; relays stay off")
