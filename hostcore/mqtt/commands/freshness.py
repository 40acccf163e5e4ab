"""Refuses commands that were given before: kept by the broker, made long ago, or sent again by someone who heard them.

The transactions of the last minutes are remembered. Of older commands only their latest time is: if the clock is set
back, their time is fresh once more. For a command that was followed by the run before, there is the watermark: the
latest time of its commands, which is on the disk before the first is followed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

from hostcore.clock import NS_PER_S, Clock, duration, timestamp
from hostcore.errors import RefusedCommandError
from hostcore.mqtt.commands.request import TIME, TRANSACTION, Command

WINDOW_SECONDS = 60
"""By how many seconds the time of a command may differ from the node's clock."""
MOST_REMEMBERED = 4_096
"""The most transactions that are remembered. They are needed for two minutes each."""
REMEMBERED_NS = 2 * WINDOW_SECONDS * NS_PER_S
"""How long a transaction is remembered: its time may be a window ahead, and is fresh for another one."""
SET_BACK_NS = 86_400 * NS_PER_S
"""A watermark that is further ahead of the clock was made while the clock was wrong. It would forbid all commands."""
AHEAD_NS = 10 * NS_PER_S
"""By how much the watermark is ahead of the commands, so that a busy sender does not wear out an SD card."""


class Watermark(Protocol):
    """Keeps the latest time of a command that may have been followed, across restarts."""

    def read(self) -> int:
        """Return it, nanoseconds since the Unix epoch; 0 if there is none."""

    def write(self, time_ns: int) -> None:
        """Keep it. Blocks until it is on the disk."""


class Freshness:
    """Decides whether a command is new. Thread-safe.

    Args:
        clock: the node's clock.
        watermark: what the runs before have followed; it is read at once.
    """

    def __init__(self, clock: Clock, watermark: Watermark) -> None:
        self._clock, self._watermark = clock, watermark
        self._before_ns = watermark.read()
        """Commands up to this time may have been followed, by a run before or so long ago that they are forgotten."""
        self._written_ns = self._latest_ns = self._before_ns
        self._connected_ns = clock.monotonic_ns()
        self._lock = threading.Lock()
        self._used: OrderedDict[str, tuple[int, int]] = OrderedDict()
        """Each transaction, when it came, by the monotonic clock, and the time of its command, or 0 if that changes
        nothing; the oldest first."""

    def connected(self) -> None:
        """Note that a connection has begun. What was commanded before it is too old now."""
        with self._lock:
            self._connected_ns = self._clock.monotonic_ns()

    def require_new(self, command: Command, *, retained: bool, changes: bool) -> None:
        """Take note of a command that will be followed. Blocks while a file is written, if it changes something.

        Args:
            command: the command.
            retained: whether the broker kept it, or was to keep it.
            changes: whether it does more than read.

        Raises:
            RefusedCommandError: it is not new.
        """
        if retained:
            raise RefusedCommandError("the broker keeps it, so it may be from any time; send it without retain")
        with self._lock:
            self._require_fresh(command)
            self._forget_old()
            if changes:
                self._require_not_followed(command)
            self._require_unused(command, changes=changes)
            if changes:
                self._raise_watermark(command.time_ns)

    def _require_fresh(self, command: Command) -> None:
        now_ns = self._clock.wall_ns()
        times = f"its {TIME} is {timestamp(command.time_ns)}, and the clock of this node says {timestamp(now_ns)}"
        ahead_ns = command.time_ns - now_ns
        if abs(ahead_ns) > WINDOW_SECONDS * NS_PER_S:
            raise RefusedCommandError(
                f"{times}: they differ by {duration(abs(ahead_ns) / NS_PER_S)}, and {WINDOW_SECONDS} s are allowed. It "
                "is old, or one of the clocks is wrong; most Pis have none that runs without power, and get the time "
                "from the network (timedatectl)"
            )
        if -ahead_ns > self._clock.monotonic_ns() - self._connected_ns:
            raise RefusedCommandError(f"{times}: it is from before this node connected to the broker; send it again")

    def _forget_old(self) -> None:
        """Forget transactions whose time is fresh no more, unless the clock is set back."""
        long_ago_ns = self._clock.monotonic_ns() - REMEMBERED_NS
        while self._used and next(iter(self._used.values()))[0] < long_ago_ns:
            _, (_, time_ns) = self._used.popitem(last=False)
            self._before_ns = max(self._before_ns, time_ns)

    def _require_not_followed(self, command: Command) -> None:
        if command.time_ns <= self._before_ns < self._clock.wall_ns() + SET_BACK_NS:
            raise RefusedCommandError(
                f"its {TIME} is {timestamp(command.time_ns)}, and this node may have followed commands up to "
                f"{timestamp(self._before_ns)}, before a restart or before its clock was set back; send it again after "
                "that time"
            )

    def _require_unused(self, command: Command, *, changes: bool) -> None:
        if command.transaction in self._used:
            raise RefusedCommandError(f"its {TRANSACTION} was used before; each command needs one of its own")
        if len(self._used) >= MOST_REMEMBERED:
            raise RefusedCommandError(
                f"more than {MOST_REMEMBERED} commands came in {REMEMBERED_NS // NS_PER_S} s; wait a minute"
            )
        self._used[command.transaction] = self._clock.monotonic_ns(), command.time_ns if changes else 0

    def stop(self) -> None:
        """Follow no more commands: the watermark need not be ahead any more. Blocks while a file is written."""
        with self._lock:
            if self._latest_ns < self._written_ns:
                self._written_ns = self._latest_ns
                self._watermark.write(self._latest_ns)

    def _raise_watermark(self, time_ns: int) -> None:
        self._latest_ns = max(self._latest_ns, time_ns)
        if time_ns > self._written_ns:
            self._written_ns = time_ns + AHEAD_NS
            self._watermark.write(self._written_ns)
