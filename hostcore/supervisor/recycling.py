"""Replaces an instance between two calls when a leak has nearly used up its memory, before it dies of that."""

from __future__ import annotations

from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import HostError, NoRoomError
from hostcore.events import InstanceRecycled, Level
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.plugin import PluginSpec
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.life_cycle import LifeCycle
from hostcore.supervisor.memory_growth import Growth
from hostcore.supervisor.metered_calls import MeteredCalls
from hostcore.supervisor.present_instance import PresentInstance

KIB, MIB = 1 << 10, 1 << 20
SHORT_LIFE_NS = 10 * NS_PER_S
"""An instance that used up its memory in less time makes the next one wait twice as long."""
FIRST_PAUSE_NS, LONGEST_PAUSE_NS = 5 * NS_PER_S, 600 * NS_PER_S
"""The least and the most time from one new instance to the next. An instance that reaches its limit meanwhile crashes,
and restarts like any other."""
TOOK_OVER = "a new instance took over"


@dataclass(frozen=True, slots=True)
class Pause:
    """How long an instance is kept at least, although its memory grows."""

    since_ns: int = 0
    """When the present instance took over, on the monotonic clock; 0 if none has."""
    length_ns: int = 0

    def is_over(self, now_ns: int) -> bool:
        """Whether the next instance may take over."""
        return now_ns >= self.since_ns + self.length_ns

    def after(self, now_ns: int) -> Pause:
        """Return the pause that begins now: twice as long if the one before was too short for the leak."""
        is_first = not self.length_ns
        is_short = not is_first and now_ns - self.since_ns < max(SHORT_LIFE_NS, 2 * self.length_ns)
        longer = min(2 * self.length_ns, LONGEST_PAUSE_NS)
        return Pause(now_ns, longer if is_short else FIRST_PAUSE_NS)


class Recycling:
    """Watches the memory of a plugin's instances. For the plugin's own thread.

    Args:
        clock: dates the events, and times the pauses.
        calls: measure the memory.
        instance: the plugin's instance.
        evidence: gets what happens.
        life: is told why the plugin has a new instance.
    """

    def __init__(
        self, clock: Clock, calls: MeteredCalls, instance: PresentInstance, evidence: Evidence, life: LifeCycle
    ) -> None:
        self._clock, self._calls, self._instance = clock, calls, instance
        self._evidence, self._life = evidence, life
        self._pause = Pause()
        self._told = ""
        """The version of the file that was said to need its memory."""

    def recycle(self, spec: PluginSpec) -> None:
        """Let a new instance take over if the memory is about to reach its limit. Blocks while the plugin loads.

        The new instance loads while the old one still has its memory, unless `total_memory_mib` leaves no room for
        both. The plugin's turns go on as if nothing had happened, so no reading is missed or doubled.

        Raises:
            HostError: there was no room for both, and the new instance could not be loaded. There is none now.
        """
        limit = spec.limits.memory_mib * MIB
        growth = self._calls.growth.near(limit)
        if growth is None:
            return
        if growth.is_need:
            self._tell_need(growth, limit)
        elif growth.is_leak and self._pause.is_over(self._clock.monotonic_ns()):
            self._pause = self._pause.after(self._clock.monotonic_ns())
            if self._replace(spec):
                self._tell(growth, limit)

    def _replace(self, spec: PluginSpec) -> bool:
        """Replace the instance by another one of the same version; False if the old one runs on."""
        try:
            successor = self._instance.start_twin(spec)
        except NoRoomError:
            self._instance.close()
            self._instance.load(spec)
        except HostError as error:
            self._evidence.say(Level.WARNING, f"its memory nears the limit, but no new instance takes over: {error}")
            return False
        else:
            self._instance.replace(successor)
        self._calls.begin_instance()
        return True

    def _tell(self, growth: Growth, limit: int) -> None:
        event = InstanceRecycled(
            self._clock.wall_ns(),
            self._evidence.plugin,
            memory_bytes=growth.memory_bytes,
            limit_bytes=limit,
            per_call_bytes=round(growth.per_call_bytes),
            calls=growth.calls,
        )
        self._evidence.meter.recycles += 1
        self._evidence.say(Level.WARNING, f"{event.words}; {TOOK_OVER}")
        self._life.explain(log_line(f"{event.words}; {TOOK_OVER}"))
        self._evidence.publish(event)

    def _tell_need(self, growth: Growth, limit: int) -> None:
        """Say once that a new instance would not help."""
        if self._told != self._instance.version:
            self._told = self._instance.version
            self._evidence.say(
                Level.WARNING,
                f"needs {growth.memory_bytes / MIB:.0f} of {limit / MIB:.0f} MiB, which it has not taken call by call: "
                "a new instance would need them again. Raise its memory_mib in host.toml",
            )
