"""Makes the parts of a host that follow from its settings alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from hostcore import __version__, shipped
from hostcore.access.decisions import Reservations
from hostcore.actuators import Actuators, reserve_actuators
from hostcore.buses.choice import ChosenBuses
from hostcore.buses.shared import Buses
from hostcore.buses.world import chip_facts, quantity_facts
from hostcore.clock import Clock
from hostcore.config.finding import name_of_settings, user_folder
from hostcore.config.history import NO_FILE, history_file
from hostcore.config.loading import cache_folder, merge_plugins
from hostcore.config.model import Config
from hostcore.config.simulation import bus_of
from hostcore.events.backlog import Backlog
from hostcore.events.facts import BusFacts, HostFacts, PluginFacts
from hostcore.events.stream import EventStream, Subscription
from hostcore.faults.injector import Injector
from hostcore.history.history import History, NoHistory
from hostcore.kept_state.folder import state_folder_of
from hostcore.kept_state.store import StateStore
from hostcore.libraries.named import packages_named
from hostcore.log.log_file import LogWriter
from hostcore.permissions import Permission
from hostcore.plugin.gate import host_gate
from hostcore.recording.folder import recording_folder_of
from hostcore.reload.discovery import plugin_files
from hostcore.reload.plugin_source import PluginSource
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import PluginSpec
from hostcore.supervisor.crash_store import CrashStore
from hostcore.supervisor.recordings import Recordings
from hostcore.supervisor.supervisor import Supervisor
from hostcore.workshop import Progress, Workshop

if TYPE_CHECKING:
    from hostcore.alarms.watch import AlarmWatch
    from hostcore.authoring.drivers import Drivers
    from hostcore.buses.fault_switch import FaultSwitch
    from hostcore.buses.health_watch import HealthWatch
    from hostcore.buses.scans import BusScans
    from hostcore.by_hand import OutputsByHand
    from hostcore.control.attachments import Attachments
    from hostcore.control.service import Control
    from hostcore.diagnosis.diagnostician import Diagnostician
    from hostcore.diagnosis.report import DiagnosisReport
    from hostcore.faults.site import Sites
    from hostcore.session import Session

Warn = Callable[[str], None]
"""Takes one line for a person."""
Refresh = Callable[[], None]
"""Makes the host look at its settings and plugins again."""


def host_facts(config: Config, chosen: ChosenBuses, clock: Clock) -> HostFacts:
    """Return the facts about a host that starts now."""
    host, buses = config.host, chosen.facts
    return HostFacts(
        version=__version__,
        host_name=os.uname().nodename,
        config_file=config.path,
        is_shipped_config=config.path.parent == shipped.folder(),
        plugins_folder=host.plugins_folder,
        interval=host.interval,
        buses=buses,
        started_ns=clock.wall_ns(),
        leds=config.leds.count if config.leds else 0,
        leds_bus=config.leds.spi.bus_name if config.leds else None,
        relays=tuple(each.name for each in config.relays),
        relay_lines=tuple(each.line for each in config.relays),
        chips_folder=config.chips_folder,
        is_read_only=config.screen.read_only,
        shares_buses=config.access.share_buses,
        log_level=host.log_level,
        writes_copies=not shipped.is_own(config.path),
        is_still=any(not signal.noise for signal in config.simulation.environment.values()),
        quantities=quantity_facts(chosen.environment),
        chips=chip_facts(config.simulation.chips, buses),
    )


def plugin_facts(spec: PluginSpec, interval: float) -> PluginFacts:
    """Return the facts about a plugin."""
    limits = spec.limits
    named = packages_named(spec.path)
    return PluginFacts(spec.name, spec.path, interval, spec.permissions, limits.memory_mib, limits.call_seconds, named)


def drivers(
    config: Config, source: PluginSource, progress: Progress, clock: Clock, stream: EventStream, *, refresh: Refresh
) -> Drivers:
    """Return what adds drivers for people, and fetches their libraries."""
    from hostcore.authoring.drivers import Drivers  # noqa: PLC0415 - see LatePart

    return Drivers(config, progress, clock, publish=stream.publish, refresh=refresh, is_open=source.takes_drivers)


def scans(
    config: Config, chosen: ChosenBuses, buses: Buses, stream: EventStream, *, warn: Warn, stop: Event
) -> BusScans:
    """Return what probes the buses for people and for the diagnosis. It ends when `stop` is set."""
    from hostcore.buses.scans import BusScans  # noqa: PLC0415 - see LatePart

    return BusScans(buses, chosen.facts, config.chips_folder, publish=stream.publish, warn=warn, stopping=stop)


def attachments(session: Session, backlog: Backlog, clock: Clock, warn: Warn) -> Attachments:
    """Return what serves the front ends in other processes."""
    from hostcore.control.attachments import Attachments  # noqa: PLC0415 - long after the start

    return Attachments(session, backlog, clock=clock, warn=warn)


def control(
    config: Config,
    buses: Buses,
    supervisor: Supervisor,
    stream: EventStream,
    *,
    scans: BusScans,
    health: HealthWatch,
    diagnosis: Callable[[bool], DiagnosisReport],
    attachments: Attachments,
    facts: tuple[BusFacts, ...],
    warn: Warn,
) -> Control:
    """Return what serves commands and attached screens."""
    from hostcore.control.messages import HealthReport  # noqa: PLC0415 - long after the start
    from hostcore.control.service import Control, ControlService  # noqa: PLC0415

    service = ControlService(
        config.path,
        buses,
        facts=facts,
        grants=supervisor.grants,
        scan=scans.run,
        health=lambda: HealthReport(*health.report()),
        diagnosis=diagnosis,
        states=supervisor,
        recording=supervisor.recording,
        stream=stream,
        attachments=attachments,
    )
    return Control(service, warn)


def diagnostician(session: Session, stream: EventStream, evidence: Subscription) -> Diagnostician:
    """Return what looks for causes of trouble. `evidence` has the events since the start of the host."""
    from hostcore.diagnosis.diagnostician import Diagnostician  # noqa: PLC0415 - long after the start

    return Diagnostician(session.facts, session.plugins, scanner=session, stream=stream, subscription=evidence)


def log_writer(config: Config, stream: EventStream, warn: Warn) -> LogWriter | None:
    """Return the writer of the log file; None if neither the command line nor the settings name one."""
    log, file = config.log, config.log_file or config.log.file
    if file is None:
        return None
    return LogWriter(stream, file, log.file_mib, log.files_kept, warn, least=config.host.log_level)


def history(config: Config, stream: EventStream, warn: Warn, *, is_kept: bool) -> History | NoHistory:
    """Return the history. It has all events from now on.

    Args:
        config: the settings.
        stream: has the events.
        warn: takes one line for a person.
        is_kept: whether the readings of these plugins belong into the history of the settings file.
    """
    settings = config.history
    if not is_kept:
        return NoHistory("the readings of a file that is only tried are not stored")
    if not settings.enabled:
        return NoHistory("readings are not stored; set enabled = true in [history] of host.toml")
    if settings.file is None:
        return NoHistory(NO_FILE)
    is_usual = settings.file == history_file(config.path)
    return History(settings.file, settings, stream, warn, makes_folder=is_usual)


def injector(config: Config, clock: Clock) -> Injector:
    """Return what makes the faults on demand, which knows the chips of the simulated Pi and a person's chip files."""

    def sites() -> Sites:
        from hostcore.chips.library import library_with  # noqa: PLC0415 - few hosts have faults
        from hostcore.faults.site import Sites  # noqa: PLC0415

        chips = config.simulation.chips
        named = {(bus_of(each), each.address): each.chip for each in chips if each.address is not None}
        return Sites(named, partial(library_with, config.chips_folder))

    return Injector(clock, config.simulation.seed, sites)


def fault_switch(config: Config, buses: Buses, stream: EventStream, warn: Warn) -> FaultSwitch:
    """Return the switch of the faults on demand, with those of the settings."""
    from hostcore.buses.fault_switch import FaultSwitch  # noqa: PLC0415 - see LatePart

    names = [each.name for each in config.buses]
    return FaultSwitch(buses, names, config.simulation.faults, publish=stream.publish, warn=warn)


def actuators(config: Config, buses: Buses, stream: EventStream) -> Actuators:
    """Return the LEDs, relays and modulated lines."""
    host = host_gate(buses, stream.publish)
    return Actuators(config.leds, config.relays, buses=buses, host=host, publish=stream.publish)


def alarms(
    config: Config, source: PluginSource, actuators: Actuators, stream: EventStream, backlog: Backlog, *, warn: Warn
) -> AlarmWatch:
    """Return the watch of the alarms, which has none yet."""
    from hostcore.actuators.alarm_signals import AlarmSignals  # noqa: PLC0415 - see LatePart
    from hostcore.alarms.acknowledged import AcknowledgedFile  # noqa: PLC0415
    from hostcore.alarms.watch import AlarmWatch  # noqa: PLC0415

    folder = user_folder("XDG_STATE_HOME", ".local/state", "alarms") if source.keeps_states else None
    kept = AcknowledgedFile(folder / f"{name_of_settings(config.path)}.json" if folder else None)
    signals = AlarmSignals(actuators, warn)
    return AlarmWatch(stream, signals, lambda: [each.event for each in backlog.since(0).items], kept)


def by_hand(
    actuators: Actuators, buses: Buses, supervisor: Supervisor, reservations: Reservations, stream: EventStream
) -> OutputsByHand:
    """Return what drives the outputs for people."""
    from hostcore.by_hand import OutputsByHand  # noqa: PLC0415 - see LatePart

    def grants() -> Iterator[tuple[str, Permission]]:
        return ((spec.name, each) for spec, _ in supervisor.specs() for each in spec.permissions)

    return OutputsByHand(actuators, buses, grants=grants, reservations=reservations, publish=stream.publish)


def runtime(
    config: Config, clock: Clock, buses: Buses, workshop: Workshop, outputs: Actuators, *, warn: Warn
) -> Runtime:
    """Return what runs the components.

    Raises:
        CacheError: the folder of compiled components is not safe, or no home folder is known for it.
    """
    return Runtime(
        cache_folder(config),
        clock,
        buses,
        workshop,
        warn,
        actuators=outputs,
        compiling=config.compiling,
        total_memory_mib=config.host.total_memory_mib,
        wheels=config.libraries.folder,
    )


def crash_store(config: Config) -> CrashStore:
    """Return the store of the crash reports."""
    folder = config.crashes.folder or cache_folder(config) / "crashes"
    return CrashStore(folder, config.crashes.kept, config.recording.disk_mib << 20, recording_folder_of(config).size)


def recordings(config: Config, source: PluginSource, runtime: Runtime, clock: Clock) -> Recordings:
    """Return what records the plugins. The recordings of a file that is only tried are kept nowhere."""
    folder = recording_folder_of(config, crash_store(config).shrink_recordings) if source.keeps_states else None
    return Recordings(config.recording, runtime, clock, folder)


def state_store(config: Config, source: PluginSource, clock: Clock, stream: EventStream, warn: Warn) -> StateStore:
    """Return the store of what the plugins keep across restarts. Each settings file has a folder of its own."""
    folder = state_folder_of(config) if source.keeps_states else None
    return StateStore(folder, clock, stream.publish, warn, partial(_known_plugins, config))


def _known_plugins(config: Config) -> frozenset[str] | None:
    """Return the names of all plugins, also of disabled ones; None if there is no folder of plugins."""
    if not config.host.plugins_folder.is_dir():
        return None
    return frozenset(each.name for each in merge_plugins(config, plugin_files(config)))


def reservations(config: Config) -> Reservations:
    """Return the owners of devices. LEDs and relays are the host's own."""
    made = Reservations(config.access.shared)
    reserve_actuators(config, made)
    return made
