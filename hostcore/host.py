"""The composition root: one running host, made of its settings."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from hostcore import parts
from hostcore.access.request_saver import RequestSaver
from hostcore.access.requests import AccessRequests
from hostcore.buses.choice import choose_buses
from hostcore.buses.health_watch import HealthWatch
from hostcore.buses.shared import Buses
from hostcore.buses.world import World
from hostcore.clock import Clock, RealClock
from hostcore.config.loading import load_config
from hostcore.config.model import Config
from hostcore.control.delayed_start import DelayedStart, Startable
from hostcore.errors import ConfigError, HostError, NoThreadError
from hostcore.events import HOST, BrokerLost, BrokerReached, Level, LogWritten, PluginsChanged, RoundCompleted
from hostcore.events.backlog import stream_with_backlog
from hostcore.late_part import LatePart
from hostcore.local_session import LocalSession
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import replace
from hostcore.reload.notices import FIXED, Notices
from hostcore.reload.plugin_source import Installed, PluginSource
from hostcore.reload.watcher import Watcher, watched_folders
from hostcore.rounds import Rounds
from hostcore.runtime.room import physical_memory_mib
from hostcore.supervisor.restarts import RestartPolicy
from hostcore.supervisor.shared_parts import SharedParts
from hostcore.supervisor.supervisor import Supervisor
from hostcore.threads import switch_often
from hostcore.told_progress import ToldProgress
from hostcore.workshop import Progress, Workshop, no_progress

if TYPE_CHECKING:
    from hostcore.broker.unsent import Unsent
    from hostcore.diagnosis.report import DiagnosisReport


class Host(LocalSession):
    """Runs all plugins of one configuration.

    Args:
        config: the settings.
        clock: the clock of the host and its plugins; by default the computer's.
        progress: takes the progress of work that takes seconds (building and compiling).
        source: knows the plugins; by default those of host.toml and the plugins folder.

    Raises:
        ConfigError: the settings contradict the plugins folder, or a bus is not available.
        CacheError: the folder of compiled components is not safe.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock | None = None,
        progress: Progress = no_progress,
        source: PluginSource | None = None,
    ) -> None:
        self._source = source or Installed(config.path)
        self.clock = clock or RealClock()
        self.config = config = self._source.for_them(config)
        self.stream, self._backlog = stream_with_backlog(self.clock)
        self.earlier = self._backlog.since
        self._found, self._stopping = self._source.find(config), threading.Event()
        self.has_plugins, self._refreshing = bool(self._found), threading.Lock()
        self._chosen = choose_buses(config, self.clock)
        self.buses = Buses(self._chosen.sources, self.clock, parts.injector(config, self.clock))
        self._world = World(self._chosen.environment, self.clock, self.stream.publish)
        self._faults = LatePart(lambda: parts.fault_switch(config, self.buses, self.stream, self._warn))
        self.actuators = parts.actuators(config, self.buses, self.stream)
        self._work = ToldProgress(progress, self.stream)
        self._workshop = Workshop(self._work, config.compiling.at_once)
        self._runtime = parts.runtime(config, self.clock, self.buses, self._workshop, self.actuators, warn=self._warn)
        self.rounds = Rounds(config.host.interval, self.clock, self.stream, self._broadcast)
        self._requests, reservations = AccessRequests(config.path), parts.reservations(config)
        shared = SharedParts(
            runtime=self._runtime, rounds=self.rounds, clock=self.clock, stream=self.stream,
            crashes=parts.crash_store(config), reservations=reservations, requests=self._requests,
            states=parts.state_store(config, self._source, self.clock, self.stream, self._warn),
            not_granted=self._source.not_granted,
            recordings=parts.recordings(config, self._source, self._runtime, self.clock),
            policy=RestartPolicy.of(config.supervisor),
        )  # fmt: skip
        self._supervisor = Supervisor(shared)
        self._by_hand = LatePart(
            lambda: parts.by_hand(self.actuators, self.buses, self._supervisor, reservations, self.stream)
        )
        self._log_writer = parts.log_writer(config, self.stream, self._warn)
        self._history = parts.history(config, self.stream, self._warn, is_kept=self._source.keeps_history)
        self._alarms = LatePart(
            lambda: parts.alarms(config, self._source, self.actuators, self.stream, self._backlog, warn=self._warn)
        )
        self._saver = RequestSaver(self._requests, self.stream, self._warn, keeps=self._source.keeps_requests)
        self._watcher = Watcher(partial(watched_folders, config, self._supervisor), self.refresh, self._warn)
        self._notices = Notices(config, self._warn, physical_memory_mib(), self._source.odd_files)
        self._scans = LatePart(
            lambda: parts.scans(config, self._chosen, self.buses, self.stream, warn=self._warn, stop=self._stopping)
        )
        self._drivers = LatePart(
            lambda: parts.drivers(config, self._source, self._work, self.clock, self.stream, refresh=self.refresh)
        )
        self._control, self._health = DelayedStart(self._make_control), HealthWatch(self.buses, self.stream)
        self._evidence = self.stream.subscribe()  # if more events wait than it takes, the evidence has a gap
        self._diagnosis = DelayedStart(lambda: parts.diagnostician(self, self.stream, self._evidence))
        self.facts = parts.host_facts(config, self._chosen, self.clock)

    def start(self) -> None:
        """Start all plugins. Returns at once.

        Raises:
            NoThreadError: a thread cannot be started. Stop the host.
        """
        switch_often()
        if self._log_writer:
            self._log_writer.start()
        if self.config.simulation.faults:
            self._faults.part.start()
        self._set_alarms(self.config, self._found)
        self._supervisor.adopt(self._found)
        for start in (
            self.rounds.start,
            self._saver.start,
            self._watcher.start,
            self._health.start,
            self._history.start,
        ):
            start()
        self._control.start()
        self._diagnosis.start()
        self._notices.report(self.config, self._found)

    def stop(self) -> bool:
        """Stop everything. Blocks for about a second at most.

        Returns:
            Whether everything ended. A plugin in a transfer that hangs cannot, and neither can the log on such a disk.
        """
        self._stopping.set()
        self._stop_what_people_began()
        self._world.stop()
        self._workshop.stop()
        self._watcher.stop()
        self.rounds.stop()
        self._health.stop()
        has_answered, has_concluded = self._control.stop(), self._diagnosis.stop()
        self._stop_what_people_began()  # a last request or change of host.toml can have begun more
        drivers, alarms = self._drivers.made, self._alarms.made
        is_quiet = alarms is None or alarms.stop()  # before the relays go off
        self._evidence.close()
        ended = self._supervisor.stop() and (drivers is None or drivers.join()) and has_answered and has_concluded
        self.actuators.stop()
        self._saver.stop()
        is_kept = self._history.stop()
        self._runtime.leave_files()
        if ended:
            self._runtime.close()
            self.buses.close()
        return (not self._log_writer or self._log_writer.stop()) and ended and is_kept and is_quiet

    def _stop_what_people_began(self) -> None:
        for part in (self._faults.made, self._drivers.made):
            if part:
                part.stop()

    def keep_unsent(self, unsent: Unsent) -> str:
        """Let the history keep a copy of the readings that wait for the broker. Call it before `start`.

        Returns:
            Why it cannot, in one line for a person; "" if it can.
        """
        return self._history.keep_unsent(unsent)

    @property
    def failures(self) -> tuple[str, ...]:
        """Return one line for each plugin whose file cannot be used."""
        return self._supervisor.failures()

    def diagnosis(self, *, with_traces: bool = False) -> DiagnosisReport:
        """Return what the diagnosis knows now. Blocks for some milliseconds.

        Args:
            with_traces: whether to include the newest transfers and log lines.

        Raises:
            HostError: the host has only just started, has stopped, or a defect has ended its diagnosis.
        """
        if (part := self._diagnosis.part) is None:
            raise HostError("the diagnosis has not begun yet; ask again in a second")
        raised = alarms.raised() if (alarms := self._alarms.made) else ()
        broker = self._backlog.newest(BrokerReached)  # or BrokerLost, which replaces it
        return replace(
            part.report(with_traces=with_traces),
            alarms=raised,
            tasks=self._work.under_way,
            broker_reached=broker if isinstance(broker, BrokerReached) else None,
            broker_lost=broker if isinstance(broker, BrokerLost) else None,
        )

    def refresh(self) -> None:
        """Read host.toml and the plugins' files again and apply the changes, except those of `FIXED` sections."""
        with self._refreshing:  # otherwise an older file could be applied after a newer one
            try:
                config = self._source.for_them(load_config(self.config.path))
                found = self._source.find(replace(config, **{each: getattr(self.config, each) for each in FIXED}))
            except ConfigError as error:
                self._notices.refuse(str(error))
                return
            self._notices.report(config, found)
            before = self.plugins()
            try:
                self._supervisor.adopt(found)
                self._set_alarms(config, found)
            except NoThreadError as error:
                self._warn(f"not everything runs: {error}")
            if self.plugins() != before:
                self.stream.publish(PluginsChanged(self.clock.wall_ns(), self._supervisor.names()))

    def _make_control(self) -> Startable:
        return parts.control(
            self.config,
            self.buses,
            self._supervisor,
            self.stream,
            scans=self._scans.part,
            health=self._health,
            diagnosis=lambda with_traces: self.diagnosis(with_traces=with_traces),
            attachments=parts.attachments(self, self._backlog, self.clock, self._warn),
            facts=self.facts.buses,
            warn=self._warn,
        )

    def _set_alarms(self, config: Config, settings: object) -> None:
        if config.alarms or self._alarms.made:
            self._alarms.part.set(config.alarms, settings)

    def _broadcast(self, finished: RoundCompleted) -> None:
        self.actuators.show_soon()
        self._supervisor.broadcast(finished)
        self._watcher.watch_now()

    def _warn(self, text: str) -> None:
        self.stream.publish(LogWritten(self.clock.wall_ns(), HOST, Level.WARNING, log_line(text), by_host=True))
