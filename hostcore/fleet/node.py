"""One node, folded from what it says of itself."""

from __future__ import annotations

from hostcore.broker.bodies import NodeHealth, NodeInfo
from hostcore.broker.message import Arrived
from hostcore.broker.topics import HEALTH, INFO, OFFLINE, ONLINE, STATUS
from hostcore.fleet.model import MOST_CLOCK_OFF, NodeStatus, Standing
from hostcore.fleet.natural import natural
from hostcore.fleet.reading import health_of, info_of, unix_seconds
from hostcore.fleet.standing import PATIENCE, by_health, conflict, named_twice, offline, silent, unknown

CONFLICT_SECONDS = 300.0
"""How long two hosts under one name are told after the last sign of them."""
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
    """

    def __init__(self, name: str) -> None:
        self.name, self.order = name, natural(name)
        self.info: NodeInfo | None = None
        self.health: NodeHealth | None = None
        self._is_online: bool | None = None
        self._heard: float | None = None
        """When something came from it that the broker had not kept."""
        self._clock_off: float | None = None
        self._run = ""
        """The run that spoke last."""
        self._superseded: dict[str, None] = {}
        """Earlier runs, the latest last."""
        self._conflict_until = 0.0
        self._problems: dict[str, str] = {}
        self._status: NodeStatus | None = None
        self._due = float("inf")
        """When `_status` has to be made again although nothing came."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of it any more: it was removed."""
        return self._is_online is None and self.info is None and self.health is None and not self._problems

    def fold(self, part: str, arrived: Arrived, now: float) -> None:
        """Take in a message of one of `PARTS`."""
        self._status = None
        if not arrived.retained and arrived.payload not in {OFFLINE, b""}:
            self._heard = now
        self._problems.pop(part, None)
        try:
            if part == STATUS:
                self._take_status(arrived.payload)
            elif part == INFO:
                self._take_info(arrived, now)
            else:
                self._take_health(arrived, now)
        except ValueError as error:
            self.refuse(part, str(error))

    def refuse(self, part: str, problem: str) -> None:
        """Note that a message cannot be read."""
        self._status = None
        self._problems[part] = f"{part} {problem}"

    def touch(self, now: float) -> None:
        """Note that something else came from it."""
        self._heard, self._status = now, None

    def change_link(self) -> None:
        """Note that we have got or lost the broker."""
        self._status = None

    def status(self, now: float, since: float | None) -> NodeStatus:
        """Return its line.

        Args:
            now: the present.
            since: since when we have the broker; None if we have not.
        """
        if self._status is None or now >= self._due:
            self._status = self._made(now, since)
        return self._status

    def _take_status(self, payload: bytes) -> None:
        if payload not in {ONLINE, OFFLINE, b""}:
            self._is_online = None
            raise ValueError("is neither online nor offline")
        self._is_online = payload == ONLINE if payload else None

    def _take_info(self, arrived: Arrived, now: float) -> None:
        self.info = info_of(arrived.payload) if arrived.payload else None
        if self.info:
            self._take_run(self.info.run, now, is_kept=arrived.retained)

    def _take_health(self, arrived: Arrived, now: float) -> None:
        self.health = None  # words that cannot be read leave a node whose condition is unknown, not that of before
        self.health = health_of(arrived.payload) if arrived.payload else None
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
            self._conflict_until = now + CONFLICT_SECONDS
        if self._run:
            self._superseded.pop(self._run, None)
            self._superseded[self._run] = None
        self._run = run
        if len(self._superseded) > MOST_RUNS:
            del self._superseded[next(iter(self._superseded))]

    def _made(self, now: float, since: float | None) -> NodeStatus:
        info, health = self.info or _NO_INFO, self.health or _NO_HEALTH
        quiet_after = self._quiet_after(since)
        standing, reason = self._standing(now, quiet_after)
        moments = [each for each in (quiet_after, self._conflict_until) if each is not None and each > now]
        self._due = min(moments, default=float("inf"))
        return NodeStatus(
            name=self.name,
            standing=standing,
            reason=reason,
            last_seen=self._told if self._heard is None else self._heard,
            is_kept=self._heard is None,
            quiet_after=quiet_after,
            version=info.version,
            host_name=info.host_name,
            run=info.run,
            started=unix_seconds(info.started),
            interval=info.interval or None,
            tags=info.tags,
            simulated=info.simulated,
            commands=frozenset(info.commands),
            plugins=health.plugins if self.health else len(info.plugins),
            running=health.running,
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
            is_stale=since is None or standing in {Standing.OFFLINE, Standing.SILENT},
        )

    def _quiet_after(self, since: float | None) -> float | None:
        """Return when it is silent if nothing more comes.

        What the broker had kept may be older than our connection. Then its own time counts, with some tolerance for
        clocks that differ.
        """
        if since is None or self._is_online is False or self.is_empty:
            return None
        patience = PATIENCE * (self.health or _NO_HEALTH).next_seconds
        if self._heard is None and (told := self._told) is not None:
            return min(since, told + MOST_CLOCK_OFF) + patience
        return max(since, self._heard or 0.0) + patience

    @property
    def _told(self) -> float | None:
        """When it wrote its last health, by its clock."""
        return unix_seconds(self.health.time) if self.health else None

    def _standing(self, now: float, quiet_after: float | None) -> tuple[Standing, str]:
        if now < self._conflict_until:
            return conflict((next(reversed(self._superseded), ""), self._run))
        if self._is_online is False:
            return offline()
        if quiet_after is not None and now >= quiet_after:
            return silent((self.health or _NO_HEALTH).next_seconds, is_kept=self._heard is None)
        if self.health is None or self._is_online is None:
            return unknown(next(iter(self._problems.values()), ""))
        return named_twice(self.health.twin) if self.health.twin else by_health(self.health, self._clock_off)
