"""Runs the diagnosis of a host on a thread of its own, behind the stream."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from hostcore.diagnosis.case import Case
from hostcore.diagnosis.diagnosis import Diagnosis, says_the_same
from hostcore.diagnosis.rules import RULES
from hostcore.events import HOST, Finding, FindingCleared, FindingRaised, Level, LogWritten, PluginsChanged
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.events.findings import FindingKey
from hostcore.events.stream import EventStream, Subscription
from hostcore.log.safe_text import log_line
from hostcore.threads import HostThread

PERIOD = 0.5
"""Seconds between two conclusions."""
END_SECONDS = 1.0
"""Seconds for which the end of the thread is awaited."""


class Diagnostician:
    """Folds the events of a host into a case, and publishes its findings and a log line for each.

    Plugins never wait for it. It is a `hostcore.control.delayed_start.Startable`, so that the first readings do not
    wait for its rules either; the events wait in its subscription.

    Args:
        facts: the host.
        plugins: returns the present plugins.
        stream: the events, and the receiver of the findings.
        subscription: all events since before the start of the host.
    """

    def __init__(
        self,
        facts: HostFacts,
        plugins: Callable[[], Iterable[PluginFacts]],
        stream: EventStream,
        subscription: Subscription,
    ) -> None:
        self._plugins, self._stream, self._subscription = plugins, stream, subscription
        self._diagnosis = Diagnosis(Case(facts), RULES, self._warn)
        self._logged: dict[FindingKey, Finding] = {}
        self._present: tuple[FindingRaised, ...] = ()
        self._stopping = threading.Event()
        self._thread = HostThread(self._run, "diagnosis")

    @property
    def findings(self) -> tuple[FindingRaised, ...]:
        """The present findings, the surest ones first. Thread-safe."""
        return self._present

    def start(self) -> None:
        """Start the thread. Returns at once."""
        self._thread.start()

    def stop(self) -> bool:
        """Stop the thread. Blocks for a second at most. Returns whether it has ended."""
        self._stopping.set()
        self._subscription.close()
        self._thread.join(END_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._diagnosis.case.know(self._plugins())
        while not self._stopping.wait(PERIOD):  # not for each event: that would slow down a burst of transfers
            for item in self._subscription.take(0):
                if isinstance(item.event, PluginsChanged):
                    self._diagnosis.case.know(self._plugins())
                else:
                    self._diagnosis.case.take(item.event)
            self._conclude(self._stream.clock.wall_ns())

    def _conclude(self, now_ns: int) -> None:
        changes = self._diagnosis.conclude(now_ns)
        self._present = self._diagnosis.findings
        for change in changes:
            self._stream.publish(change)
            if self._is_news(change):
                self._stream.publish(LogWritten(now_ns, HOST, *_line(change), by_host=True))

    def _is_news(self, change: FindingRaised | FindingCleared) -> bool:
        """Whether a change is worth a line of the log: not if only the numbers in a sentence count on."""
        key = change.finding.key
        if isinstance(change, FindingCleared):
            return self._logged.pop(key, None) is not None
        before = self._logged.get(key)
        self._logged[key] = change.finding
        return before is None or not says_the_same(before, change.finding)

    def _warn(self, text: str) -> None:
        self._stream.publish(
            LogWritten(self._stream.clock.wall_ns(), HOST, Level.WARNING, log_line(text), by_host=True)
        )


def _line(change: FindingRaised | FindingCleared) -> tuple[Level, str]:
    """Return the level and the text of a finding's log line."""
    finding = change.finding
    if isinstance(change, FindingCleared):
        return Level.INFO, log_line(f"no longer: {finding.sentence}")
    return Level.WARNING, log_line(f"{finding.confidence}: {finding.sentence} {finding.advice}")
