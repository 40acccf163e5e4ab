"""Creates instances: each gets its own host functions, with the means of its plugin."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from hostcore.actuators import Actuators
from hostcore.buses.call_limit import CallLimit, WithinCall
from hostcore.buses.shared import Buses
from hostcore.clock import Clock, ShiftedClock
from hostcore.compat.demo.contract import PACKAGE as DEMO
from hostcore.hostcall import Drop, HostFunctions
from hostcore.kept_state.state import KeptState
from hostcore.log.plugin_log import PluginLog
from hostcore.plugin.actuators import PluginActuators
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from hostcore.plugin.stated_values import StatedValues
from hostcore.quantities import Catalog
from hostcore.quick_dataclass import dataclass, replace
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.runtime.contract import contract_functions
from hostcore.runtime.demo_plugins import without_lines
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.guest_memory import GuestMemories
from hostcore.runtime.instance import Instance
from hostcore.runtime.last_words import LastWords, heard
from hostcore.runtime.library_modules import NO_MODULES, Modules
from hostcore.runtime.lift_limit import lift_limit
from hostcore.runtime.output import Output
from hostcore.runtime.plugin import Plugin
from hostcore.runtime.prepared import Prepared
from hostcore.runtime.recorded import header_of
from hostcore.runtime.room import MemoryTotal
from hostcore.wasi.functions import wasi_functions

if TYPE_CHECKING:
    from hostcore.compat.demo.sensors import Sensors
    from hostcore.events import Level

StartDriver = Callable[[Prepared, Kit, PluginLog], Plugin]
"""Starts one of the host's own drivers, which reads a sensor for a plugin."""


def _unknown() -> Header:
    """An instance without a header is not recorded."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Means:
    """What one instance works with."""

    functions: HostFunctions
    """Its host functions."""
    drop: Drop
    """Called when it returns a resource."""
    limit: CallLimit
    """Limits its calls."""
    closing: Callable[[], None]
    """Frees what its functions hold. Idempotent."""
    words: LastWords | None = None
    """Collects its standard error, if that can explain why it gave up."""
    header: Callable[[], Header] = _unknown
    """Returns what it begins with, for its recording."""


@dataclass(frozen=True, slots=True)
class Instances:
    """Creates the instances of one runtime.

    Args:
        engine: runs them.
        clock: the clock that plugins see.
        buses: all buses.
        actuators: all actuators.
        total: the memory that all instances together may use.
        memories: distinguishes the memories of the process's instances.
        catalog: knows what the values of all plugins measure.
    """

    engine: GuestEngine
    clock: Clock
    buses: Buses
    actuators: Actuators
    total: MemoryTotal
    memories: GuestMemories
    catalog: Catalog

    def create(
        self,
        prepared: Prepared,
        kit: Kit,
        output: Output,
        *,
        start_driver: StartDriver,
        modules: Modules = NO_MODULES,
    ) -> Instance:
        """Create an instance of a plugin's component. The plugin's source is not loaded yet.

        Args:
            prepared: the plugin.
            kit: its access, share and limit.
            output: takes its log lines and output.
            start_driver: starts one of `prepared.drivers`.
            modules: the modules of its libraries.

        Raises:
            PluginCrashedError: the instance crashed while it started.
            NoRoomError: there is no room for it.
        """
        means = self.means(prepared, kit, output, start_driver=start_driver, modules=modules)
        recorder = kit.recorder(means.header())
        return self.playing(prepared, means, means.functions, means.limit, means.drop, recorder=recorder)

    def means(
        self,
        prepared: Prepared,
        kit: Kit,
        output: Output,
        *,
        start_driver: StartDriver,
        modules: Modules = NO_MODULES,
        ahead_ns: int = 0,
    ) -> Means:
        """Make what an instance of a plugin works with. See `create`.

        Args:
            prepared: the plugin.
            kit: its access, share and limit.
            output: takes its log lines and output.
            start_driver: starts one of `prepared.drivers`.
            modules: the modules of its libraries.
            ahead_ns: by how much the monotonic clock of the plugin is ahead of the host's, nanoseconds.

        Raises:
            NoRoomError: there is no room for it.
        """
        spec = prepared.spec
        gate = Gate(self.buses, spec.name, kit)
        buses, actuators = PluginBuses(gate), PluginActuators(gate, self.actuators)
        clock = ShiftedClock(self.clock, ahead_ns) if ahead_ns else self.clock
        wasi = wasi_functions(clock, lambda moment_ns: kit.limit.sleep_until(moment_ns - ahead_ns), output.write)
        contract = contract_functions(
            gate,
            buses,
            actuators,
            output.log,
            spec.settings,
            catalog=self.catalog,
            modules=modules,
        )
        functions: HostFunctions = {**wasi.functions, **contract}
        freed = ExitStack()
        freed.callback(self.total.take(spec.name, spec.limits.memory_mib).close)
        if any(each.name.startswith(DEMO) for each in prepared.linked.imports):
            sensors = _sensors(prepared, kit, output.plugin_log, start_driver)
            freed.callback(sensors.close)
            demo = _demo_functions(buses, actuators, sensors, self.clock, output.log)
            functions = {**functions, **demo}
        header = partial(header_of, prepared, functions, self.clock, self.buses)
        return Means(functions, wasi.drop, kit.limit, freed.close, output.words, header)

    def playing(
        self,
        prepared: Prepared,
        means: Means,
        functions: HostFunctions,
        limit: CallLimit,
        drop: Drop,
        *,
        recorder: Recorder | None = None,
    ) -> Instance:
        """Create an instance with the means of its plugin, but these functions. Raises like `create`.

        Args:
            prepared: the plugin.
            means: are freed when it is closed.
            functions: its host functions, for now or for good.
            limit: limits its calls.
            drop: called when it returns a resource.
            recorder: records it.
        """
        spec = prepared.spec
        return Instance(
            spec.name,
            prepared.linked,
            self.engine,
            functions=functions,
            drop=drop,
            limit=limit,
            memory_mib=spec.limits.memory_mib,
            memories=self.memories,
            lift_bytes=lift_limit(spec.limits.reading_bytes),
            closing=means.closing,
            words=means.words,
            recorder=recorder,
        )

    def replaying(self, prepared: Prepared, functions: HostFunctions, limit: CallLimit, drop: Drop) -> Instance:
        """Create an instance that has these functions alone, and touches nothing. Raises like `create`.

        Args:
            prepared: the plugin.
            functions: answer from a recording.
            limit: ends its calls.
            drop: called when it returns a resource.
        """
        words = LastWords()
        share = self.total.take(prepared.spec.name, prepared.spec.limits.memory_mib)
        alone = Means(functions, drop, limit, share.close, words)
        spoken = functions if prepared.source is not None else heard(functions, words)
        return self.playing(prepared, alone, spoken, limit, drop)


def _demo_functions(
    buses: PluginBuses, actuators: PluginActuators, sensors: Sensors, clock: Clock, log: Callable[[Level, str], None]
) -> HostFunctions:
    from hostcore.compat.demo.imports import DemoKit, demo_functions  # noqa: PLC0415 - only for this contract

    return demo_functions(DemoKit(buses, actuators, sensors, clock, log))


def _sensors(prepared: Prepared, kit: Kit, log: PluginLog, start_driver: StartDriver) -> Sensors:
    from hostcore.compat.demo.sensors import Sensors  # noqa: PLC0415 - only for this contract

    within = replace(
        kit,
        limit=WithinCall(kit.limit),
        publish=without_lines(kit.publish),
        state=KeptState(),
        values=StatedValues(),
        record=None,
    )  # the state is the plugin's own, it publishes the driver's values under keys of its own, and records its answers

    def start(driver: str, settings: str) -> Plugin:
        known = next(each for each in prepared.drivers if each.spec.path.stem == driver)
        return start_driver(replace(known, spec=replace(known.spec, settings=settings)), within, log)

    return Sensors(start, kit.limit.check)
