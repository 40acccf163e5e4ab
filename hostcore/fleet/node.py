"""One node, folded from what it says of itself."""

from __future__ import annotations

from hostcore.broker.bodies import NodeHealth, NodeInfo
from hostcore.broker.message import Arrived
from hostcore.broker.topics import HEALTH, INFO, OFFLINE, ONLINE, STATUS
from hostcore.fleet.model import MOST_CLOCK_OFF, NodeStatus, Standing
from hostcore.fleet.natural import natural
from hostcore.fleet.reading import health_of, info_of, unix_seconds
from hostcore.fleet.room import Room
from hostcore.fleet.standing import PATIENCE, by_health, conflict, named_twice, offline, silent, unknown

CONFLICT_SECONDS = 300.0
"""How long two hosts under one name are told after the last sign of them."""
SETTLE_SECONDS = 10.0
"""How long the broker may take to deliver what it has kept, after we have connected or asked again, and a host to say
that it is online."""
GONE_SECONDS = 300.0
"""After this time, a node is forgotten of which the broker has not delivered anything again. Nodes come back within a
minute after a broker has lost what it kept."""
MOST_RUNS = 8
"""The most runs of a node that are remembered, to notice that an earlier one speaks again."""
_NO_INFO, _NO_HEALTH = NodeInfo("", "", "", "", interval=0.0), NodeHealth("")
"""What stands in for what a node has not said."""
PARTS = frozenset({STATUS, INFO, HEALTH})
"""The topics from which the line of a node is made."""


class Node:
    """One node of a fleet.

    Args:
        name: its name.
        room: what the messages of all nodes share.
    """

    def __init__(self, name: str, room: Room) -> None:
        self.name, self.order = name, natural(name)
        self._room = room
        self._sizes: dict[str, int] = {}
        """Bytes of the parts that are kept."""
        self.info: NodeInfo | None = None
        self.health: NodeHealth | None = None
        self._is_online: bool | None = None
        self._offline_since: float | None = None
        """When its status became offline; None if it is not, or a newer one can have come which we did not get."""
        self._heard: float | None = None
        """When something came from it that the broker had not kept."""
        self._clock_off: float | None = None
        self._run = ""
        """The run that spoke last."""
        self._superseded: dict[str, None] = {}
        """Earlier runs, the latest last."""
        self._conflict_until, self._conflict_why = 0.0, ""
        self._checked_since: float | None = None
        """Since when we wait for the broker to deliver anything of it again; None if it has."""
        self._problems: dict[str, str] = {}
        self._status: NodeStatus | None = None
        self._made_at, self._due = 0.0, float("inf")
        """Between these times, `_status` holds if nothing comes."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of it any more: it was removed."""
        return self._is_online is None and self.info is None and self.health is None and not self._problems

    @property
    def plugins(self) -> tuple[str, ...] | None:
        """The plugins that it says it has; None if it has not said."""
        return self.info.plugins if self.info else None

    def fold(self, part: str, arrived: Arrived, now: float) -> None:
        """Take in a message of one of `PARTS`. It is heard if it speaks now, in words that can be read."""
        self._status = self._checked_since = None
        self._problems.pop(part, None)
        try:
            if part == STATUS:
                self._take_status(arrived.payload, now)
            elif part == INFO:
                self._take_info(arrived, now)
            else:
                self._take_health(arrived, now)
        except ValueError as error:
            self.refuse(part, str(error))
            return
        if not arrived.retained and arrived.payload not in {OFFLINE, b""}:  # the last will is the broker's
            self._hear(now)

    def refuse(self, part: str, problem: str) -> None:
        """Note that a message cannot be read."""
        self._status = self._checked_since = None
        self._problems[part] = f"{part} {problem}"

    def hear(self, run: str, now: float) -> None:
        """Note that something else came from it now.

        Args:
            run: the run of its host that spoke; "" if it did not say.
            now: the present.
        """
        self._status = self._checked_since = None
        self._take_run(run, now, is_kept=False)
        self._hear(now)

    def suspect(self, why: str, now: float) -> None:
        """Note that somebody else may publish under its name."""
        self._status = None
        self._conflict_until, self._conflict_why = now + CONFLICT_SECONDS, why

    def change_link(self) -> None:
        """Note that we have got or lost the broker."""
        self._status = None

    def lose(self) -> None:
        """Note that messages may have come which we did not get. Only `check` tells again what the broker has."""
        self._status = self._checked_since = self._offline_since = None

    def check(self, now: float) -> None:
        """Wait for the broker to deliver again what it has kept of it."""
        self._status, self._checked_since, self._offline_since = None, now, None

    def is_gone(self, now: float) -> bool:
        """Return whether the broker had time enough for that, and has nothing of it."""
        return self._checked_since is not None and now - self._checked_since >= GONE_SECONDS

    def status(self, now: float, since: float | None) -> NodeStatus:
        """Return its line.

        Args:
            now: the present.
            since: since when we have the broker; None if we have not.
        """
        if self._status is None or not self._made_at <= now < self._due:
            self._mind_clock(now)
            self._status = self._made(now, since)
        return self._status

    def _mind_clock(self, now: float) -> None:
        """Take what was of a time after now for present: the clock of this computer was set back since."""
        self._made_at = now
        if self._heard is not None:
            self._heard = min(self._heard, now)
        if self._checked_since is not None:
            self._checked_since = min(self._checked_since, now)

    def clear(self) -> None:
        """Give its room back."""
        self._find_room(INFO, 0)
        self._find_room(HEALTH, 0)

    def _find_room(self, part: str, size: int) -> None:
        """Find room for a part in the place of the one that is kept.

        Raises:
            ValueError: there is none.
        """
        if not self._room.exchange(self._sizes.get(part, 0), size):
            raise ValueError(f"has {size} bytes: there is no room for it beside those of all other nodes")
        self._sizes[part] = size

    def _hear(self, now: float) -> None:
        """Note that it speaks now. A host soon says that it is online, also after the will of an earlier connection."""
        self._heard = now
        if self._offline_since is not None and now - self._offline_since >= SETTLE_SECONDS:
            self.suspect("it speaks although its status is offline", now)

    def _take_status(self, payload: bytes, now: float) -> None:
        self._offline_since = now if payload == OFFLINE else None
        if payload not in {ONLINE, OFFLINE, b""}:
            self._is_online = None
            raise ValueError("is neither online nor offline")
        self._is_online = payload == ONLINE if payload else None

    def _take_info(self, arrived: Arrived, now: float) -> None:
        info = info_of(arrived.payload) if arrived.payload else None
        self._find_room(INFO, len(arrived.payload))
        self.info = info
        if self.info:
            self._take_run(self.info.run, now, is_kept=arrived.retained)

    def _take_health(self, arrived: Arrived, now: float) -> None:
        self.health = None  # words that cannot be read leave a node whose condition is unknown, not that of before
        self._find_room(HEALTH, 0)
        health = health_of(arrived.payload) if arrived.payload else None
        self._find_room(HEALTH, len(arrived.payload))
        self.health = health
        if self.health is None:
            return
        if not arrived.retained:  # what was kept may be of the run before
            self._take_run(self.health.run, now, is_kept=False)
        told = unix_seconds(self.health.time)
        if told is not None and (not arrived.retained or told > now):  # what was kept may be old, but not of tomorrow
            off = told - now
            self._clock_off = off if abs(off) > MOST_CLOCK_OFF else None

    def _take_run(self, run: str, now: float, *, is_kept: bool) -> None:
        """Note which run of its host speaks. An earlier one that speaks again is another host."""
        if not run or run == self._run:
            return
        if run in self._superseded and not is_kept:
            self.suspect("", now)
        if self._run:
            self._superseded.pop(self._run, None)
            self._superseded[self._run] = None
        self._run = run
        if len(self._superseded) > MOST_RUNS:
            del self._superseded[next(iter(self._superseded))]

    def _made(self, now: float, since: float | None) -> NodeStatus:
        info, health = self.info or _NO_INFO, self.health or _NO_HEALTH
        quiet_after = self._quiet_after(since)
        lacking_after = None if self._checked_since is None or since is None else self._checked_since + SETTLE_SECONDS
        is_quiet, is_lacking = (each is not None and now >= each for each in (quiet_after, lacking_after))
        standing, reason = self._standing(now, is_quiet=is_quiet, is_lacking=is_lacking)
        moments = [each for each in (quiet_after, lacking_after, self._conflict_until) if each is not None]
        self._due = min((each for each in moments if each > now), default=float("inf"))
        return NodeStatus(
            name=self.name,
            standing=standing,
            reason=reason,
            last_seen=self._told if self._heard is None else self._heard,
            is_kept=self._heard is None,
            quiet_after=None if standing is Standing.OFFLINE else quiet_after,
            version=info.version,
            host_name=info.host_name,
            run=info.run,
            started=unix_seconds(info.started),
            interval=info.interval or None,
            tags=info.tags,
            simulated=info.simulated,
            commands=frozenset(info.commands),
            plugins=health.plugins if self.health else len(info.plugins),
            running=self.health.running if self.health else None,
            troubled=health.troubled,
            troubled_count=health.troubled_count,
            findings=health.findings,
            findings_count=health.findings_count,
            alarms=health.alarms,
            alarms_count=health.alarms_count,
            crashes=health.crashes,
            load=health.load,
            memory_mib=health.memory_mib,
            waiting=health.waiting,
            dropped=health.dropped,
            clock_off=self._clock_off,
            problem="; ".join(self._problems.values()),
            is_stale=since is None or standing is Standing.OFFLINE or is_quiet or is_lacking,
        )

    def _quiet_after(self, since: float | None) -> float | None:
        """Return when it is silent if nothing more comes.

        What the broker had kept may be older than our connection. Then its own time counts, with some tolerance for
        clocks that differ.
        """
        if since is None or self.is_empty:
            return None
        patience = PATIENCE * (self.health or _NO_HEALTH).next_seconds
        if self._heard is None and (told := self._told) is not None:
            return min(since, told + MOST_CLOCK_OFF) + patience
        return max(since, self._heard or 0.0) + patience

    @property
    def _told(self) -> float | None:
        """When it wrote its last health, by its clock."""
        return unix_seconds(self.health.time) if self.health else None

    def _standing(self, now: float, *, is_quiet: bool, is_lacking: bool) -> tuple[Standing, str]:
        if now < self._conflict_until:
            return conflict((next(reversed(self._superseded), ""), self._run), self._conflict_why)
        if is_lacking:
            return unknown("not at the broker any more: it was removed, or is not back yet")
        if self._is_online is False:
            return offline()
        if is_quiet:
            promised = (self.health or _NO_HEALTH).next_seconds
            return silent(promised, is_kept=self._heard is None, is_unreadable=bool(self._problems))
        if self.health is None or self._is_online is None:
            return unknown(next(iter(self._problems.values()), ""))
        return named_twice(self.health.twin) if self.health.twin else by_health(self.health, self._clock_off)
