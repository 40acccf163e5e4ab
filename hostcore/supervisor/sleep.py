"""What is left of a plugin when it stops: its recording, and the sleep of its instance until the host starts again."""

from __future__ import annotations

from hostcore.clock import NS_PER_S, Clock, duration
from hostcore.errors import HostError
from hostcore.events import Level
from hostcore.log.safe_text import counted, log_line
from hostcore.plugin.kit import Kit
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import Plugin
from hostcore.runtime.prepared import Prepared
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.guard import guarded
from hostcore.supervisor.kits import Kits


class Sleep:
    """Puts a plugin to sleep when the host stops, and wakes it at its first load. For the plugin's own thread.

    Args:
        plugin: its name.
        runtime: runs it.
        kits: has the recording of its newest instance.
        evidence: is told what happens.
        clock: the host's clock.

    Attributes:
        story: how the present instance came to be, for a person; "" if it was loaded as usual.
    """

    def __init__(self, plugin: str, runtime: Runtime, kits: Kits, evidence: Evidence, clock: Clock) -> None:
        self._plugin, self._runtime, self._kits, self._evidence, self._clock = plugin, runtime, kits, evidence, clock
        self._is_first, self._sleeps_on = True, False
        self.story = ""

    def wake(self, prepared: Prepared, kit: Kit) -> Plugin | None:
        """Wake the plugin if this is its first load, and it sleeps. Blocks while it loads and replays what it did.

        What sleeps is used up by that, even if it does not wake.

        Returns:
            The plugin; None if it has to start as usual.
        """
        self.story, is_first, self._is_first = "", self._is_first, False
        content = self._kits.take_sleeping(self._plugin) if is_first or self._sleeps_on else None
        self._sleeps_on = False
        if content is None or kit.record is None or not is_first:  # a person has started it again meanwhile
            return None
        return guarded(lambda: self._woken(prepared, kit, content), lambda error: self._not_woken(error, content))

    def end(self, plugin: Plugin | None, prepared: Prepared | None, *, is_failing: bool) -> None:
        """The host stops: let the plugin sleep if it can, and keep its recording. Blocks as long as the disk does.

        Args:
            plugin: the instance, between two calls; None if there is none.
            prepared: its version.
            is_failing: whether its last call reported an error. A fresh start may help it.
        """
        recorded = self._kits.recorded
        was_ended = plugin is not None and self._kits.newest.limit.stopped  # its file is gone, so it does not come back
        if recorded is not None and recorded.may_sleep and not was_ended and not self._sleeps_on:
            if plugin is None or prepared is None or recorded.recorder is None:
                self._say("does not sleep: no instance runs between two calls")
            elif is_failing:
                self._say("does not sleep: its last call failed")
            else:
                guarded(lambda: self._sleep(plugin, prepared), lambda error: self._say(f"does not sleep: {error}"))
        self.keep_recording()

    def keep_recording(self) -> None:
        """The plugin stops: keep the recording of its newest instance. Blocks as long as the disk does."""
        recorded = self._kits.recorded
        if recorded is not None:
            guarded(lambda: recorded.keep_at_stop(self._plugin), self._not_kept)

    def _not_kept(self, error: HostError) -> None:
        self._evidence.say(Level.WARNING, f"its recording is not kept: {error}")

    def _sleep(self, plugin: Plugin, prepared: Prepared) -> None:
        from hostcore.replay.waking import fall_asleep  # noqa: PLC0415 - few hosts let plugins sleep

        recorded = self._kits.recorded
        assert recorded is not None and recorded.recorder is not None
        content, calls = fall_asleep(plugin, prepared, recorded.recorder, self._clock)
        recorded.put_to_sleep(self._plugin, content)
        self._say(f"sleeps until the host starts again, after {counted(calls, 'call')}")

    def _woken(self, prepared: Prepared, kit: Kit, content: bytes) -> Plugin:
        from hostcore.replay.waking import wake  # noqa: PLC0415

        woken = wake(self._runtime, prepared, kit, self._kits.log, content)
        slept = max(0, self._clock.wall_ns() - woken.asleep.slept_ns) / NS_PER_S
        self.story = f"woken: {counted(woken.asleep.calls, 'call')}, slept {duration(slept)}"
        self._say(self.story)
        return woken.plugin

    def _not_woken(self, error: HostError, content: bytes) -> None:
        if not self._kits.newest.limit.stopped:
            self._say(f"starts as usual, and does not wake: {log_line(str(error))}")
        elif (recorded := self._kits.recorded) is not None:  # the host stops again, before anything woke
            guarded(lambda: recorded.put_to_sleep(self._plugin, content), lambda error: self._say(f"is lost: {error}"))
            self._sleeps_on = True

    def _say(self, text: str) -> None:
        self._evidence.say(Level.INFO, text)
