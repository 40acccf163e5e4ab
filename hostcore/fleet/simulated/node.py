"""One simulated node: what it publishes, from its birth to its end."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from hostcore.broker.bodies import Stamp
from hostcore.broker.message import Message
from hostcore.broker.topics import HEALTH, INFO, OFFLINE, ONLINE, OUTPUTS, STATE, STATUS, VALUES, NodeTopics
from hostcore.clock import NS_PER_S, timestamp
from hostcore.fleet.simulated import announcing, happenings, words
from hostcore.fleet.simulated.backlog import ROOM, ROOM_OF_ALL, SMALL_ROOM, Backlog, Kept
from hostcore.fleet.simulated.condition import health_of, info_of
from hostcore.fleet.simulated.plan import Moment, Plan
from hostcore.fleet.simulated.plugin import SimulatedPlugin
from hostcore.fleet.simulated.shapes import Course
from hostcore.fleet.simulated.situation import WELL, Presence, Situation, reason_of, situation_of
from hostcore.fleet.simulated.troubles import FATE_OF_TWIN, Trouble, fate_of

NO_OUTPUTS: dict[str, Any] = {"relays": {}, "pwm": {}, "leds": None}
"""What the outputs of a node do that has none."""
REFRESH_SECONDS = 60.0
"""How often a node says how each plugin is, if only its counters have changed."""
HEALTH_SECONDS = 30.0
"""How often a node says how it is."""
GOLDEN = 0.618_034
"""Its multiples, without their whole parts, are spread evenly from 0 to 1."""
LATE_PER_SECOND = 50.0
"""How many late readings a node sends in a second."""
LATE_OF_ALL = 2_000.0
"""How many late readings all nodes send in a second, after they all have lost the broker."""
LARGEST_SKEW = 7_200
"""Seconds by which the clock of a node with a wrong one is off at most."""
_NOWHERE = frozenset({Presence.OFFLINE, Presence.AWAY})


class SimulatedNode:
    """A node. Its messages depend on the plan, its number, and the moments at which it is asked.

    Args:
        plan: the fleet.
        number: which node of it, from 0.
        course: what there is to measure.
        is_twin: whether it is a second computer with the name of the node.
    """

    def __init__(self, plan: Plan, number: int, course: Course, *, is_twin: bool = False) -> None:
        self.name = f"sim-{number + 1:0{len(str(plan.nodes))}d}"
        self.topics = NodeTopics(plan.prefix, self.name)
        self.number, self.is_twin, self.qos = number, is_twin, plan.qos
        self.fate = FATE_OF_TWIN if is_twin else fate_of(plan.seed, number, plan.troubles, plan.percent)
        self.plugins = tuple(SimulatedPlugin(number, each, plan.interval, course) for each in range(plan.plugins))
        chance = random.Random(f"{plan.seed}/{number}/{is_twin}")
        self.trouble = self.fate.trouble if self.fate else None
        self.skew_ns = (
            chance.choice((-1, 1)) * chance.randint(90, LARGEST_SKEW) * NS_PER_S if self.trouble is Trouble.CLOCK else 0
        )
        self.victim = chance.randrange(plan.plugins)
        has_outages = self.trouble in {Trouble.OUTAGE, Trouble.LOSSES, Trouble.TWIN}
        self.backlog = Backlog(
            SMALL_ROOM if self.trouble is Trouble.LOSSES else min(ROOM, ROOM_OF_ALL // plan.nodes),
            LATE_PER_SECOND if has_outages else min(LATE_PER_SECOND, LATE_OF_ALL / plan.nodes),
        )
        self.situation, self.is_linked = WELL, True
        self.crash_times_ns: list[int] = []
        """When its victim crashed, by the node's clock, since its host started."""
        self._plan, self._chance = plan, chance
        self.is_heard = self._is_born = self._is_returning = False
        self._next_health = self._returns = 0.0
        self._read = 0
        self.run, self.started = "", Moment(0.0, 0)

    def turn(self, now: Moment) -> Iterator[Message]:
        """Yield what the node has to say beside its readings. Asked once in each interval, before its readings."""
        if now.elapsed < self._plan.start_of(self.number):
            return
        if self._is_returning:
            self._is_returning, self._returns = False, now.elapsed + self._plan.start_of(self.number)
        before, self.situation = self.situation, situation_of(self.fate, now.elapsed)
        yield from self._arrive_or_leave(before.presence, now)
        news = list(self._news(before, now)) if self._is_born else []
        if self.is_heard:
            yield from news
            for kept in self.backlog.take(self._plan.interval):
                yield self._late(kept, now)

    def read(self, plugin: int, now: Moment) -> Iterator[Message]:
        """Yield the reading of a plugin, by its number, if it has one now."""
        if not self._is_born or self.situation.presence is Presence.SILENT:
            return
        if self.is_heard and now.elapsed >= self.plugins[plugin].next_health and self.plugins[plugin] in self.shown:
            yield self._state(self.plugins[plugin], now)
        if plugin == self.victim and not self.situation.reads:
            if self.situation.is_failing:
                self.plugins[plugin].fail()
            return
        self._read += 1
        self.plugins[plugin].read()
        kept = Kept(self._read, plugin, now.elapsed)
        if not self.is_heard:
            self.backlog.keep(kept)
            return
        message = self._reading(kept, now)
        yield message
        if self.trouble is Trouble.DUPLICATES and self._read % 7 == 0:
            yield message

    def lose_link(self) -> None:
        """Note that the real broker is gone: readings wait from now on."""
        self.is_linked = self.is_heard = False

    def find_link(self) -> None:
        """Note that the real broker is back. The nodes say everything again, one after the other."""
        self._is_returning, self.is_linked = not self.is_linked, True

    def end(self) -> Iterator[Message]:
        """Yield what the node or the broker says at its end."""
        if self.is_heard:
            yield self.will
        self.is_heard = self._is_born = False

    @property
    def will(self) -> Message:
        """What the broker publishes if the node's own connection is lost."""
        return self._status(OFFLINE)

    def retained_topics(self) -> Iterator[str]:
        """Yield the topics on which the broker keeps something of the node."""
        for level in (STATUS, INFO, HEALTH, OUTPUTS):
            yield self.topics.of(level)
        for plugin in self.plugins:
            yield from self._topics_of(plugin)
        if prefix := self._plan.home_assistant:
            yield announcing.site_of(self, prefix).own_topic

    def time(self, now: Moment) -> str:
        """Return the time by the node's clock, RFC 3339."""
        return timestamp(now.wall_ns + self.skew_ns)

    def past(self, elapsed: float, now: Moment) -> Moment:
        """Return another moment of the same fleet."""
        return Moment(elapsed, now.start_ns)

    @property
    def shown(self) -> Sequence[SimulatedPlugin]:
        """The plugins that the node has now."""
        if not self.situation.is_removed:
            return self.plugins
        return [plugin for number, plugin in enumerate(self.plugins) if number != self.victim]

    def _arrive_or_leave(self, before: Presence, now: Moment) -> Iterator[Message]:
        presence = self.situation.presence
        if self.is_heard and presence in _NOWHERE:
            yield self.will
            self.is_heard = False
        if presence is Presence.OFFLINE:
            self._is_born = False
        elif not self._is_born:
            self._start(now)
        is_reached = presence is Presence.ONLINE and self.is_linked and now.elapsed >= self._returns
        if is_reached and not self.is_heard:
            self.is_heard = True
            yield from self._say_everything(now)

    def _start(self, now: Moment) -> None:
        self._is_born, self.started, self.run = True, now, f"{self._chance.getrandbits(32):08x}"
        self._read = 0
        self.crash_times_ns.clear()
        self.backlog.clear()
        for plugin in self.plugins:
            plugin.begin(self.time(now))

    def _say_everything(self, now: Moment) -> Iterator[Message]:
        yield self._status(ONLINE)
        yield words.said(self.topics.of(INFO), info_of(self, self._plan))
        yield words.said(self.topics.of(OUTPUTS), NO_OUTPUTS)
        if prefix := self._plan.home_assistant:
            yield announcing.node_announced(self, prefix)
        for plugin in self.shown:
            yield from self._say_plugin(plugin, now)
        yield from self._say_health(now)
        # Nodes that start together do not stay together: the next time comes earlier, by another part for each.
        self._next_health -= HEALTH_SECONDS * (self.number * GOLDEN % 1)
        for number, plugin in enumerate(self.plugins):
            plugin.next_health -= REFRESH_SECONDS * ((self.number * len(self.plugins) + number) * GOLDEN % 1)

    def _say_plugin(self, plugin: SimulatedPlugin, now: Moment) -> Iterator[Message]:
        yield words.said(self.topics.of(plugin.name, VALUES), plugin.shape.values)
        yield self._state(plugin, now)
        if prefix := self._plan.home_assistant:
            yield announcing.plugin_announced(self, plugin, prefix, now)

    def _say_health(self, now: Moment) -> Iterator[Message]:
        self._next_health = now.elapsed + HEALTH_SECONDS
        yield words.said(self.topics.of(HEALTH), health_of(self, now))

    def _news(self, before: Situation, now: Moment) -> Iterator[Message]:
        """Note what has changed since the turn before, and yield what there is to say of it."""
        is_new = self.situation != before and self.situation.presence is before.presence
        if is_new:
            yield from self._news_of_victim(before, now)
        if is_new or now.elapsed >= self._next_health:
            yield from self._say_health(now)

    def _news_of_victim(self, before: Situation, now: Moment) -> Iterator[Message]:
        victim, after = self.plugins[self.victim], self.situation
        for _ in range(before.crashes, after.crashes):
            self.crash_times_ns.append(now.wall_ns + self.skew_ns)
            victim.crash()
        yield from happenings.events_between(self, before, after, now)
        if before.is_removed != after.is_removed:
            yield words.said(self.topics.of(INFO), info_of(self, self._plan))
            if after.is_removed:
                yield from (Message(topic, b"", retain=True) for topic in self._topics_of(victim))
            else:
                yield from self._say_plugin(victim, now)
        elif victim.become(after.state, after.condition, reason_of(after, victim.name), self.time(now)):
            yield self._state(victim, now)

    def _reading(self, kept: Kept, now: Moment) -> Message:
        return self._message(self.plugins[kept.plugin], kept, now, is_late=False)

    def _late(self, kept: Kept, now: Moment) -> Message:
        return self._message(self.plugins[kept.plugin], kept, self.past(kept.elapsed, now), is_late=True)

    def _message(self, plugin: SimulatedPlugin, kept: Kept, at: Moment, *, is_late: bool) -> Message:
        return words.reading(
            self.topics.late(plugin.name) if is_late else self.topics.reading(plugin.name),
            plugin.measured(at, at.elapsed - self.started.elapsed),
            plugin.simulated,
            Stamp(f"{self.run}-{kept.number}", self.time(at)),
            self.qos,
            retain=not is_late,
        )

    def _state(self, plugin: SimulatedPlugin, now: Moment) -> Message:
        plugin.next_health = now.elapsed + REFRESH_SECONDS
        return words.said(self.topics.of(plugin.name, STATE), plugin.health(self.time(now)))

    def _status(self, payload: bytes) -> Message:
        return Message(self.topics.of(STATUS), payload, retain=True)

    def _topics_of(self, plugin: SimulatedPlugin) -> Iterator[str]:
        yield self.topics.reading(plugin.name)
        yield self.topics.of(plugin.name, STATE)
        yield self.topics.of(plugin.name, VALUES)
        if prefix := self._plan.home_assistant:
            yield announcing.site_of(self, prefix).plugin_topic(plugin.name)
