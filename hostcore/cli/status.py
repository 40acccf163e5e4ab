"""``wasi-host status``: whether a host runs with these settings, and how it and its plugins are."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostcore.cli.finding_text import Told
from hostcore.cli.lines import say, terminal_width, wrapped
from hostcore.cli.settings_file import settings_and_host
from hostcore.cli.statuses import ExitStatus
from hostcore.clock import NS_PER_S, timestamp
from hostcore.control.client import RunningHost, SilentHost, running_host_of
from hostcore.control.holder import present_holder
from hostcore.control.messages import DiagnosisRequest
from hostcore.diagnosis.report import DiagnosisReport, PluginCondition
from hostcore.errors import HostError
from hostcore.events import BrokerReached, FindingRaised, State
from hostcore.events.event_json import to_json
from hostcore.log.safe_text import and_waiting, counted
from hostcore.private_memory import private_bytes
from hostcore.quick_dataclass import dataclass
from hostcore.service.belonging import systemctl_of
from hostcore.threads import MIB
from hostcore.view.alarms import alarm_json
from hostcore.view.bus_health import BusHealth, BusStatus
from hostcore.view.condition import condition_of, reason_for
from hostcore.view.findings import Findings, finding_json
from hostcore.workshop import spent

START_SECONDS = 5.0
"""Seconds that a host which has just started may take until it answers."""
ANSWER_SECONDS = 10.0
"""Seconds that a running host may take for its report."""
PAUSE = 0.1
"""Seconds between two attempts."""
NAME, STATE = 16, 12
"""Characters of the columns with a plugin's name and its state."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A running host as it says it is."""

    told: Told
    process: int
    private_bytes: int | None
    """Its memory that no other process shares; None if the kernel does not tell."""

    @property
    def is_well(self) -> bool:
        """Whether no alarm is raised, no plugin needs a look, no finding is certain or likely, and the MQTT broker, if
        one is wanted, is there, takes all messages, and knows one host only with this name.
        """
        is_troubled = any(condition_of(*each).is_troubled for each in self._plugins())
        reached = self.report.broker_reached
        broker = self.report.broker_lost or (reached and (reached.twin or reached.refusal))
        return not (self.report.alarms or is_troubled or self.told.is_grave or broker)

    @property
    def report(self) -> DiagnosisReport:
        """What its diagnosis knows."""
        return self.told.report

    def json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "running": True,
            "well": self.is_well,
            "config": str(self.told.config),
            "process": self.process,
            "service": systemctl_of(self.process) is not None,
            "started": timestamp(self.report.started_ns),
            "seconds": round((self.report.time_ns - self.report.started_ns) / NS_PER_S),
            "private_bytes": self.private_bytes,
            "simulated": list(self.report.simulated),
            "plugins": [{**to_json(each[0]), "condition": condition_of(*each).value} for each in self._plugins()],
            "tasks": to_json(self.report.tasks),
            "mqtt": self._broker_json(),
            "alarms": [alarm_json(each, each.state) for each in self.report.alarms],
            "findings": [finding_json(each) for each in self.report.findings],
        }

    def lines(self, width: int) -> Iterator[str]:
        """Yield the lines for a terminal of `width` characters."""
        report = self.report
        by = " of systemd" if systemctl_of(self.process) else ""
        memory = f", {self.private_bytes / MIB:.0f} MiB of memory" if self.private_bytes is not None else ""
        yield from wrapped(
            f"{self.told.config}: a host{by} runs (PID {self.process}) since {timestamp(report.started_ns)}{memory}",
            width,
        )
        if report.simulated:
            yield from wrapped(f"SIMULATED: {', '.join(report.simulated)}. Readings from there are invented.", width)
        for plugin, finding, stuck in self._plugins():
            failed = f"{counted(plugin.failed, 'error')} since the last reading; " if plugin.failed else ""
            readings = counted(plugin.published, "reading")
            condition = condition_of(plugin, finding, stuck)
            reason = f"{stuck.name}: {stuck.stuck_words}" if stuck else reason_for(plugin, None)
            line = f"  {plugin.name:<{NAME}} {condition.word:<{STATE}} {readings}; {failed}{reason}"
            yield from wrapped(line, width, hanging=NAME + STATE + 4)
        for each in report.tasks:
            time = spent(each.elapsed_seconds, each.expected_seconds)
            yield from wrapped(f"under way: {each.task}, {time} (estimated for this computer)", width, hanging=2)
        yield from wrapped(self._broker_line(), width, hanging=2)
        for alarm in report.alarms:
            seen = "; acknowledged" if alarm.acknowledged_ns else ""
            yield from wrapped(f"alarm {alarm.alarm.name}: {alarm.words}{seen}", width, hanging=2)
        for raised in report.findings:
            simulated = " (simulated)" if raised.finding.is_simulated else ""
            yield from wrapped(f"{raised.finding.confidence}: {raised.finding.sentence}{simulated}", width, hanging=2)
        if report.findings:
            yield "wasi-host diagnose shows the evidence, and what to do."

    def _broker_json(self) -> dict[str, Any] | None:
        """The connection to the MQTT broker for programs; None if none is wanted."""
        found = self.report.broker_reached or self.report.broker_lost
        if found is None:
            return None
        return {
            "connected": self.report.broker_lost is None,
            "broker": found.broker,
            "since": timestamp(found.since_ns),
            "problem": self.report.broker_lost.problem if self.report.broker_lost else "",
            "waiting": found.waiting,
            "dropped": found.dropped,
            "not_kept": found.not_kept,
            "twin": found.twin,
            "refusal": self.report.broker_reached.refusal if self.report.broker_reached else "",
        }

    def _broker_line(self) -> str:
        found = self.report.broker_reached or self.report.broker_lost
        if found is None:
            return ""
        lost = self.report.broker_lost
        told = f"away since {timestamp(lost.since_ns)}: {lost.problem}" if lost else f"connected to {found.broker}"
        if isinstance(found, BrokerReached) and found.refusal:
            told = f"connected, but {found.refusal}"  # which names the broker
        told = and_waiting(told, found.waiting)
        dropped = f"; {counted(found.dropped, 'reading')} dropped" if found.dropped else ""
        not_kept = f"; what waits is lost when the host ends: {found.not_kept}" if found.not_kept else ""
        twin = f"; {found.twin}" if found.twin and not lost else ""  # `problem` says it, or is more urgent
        return f"mqtt: {told}{dropped}{not_kept}{twin}"

    def _plugins(self) -> Iterator[tuple[PluginCondition, FindingRaised | None, BusStatus | None]]:
        """Yield the plugins with what `condition_of` needs to know."""
        findings, health = Findings(), BusHealth()
        for part in (findings, health):
            part.know(self.report.plugins)
        for raised in self.report.findings:
            findings.raise_(raised)
        for measured in self.report.health:
            health.measure(measured)
        for plugin in self.report.plugins:
            stuck = health.stuck_bus_of(plugin.name) if plugin.state is State.RUNNING else None
            yield plugin, findings.trouble_of(plugin.name), stuck


def status(config_file: Path | None, *, as_json: bool) -> int:
    """Print how the host with these settings is. Blocks for some seconds at most.

    Returns:
        `ExitStatus.DONE` if all is well, `FAILED` if something is wrong or it does not answer, `NOT_RUNNING`.

    Raises:
        HostError: the settings are unusable, or the host does not answer.
    """
    config, _ = settings_and_host(config_file)
    try:
        found = _condition_of(config)
    except HostError as error:
        if as_json:
            print(json.dumps({"running": True, "well": False, "config": str(config), "error": str(error)}))
        else:
            say(f"{config}: {error}")
        return ExitStatus.FAILED
    if found is None:
        no_host = {"running": False, "well": False, "config": str(config)}
        say(json.dumps(no_host) if as_json else f"{config}: no host runs")
        return ExitStatus.NOT_RUNNING
    print(*([json.dumps(found.json())] if as_json else found.lines(terminal_width())), sep="\n")
    return ExitStatus.DONE if found.is_well else ExitStatus.FAILED


def _condition_of(config: Path) -> Condition | None:
    """Return the condition of the host with these settings; None if there is none.

    Raises:
        HostError: it does not answer.
    """
    deadline = time.monotonic() + START_SECONDS
    while (holder := present_holder(config)) is not None:
        silent: list[SilentHost] = []
        try:
            if host := running_host_of(config, silent.append):
                return _asked(host, config)
            own = [each.problem for each in silent if each.process == holder.process]
            problem = own[0] if own else "it listens to no command"
        except HostError as error:  # its diagnosis begins a moment after the plugins
            problem = str(error)
        if time.monotonic() > deadline:
            raise HostError(f"a host runs (PID {holder.process}), but does not answer: {problem}")
        time.sleep(PAUSE)
    return None


def _asked(host: RunningHost, config: Path) -> Condition:
    process = host.report.process
    report = host.ask(DiagnosisRequest(), DiagnosisReport, ANSWER_SECONDS)
    return Condition(Told(report, config, process), process, private_bytes(process))
