"""Everything that is wrong now, the worst first: alarms, findings, plugins in trouble, stuck buses and requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from hostcore.events import AlarmRaised, BrokerLost, BrokerReached, Confidence, FindingRaised, State
from hostcore.events.event_json import to_json
from hostcore.events.findings import FindingKey
from hostcore.log.safe_text import and_waiting, counted
from hostcore.permissions import Permission
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass
from hostcore.view.alarms import Alarms
from hostcore.view.bus_health import BusHealth, BusStatus
from hostcore.view.findings import Findings, finding_json
from hostcore.view.offers import offers
from hostcore.view.plugins import Plugins, PluginStatus


class ProblemKind(StrEnum):
    """What a problem is. The value names it for a person."""

    ALARM = "alarm"
    """An alarm of host.toml is raised."""
    BUS_STUCK = "bus stuck"
    QUARANTINED = "quarantined"
    BACKOFF = "backoff"
    FINDING = "finding"
    FAILING = "failing"
    OLD_VERSION = "old version"
    LIBRARIES = "libraries"
    """Libraries that a plugin asks for have not been fetched."""
    BROKER = "mqtt"
    """There is no connection to the MQTT broker."""
    TWIN = "same name"
    """Another host has the name of this one at the MQTT broker."""
    REQUEST = "request"
    """A plugin asks for a permission."""


class Severity(StrEnum):
    """How much a problem matters."""

    GRAVE = "grave"
    """Something does not work, or cannot be trusted."""
    WARNING = "warning"
    """A person should look, but perhaps all is well."""


_RANKS = {
    ProblemKind.ALARM: 0,
    ProblemKind.BUS_STUCK: 1,
    ProblemKind.QUARANTINED: 2,
    ProblemKind.BACKOFF: 3,
    ProblemKind.FAILING: 5,
    ProblemKind.OLD_VERSION: 7,
    ProblemKind.LIBRARIES: 7,
    ProblemKind.BROKER: 7,
    ProblemKind.TWIN: 7,
    ProblemKind.REQUEST: 8,
}
"""The order of kinds, the worst first. A finding stands among them as sure as it is."""
_FINDING_RANKS = {Confidence.CERTAIN: 4, Confidence.LIKELY: 6, Confidence.POSSIBLE: 9}
_NO_BUS = frozenset({"stuck-bus", "bus-lost", "empty-bus", "missing-bus"})
"""Kinds of findings that say that nothing on a whole bus can work."""
_DOWN = {State.QUARANTINED: ProblemKind.QUARANTINED, State.BACKOFF: ProblemKind.BACKOFF}
"""What is wrong with a plugin that does not run although it should."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong. Front ends show its sentence, and lead to what it is about."""

    kind: ProblemKind
    sentence: str
    """What is wrong, for a person. It may quote a plugin, so front ends escape it."""
    rank: int
    """Its place among the kinds of problems: 0 is the worst."""
    since_ns: int = 0
    """Since when; 0 if that is not known."""
    plugin: str = ""
    """The plugin that it is about; "" for none or several."""
    bus: BusName | None = None
    """The bus that it is about."""
    is_simulated: bool = False
    """Whether it is about the simulated Pi."""
    finding: FindingRaised | None = None
    """The finding that it is; None for any other kind."""
    alarm: AlarmRaised | None = None
    """The alarm that it is; None for any other kind."""
    requests: tuple[Permission, ...] = ()
    """The permissions that the plugin asks for."""

    @property
    def word(self) -> str:
        """What it is in one or two words; of a finding, how sure it is. Of an alarm, capitals until it is seen."""
        if self.alarm and not self.alarm.acknowledged_ns:
            return "ALARM"
        return self.finding.finding.confidence.value if self.finding else self.kind.value

    @property
    def severity(self) -> Severity:
        """How much it matters. An alarm that was acknowledged matters less."""
        return Severity.GRAVE if self.rank <= _RANKS[ProblemKind.FAILING] else Severity.WARNING


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem for JSON: the fields of `Problem`, its word and how much it matters. An alarm is named."""
    return {
        **to_json(problem),
        "word": problem.word,
        "severity": problem.severity.value,
        "finding": finding_json(problem.finding) if problem.finding else None,
        "alarm": problem.alarm.alarm.name if problem.alarm else None,
    }


def problems_of(
    plugins: Plugins,
    findings: Findings,
    alarms: Alarms,
    health: BusHealth | None = None,
    broker: BrokerReached | BrokerLost | None = None,
) -> tuple[Problem, ...]:
    """Return everything that is wrong, the worst first, and of equally bad problems the oldest.

    What a finding explains is not told twice.

    Args:
        plugins: the plugins.
        findings: the present findings.
        alarms: the alarms of host.toml.
        health: the health of the buses; None if this front end does not know it.
        broker: the connection to the MQTT broker, if something is wrong with it.
    """
    raised, statuses = findings.all(), tuple(plugins.all())
    stuck = {each.name for each in statuses if health and health.stuck_bus_of(each.name)}
    explained = {key: each for each in statuses if (key := _explanation_of(each, findings))}
    found = [_of_alarm(each) for each in alarms.raised()]
    found += [_of_finding(each, explained.get(each.finding.key)) for each in raised]
    buses = health.all() if health else ()
    found += [_of_bus(each) for each in buses if each.is_stuck and not _explained(each, raised)]
    told = {each.name for each in explained.values()}
    for plugin in statuses:
        if plugin.name not in told:
            found += _of_plugin(plugin, findings.failure_of(plugin.name), is_stuck=plugin.name in stuck)
    found += [_of_broker(broker)] if broker else []
    return tuple(sorted(found, key=lambda each: (each.rank, each.since_ns)))


def _of_alarm(raised: AlarmRaised) -> Problem:
    seen = "; acknowledged" if raised.acknowledged_ns else ""
    rank = _RANKS[ProblemKind.OLD_VERSION] if raised.acknowledged_ns else _RANKS[ProblemKind.ALARM]
    sentence = f"{raised.alarm.name}: {raised.words}{seen}"
    return Problem(ProblemKind.ALARM, sentence, rank, raised.since_ns, raised.alarm.plugin, alarm=raised)


def _explanation_of(plugin: PluginStatus, findings: Findings) -> FindingKey | None:
    """Return the surest finding that says why a plugin does not run, or reports only errors; None if none does.

    Of a plugin that reports only errors, a guess about its device is an explanation: a wrong address, for example.
    """
    if _awaits_libraries(plugin) or (plugin.state not in _DOWN and not plugin.is_failing):
        return None
    own = [each.finding for each in findings.about_plugin(plugin.name) if each.finding.plugin == plugin.name]
    own = [each for each in own if each.explains_failure]
    guesses = [each for each in own if plugin.is_failing and each.address is not None]
    return next((each.key for each in own if each.is_grave), guesses[0].key if guesses else None)


def _awaits_libraries(plugin: PluginStatus) -> bool:
    """Whether the version that should run lacks libraries, not one that was not taken."""
    return plugin.lacks_libraries and not plugin.rejected


def _of_finding(raised: FindingRaised, explained: PluginStatus | None) -> Problem:
    """Return the problem that is a finding. It is as bad as the state of the plugin that it explains, if any."""
    finding, sentence, rank = raised.finding, raised.finding.sentence, _FINDING_RANKS[raised.finding.confidence]
    if finding.kind in _NO_BUS and finding.is_grave:
        rank = _RANKS[ProblemKind.BUS_STUCK]
    if explained is not None:
        rank = min(rank, _RANKS[_DOWN.get(explained.state, ProblemKind.FAILING)])
        sentence += f" {explained.name} is quarantined." if explained.state is State.QUARANTINED else ""
    return Problem(
        ProblemKind.FINDING,
        sentence,
        rank,
        raised.since_ns,
        finding.plugin,
        finding.bus,
        finding.is_simulated,
        raised,
    )


def _explained(bus: BusStatus, raised: Iterable[FindingRaised]) -> bool:
    """Whether a finding says more about a stuck bus."""
    return any(
        each.finding.bus == bus.name and each.finding.kind in _NO_BUS and each.finding.is_grave for each in raised
    )


def _of_bus(bus: BusStatus) -> Problem:
    return _problem(
        ProblemKind.BUS_STUCK,
        f"{bus.name}: {bus.stuck_words}. Nothing on it can answer.",
        since_ns=bus.stuck_since_ns,
        bus=bus.name,
        is_simulated=bus.is_simulated,
    )


def _of_broker(broker: BrokerReached | BrokerLost) -> Problem:
    if isinstance(broker, BrokerReached):
        if broker.twin:
            return _problem(ProblemKind.TWIN, broker.twin, since_ns=broker.since_ns)
        return _problem(ProblemKind.BROKER, and_waiting(broker.refusal, broker.waiting), since_ns=broker.since_ns)
    told = ""
    if broker.waiting and broker.not_kept:
        told += f", and are lost when the host ends: {broker.not_kept}"
    if broker.dropped:
        told += f"; {counted(broker.dropped, 'reading')} dropped so far"
    problem = and_waiting(broker.problem, broker.waiting, " for it")
    return _problem(ProblemKind.BROKER, f"{problem}{told}", since_ns=broker.since_ns)


def _of_plugin(plugin: PluginStatus, finding: FindingRaised | None, *, is_stuck: bool) -> Iterator[Problem]:
    """Yield the worst that is wrong with a plugin, beside what the findings tell."""
    name, requests = plugin.name, tuple(plugin.requests)
    is_explained = finding is not None and finding.finding.plugin == name
    if plugin.state in _DOWN:
        kind = ProblemKind.LIBRARIES if _awaits_libraries(plugin) else _DOWN[plugin.state]
        yield _problem(kind, f"{name}: {plugin.cause}", since_ns=plugin.since_ns, plugin=name, requests=requests)
    elif plugin.state is State.RUNNING and plugin.is_failing and not (finding or is_stuck):
        told = f": {plugin.last_error}" if plugin.last_error else ""
        since_ns = plugin.counters.erring_since_ns
        sentence = f"{name} reports only errors{told}"
        yield _problem(ProblemKind.FAILING, sentence, since_ns=since_ns, plugin=name, requests=requests)
    elif plugin.state is State.RUNNING and plugin.rejected:
        kind = ProblemKind.LIBRARIES if plugin.lacks_libraries else ProblemKind.OLD_VERSION
        sentence = f"{name} runs its old version; the new one: {plugin.rejected}"
        yield _problem(kind, sentence, since_ns=plugin.rejected_ns, plugin=name, requests=requests)
    elif plugin.state is State.RUNNING and requests and not is_explained:
        sentence = f"{name} asks for {', '.join(str(each.permission) for each in offers(plugin))}"
        yield _problem(ProblemKind.REQUEST, sentence, since_ns=plugin.asked_ns, plugin=name, requests=requests)


def _problem(
    kind: ProblemKind,
    sentence: str,
    *,
    since_ns: int = 0,
    plugin: str = "",
    bus: BusName | None = None,
    is_simulated: bool = False,
    requests: tuple[Permission, ...] = (),
) -> Problem:
    return Problem(kind, sentence, _RANKS[kind], since_ns, plugin, bus, is_simulated, requests=requests)
