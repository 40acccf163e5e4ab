"""Runs the diagnosis of a host on a thread of its own, behind the stream."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.diagnosis import RESTATE_NS, Diagnosis, says_the_same
from hostcore.diagnosis.inspection import Inspection, Scanner
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.diagnosis.reporting import report_on
from hostcore.diagnosis.rules import RULES
from hostcore.errors import DefectError, HostError
from hostcore.events import HOST, Confidence, Finding, FindingCleared, FindingRaised, Level, LogWritten, PluginsChanged
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.events.findings import FindingKey
from hostcore.events.stream import EventStream, Numbered, Subscription
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import replace
from hostcore.threads import HostThread

PERIOD = 1.0
"""Seconds between two conclusions."""
FIRST_LOOK_SECONDS = 1.0
"""Seconds for which a report waits for the first look at the events."""
END_SECONDS = 10.0
"""Most seconds for which the end of the thread is awaited. It only computes, so it always ends by itself.

Its first look reads chip files, which takes a few tenths of a second, and seconds if the computer is slow and busy.
"""
ENDED = "the diagnosis has ended until the host is started again"
REPORT_IT = "Restart the host. Then attach its log to an issue: this is a mistake in the host, not in your drivers."


class Diagnostician:
    """Folds the events of a host into a case, and publishes its findings and a log line for each.

    Plugins never wait for it. It is a `hostcore.control.delayed_start.Startable`, so that the first readings do not
    wait for its rules either; the events wait in its subscription.

    Args:
        facts: the host.
        plugins: returns the present plugins.
        scanner: scans simulated buses when a rule needs it.
        stream: the events, and the receiver of the findings.
        subscription: all events since before the start of the host.
    """

    def __init__(
        self,
        facts: HostFacts,
        plugins: Callable[[], Iterable[PluginFacts]],
        *,
        scanner: Scanner,
        stream: EventStream,
        subscription: Subscription,
    ) -> None:
        self._plugins, self._stream, self._subscription = plugins, stream, subscription
        self._diagnosis = Diagnosis(Case(facts), RULES, self._warn)
        self._logged: dict[FindingKey, Finding] = {}
        self._inspection = Inspection(self._diagnosis.case, scanner, self._tell)
        self._lock = threading.Lock()
        """Guards the case."""
        self._stopping, self._begun = threading.Event(), threading.Event()
        self._defect: DefectError | None = None
        """The reason why nothing is judged any more."""
        self._thread = HostThread(self._run, "diagnosis")

    def report(self, *, with_traces: bool) -> DiagnosisReport:
        """Return what is known now. Thread-safe.

        Blocks for some milliseconds; just after the start, for `FIRST_LOOK_SECONDS` at most.

        Args:
            with_traces: whether to include the newest evidence.

        Raises:
            HostError: a defect has ended the diagnosis.
        """
        self._begun.wait(FIRST_LOOK_SECONDS)  # before its first look, it does not know which plugins run
        if self._defect is not None:
            raise HostError(f"{ENDED}: {self._defect}")
        with self._lock:
            self._diagnosis.case.at(self._stream.clock.wall_ns())
            return report_on(self._diagnosis.case, self._diagnosis.findings, with_traces=with_traces)

    def start(self) -> None:
        """Start the thread. Returns at once."""
        self._thread.start()

    def stop(self) -> bool:
        """Stop the thread after its present step. Blocks for `END_SECONDS` at most. Returns whether it has ended."""
        self._stopping.set()
        self._subscription.close()
        self._thread.join(END_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._know()
            while not self._stopping.is_set():
                self._look()
                self._begun.set()
                self._stopping.wait(PERIOD)  # a look for each event would slow down a burst of transfers
        except Exception as defect:  # noqa: BLE001 - a defect must not leave old findings in sight for ever
            self._end(DefectError(defect))

    def _look(self) -> None:
        self._take(self._subscription.take(0))
        self._conclude(self._stream.clock.wall_ns())
        self._inspection.inspect()

    def _end(self, defect: DefectError) -> None:
        """Take all findings back, because nobody looks whether they still hold. Say that none means nothing."""
        self._defect = defect
        self._begun.set()
        self._subscription.close()
        now = self._stream.clock.wall_ns()
        for raised in self._diagnosis.findings:
            self._stream.publish(FindingCleared(now, raised.finding))
        sentence = f"{ENDED[0].upper()}{ENDED[1:]}, so nothing is found any more: {defect}."
        ended = Finding("diagnosis-ended", log_line(sentence), REPORT_IT, Confidence.CERTAIN)
        raised = FindingRaised(now, ended, now)
        self._stream.publish(raised)
        self._log(*_line(raised))
        while not self._stopping.wait(RESTATE_NS / NS_PER_S):
            self._stream.publish(replace(raised, time_ns=self._stream.clock.wall_ns()))

    def _take(self, items: Iterable[Numbered]) -> None:
        changed = False
        with self._lock:
            for item in items:
                changed = changed or isinstance(item.event, PluginsChanged)
                self._diagnosis.case.take(item.event)
        if changed:
            self._know()

    def _know(self) -> None:
        plugins = tuple(self._plugins())
        with self._lock:
            self._diagnosis.case.know(plugins)

    def _conclude(self, now_ns: int) -> None:
        with self._lock:
            changes = self._diagnosis.conclude(now_ns)
        for change in changes:
            self._stream.publish(change)
            if self._is_news(change):
                self._log(*_line(change))

    def _is_news(self, change: FindingRaised | FindingCleared) -> bool:
        """Whether a change is worth a line of the log: not if only the numbers in a sentence count on."""
        key = change.finding.key
        if isinstance(change, FindingCleared):
            return self._logged.pop(key, None) is not None
        before = self._logged.get(key)
        self._logged[key] = change.finding
        return before is None or not says_the_same(before, change.finding)

    def _warn(self, text: str) -> None:
        self._log(Level.WARNING, log_line(text))

    def _tell(self, text: str) -> None:
        self._log(Level.INFO, text)

    def _log(self, level: Level, text: str) -> None:
        self._stream.publish(LogWritten(self._stream.clock.wall_ns(), HOST, level, text, by_host=True))


def _line(change: FindingRaised | FindingCleared) -> tuple[Level, str]:
    """Return the level and the text of a finding's log line."""
    finding = change.finding
    if isinstance(change, FindingCleared):
        return Level.INFO, log_line(f"no longer: {finding.sentence}")
    return Level.WARNING, log_line(f"{finding.confidence}: {finding.sentence} {finding.advice}")
