"""What can happen to a broker and to the connection, on demand."""

from __future__ import annotations

import os
import random
import resource
import signal
from enum import StrEnum
from pathlib import Path

from tests.broker import Broker
from tests.chaos.proxy import Proxy
from tests.chaos.subscriber import Subscriber

MORE = "persistence true\npersistence_location {folder}/\nmax_inflight_messages 0\nmax_queued_messages 0\n"
"""The configuration of the broker: it keeps its state on disk, and lets no message wait for the subscriber's
confirmations of others, because it would have confirmed it to the host, and lose it when it is killed."""
MOST_FROM_HOST, MOST_TO_HOST = 3_000, 50
"""A connection is cut after at most so many bytes: within the next dozen readings, or of their confirmations."""


class Trouble(StrEnum):
    """One kind of trouble."""

    KILL = "kill -9"
    RESTART = "restart"
    PAUSE = "SIGSTOP"
    FULL_DISK = "full disk"
    CUT_FROM_HOST = "cut from host"
    CUT_TO_HOST = "cut to host"


def schedule(seed: int, times: int, seconds: float) -> list[tuple[float, Trouble]]:
    """Return each kind of trouble `times` times, at random moments of so many seconds, in their order."""
    chance = random.Random(seed)
    return sorted((chance.uniform(0, seconds), each) for each in Trouble for _ in range(times))


class Troublemaker:
    """Makes trouble, and lets the host in again only when the subscriber is back.

    What a broker has confirmed and loses when it is killed, no host can know of. So the subscriber has to be there
    whenever the host is: then mosquitto has written a message to it before it confirms it to the host.

    Args:
        broker: runs.
        proxy: the host's way to it.
        subscriber: is connected.
        chance: for the details.
    """

    def __init__(self, broker: Broker, proxy: Proxy, subscriber: Subscriber, chance: random.Random) -> None:
        self._broker, self._proxy, self._subscriber, self._chance = broker, proxy, subscriber, chance
        self._begun: Trouble | None = None

    def begin(self, trouble: Trouble) -> None:
        """Begin a trouble. Blocks until the broker is gone, if it goes."""
        self._begun = trouble
        match trouble:
            case Trouble.KILL:
                self._broker.kill()
            case Trouble.RESTART:
                self._broker.stop()
            case Trouble.PAUSE:
                self._broker.pause()
            case Trouble.FULL_DISK:
                self._limit_files(0)
                os.kill(self._broker.pid, signal.SIGUSR1)  # it saves its state now
            case Trouble.CUT_FROM_HOST | Trouble.CUT_TO_HOST:
                is_from_host = trouble is Trouble.CUT_FROM_HOST
                most = MOST_FROM_HOST if is_from_host else MOST_TO_HOST
                self._proxy.cut_after(self._chance.randrange(most), from_host=is_from_host)
        if trouble in {Trouble.KILL, Trouble.RESTART}:
            self._proxy.close()

    @property
    def has_struck(self) -> bool:
        """Whether the trouble has come. A connection is cut only when enough bytes have gone through."""
        return not self._proxy.is_cutting

    def end(self) -> None:
        """End the trouble. Blocks until the broker and the subscriber are there."""
        trouble, self._begun = self._begun, None
        match trouble:
            case Trouble.KILL | Trouble.RESTART:
                self._subscriber.wait_until_lost()
                self._broker.start()
                self._subscriber.wait_until_ready()
                self._proxy.open()
            case Trouble.PAUSE:
                self._broker.resume()
            case Trouble.FULL_DISK:
                self._limit_files(resource.RLIM_INFINITY)

    def _limit_files(self, most: int) -> None:
        resource.prlimit(self._broker.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def configuration(folder: Path) -> str:
    """Return the lines of the broker's configuration."""
    return MORE.format(folder=folder)
