"""Relays and other actuators that are on or off, which all plugins share. Trains of pulses run on their own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from hostcore.actuators.account import Account, Wanted, described, started
from hostcore.backends.base import GpioLine
from hostcore.buses.effects import Asked, Done
from hostcore.buses.shared import Buses
from hostcore.config.actuators import RelaySettings
from hostcore.errors import AccessDeniedError, UnsupportedError
from hostcore.events import HOST, Event, Level, LogWritten, Message, RelaySwitched
from hostcore.log.safe_text import log_line
from hostcore.place import GPIO, Place
from hostcore.quick_dataclass import dataclass
from hostcore.threads import HostThread

STOP_SECONDS = 0.5
"""The longest wait for the end of the thread, in seconds."""
RETRY_NS = 1_000_000_000
"""Nanoseconds between two attempts to switch a relay off."""
LOOK_NS = 250_000_000
"""Nanoseconds between two checks whether the plugin of a train has stopped."""
RETRIES = 10
"""How often the attempt is repeated."""


@dataclass(slots=True)
class _Relay:
    place: Place
    active_low: bool
    on: bool = False
    is_used: bool = False
    is_told: bool = False
    """Whether an event has told its state: nobody knows how the line of one was that was never switched."""


@dataclass(frozen=True, slots=True)
class Train:
    """A train of pulses."""

    count: int
    """The number of pulses, at least 1."""
    on_ns: int
    """The shortest duration of each pulse, in nanoseconds."""
    off_ns: int
    """The shortest pause between two pulses, in nanoseconds."""


@dataclass(slots=True)
class _Running:
    """A train on its way."""

    train: Train
    account: Account
    wanted: Wanted | None
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
        self._trains: dict[str, _Running] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ended = False
        self._thread: HostThread | None = None

    def place(self, name: str) -> Place:
        """Return the place of a relay's line; that of all lines if host.toml has no such relay."""
        relay = self._relays.get(name)
        return Place(GPIO) if relay is None else relay.place

    def write(self, account: Account, wanted: Wanted, name: str, on: bool) -> None:
        """Switch a relay. This ends its pulses. Blocks until its line is free.

        Args:
            account: the account of the effect.
            wanted: returns the permission that it needs.
            name: the relay.
            on: the state to switch to.

        Raises:
            BusError: it is not permitted, there is no such relay, or its line failed.
        """
        self._switch(account, wanted, name, on, then=lambda: self._trains.pop(name, None))

    def signal(self, name: str, on: bool, alarm: str) -> None:
        """Switch a relay for an alarm, as the host itself. This ends its pulses. Does not wait for the line.

        Args:
            name: the relay.
            on: the state to switch to.
            alarm: the alarm.

        Raises:
            BusError: there is no such relay, its line failed, or the host is stopping.
            Trap: another access holds the line.
        """
        if on and self._ended:
            raise UnsupportedError("the host is stopping; relays stay off")
        self._switch(self._host, None, name, on, then=lambda: self._trains.pop(name, None), alarm=alarm)

    def read(self, name: str) -> bool:
        """Return whether a relay is on. Does not block. Raises like `write`."""
        return self._relay(name).on

    def pulse(self, account: Account, wanted: Wanted, name: str, train: Train) -> None:
        """Switch a relay on now, and run the rest of a train in the background. This replaces a running train.

        The train ends, and the relay goes off, when its plugin stops or loses the permission.

        Args:
            account: the account of the train.
            wanted: returns the permission that each of its effects needs.
            name: the relay.
            train: the pulses.

        Raises:
            BusError: like `write`.
        """
        background = account.in_background()

        def begin() -> None:
            due_ns = self._clock.monotonic_ns() + train.on_ns
            self._trains[name] = _Running(train, background, wanted, left=2 * train.count - 1, due_ns=due_ns)

        self._need_thread()  # first, because a relay that is on needs it to go off again
        self._switch(account, wanted, name, True, then=begin)
        self._wake.set()

    def stop(self) -> None:
        """End all trains and switch off all relays that were ever used. Blocks for less than a second."""
        with self._lock:
            self._ended = True
            self._trains.clear()
            used = [name for name, relay in self._relays.items() if relay.is_used]
        self._wake.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        for name in used:
            self._switch_off(name)

    def _need_thread(self) -> None:
        with self._lock:
            if self._thread is None and not self._ended:
                self._thread = started(self._run, "relays", "relays cannot pulse now")

    def _run(self) -> None:
        while not self._ended:
            self._wake.clear()
            with self._lock:
                running = dict(self._trains)
            if not running:
                self._wake.wait()
                continue
            nearest = min(each.due_ns for each in running.values())
            self._clock.wait_until(min(nearest, self._clock.monotonic_ns() + LOOK_NS), self._wake)
            now = self._clock.monotonic_ns()
            for name, each in running.items():
                if each.account.has_stopped:
                    self._end(name, each)
                elif each.due_ns <= now:
                    self._step(name, each)

    def _step(self, name: str, running: _Running) -> None:
        on = running.left % 2 == 0
        try:
            self._switch(
                running.account,
                running.wanted,
                name,
                on,
                if_=lambda: self._is_running(name, running),
                then=lambda: self._go_on(name, running, on),
            )
        except AccessDeniedError as error:
            self._log(running.account, f"the pulses of relay {name} end: {error}")
            self._end(name, running)
        except Exception as error:  # noqa: BLE001 - a defect must not end the thread and leave relays on
            self._failed(name, running, on, described(error))

    def _go_on(self, name: str, running: _Running, on: bool) -> None:
        running.left -= 1
        running.due_ns = self._clock.monotonic_ns() + (running.train.on_ns if on else running.train.off_ns)
        self._forget_if_over(name, running)

    def _failed(self, name: str, running: _Running, on: bool, problem: str) -> None:
        """From now on, the relay only has to be switched off."""
        self._log(running.account, f"relay {name} cannot be switched {'on' if on else 'off'}: {problem}")
        with self._lock:
            running.failures += 1
            running.left = 1 if running.failures <= RETRIES else 0
            running.due_ns = self._clock.monotonic_ns() + RETRY_NS
            self._forget_if_over(name, running)

    def _forget_if_over(self, name: str, running: _Running) -> None:
        if not running.left and self._is_running(name, running):
            del self._trains[name]

    def _is_running(self, name: str, running: _Running) -> bool:
        return self._trains.get(name) is running

    def _end(self, name: str, running: _Running) -> None:
        """End a train that may not go on: all that is left is that the host switches its relay off."""
        running.account, running.wanted, running.left = self._host, None, 1
        self._step(name, running)

    def _switch_off(self, name: str) -> None:
        try:
            self._switch(self._host, None, name, False, then=lambda: None)
        except Exception as error:  # noqa: BLE001 - the other relays have to be switched off too
            self._log(self._host, f"relay {name} cannot be switched off: {described(error)}")

    def _switch(
        self,
        account: Account,
        wanted: Wanted | None,
        name: str,
        on: bool,
        *,
        if_: Callable[[], bool] = lambda: True,
        then: Callable[[], object],
        alarm: str = "",
    ) -> None:
        """Switch a relay. `if_` and `then` run with the lock held, while no other thread can switch the same relay."""
        known = self._relays.get(name)
        level = on is not (known is not None and known.active_low)
        sent = (Message(True, bytes((level,))),)

        def opened(place: Place) -> GpioLine:
            self._relay(name)
            return self._buses.gpio_line(place)

        def switch(line: GpioLine) -> Done[None]:
            relay = self._relay(name)
            with self._lock:
                if self._ended and account is not self._host:
                    raise UnsupportedError("the host is stopping; relays stay off")
                if not if_():
                    return Done(None)
                relay.is_used = True
            line.write(level)
            with self._lock:
                then()
            if relay.on is not on or not relay.is_told:
                relay.on, relay.is_told = on, True
                now, is_simulated = self._clock.wall_ns(), GPIO in self._buses.simulated
                who = account.by_person, alarm, account.through
                self._publish(RelaySwitched(now, account.plugin, name, on, is_simulated, *who))
            return Done(None, sent)

        account.perform(self.place(name), wanted, opened, switch, Asked(sent))

    def _log(self, account: Account, text: str) -> None:
        now = self._clock.wall_ns()
        self._publish(LogWritten(now, account.plugin or HOST, Level.WARNING, log_line(text), by_host=True))

    def _relay(self, name: str) -> _Relay:
        relay = self._relays.get(name)
        if relay is None:
            listed = f"only these: {', '.join(self._relays)}" if self._relays else "and no other"
            raise UnsupportedError(
                f"host.toml has no relay {name!r}, {listed}; add the table [relays.{name}] with its line"
            )
        return relay
