"""Puts an instance to sleep, and wakes it in another process: it replays its recording, and goes on from there.

Nothing of a sleeping instance is trusted. Its file, settings, permissions, limits and the host have to be the same,
each crossing and result of the replay has to be the recorded one, and the memory has to be the one that fell asleep.
What then runs has the permissions of host.toml, and no others.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from hostcore.clock import Clock
from hostcore.errors import RecordingError
from hostcore.events.event_json import from_json, to_json
from hostcore.hostcall import HostFunctions, Resource
from hostcore.log.plugin_log import PluginLog
from hostcore.permissions import GpioMode, GpioPermission, I2cPermission, IioPermission, SpiPermission, SystemPermission
from hostcore.place import BusName
from hostcore.plugin.kit import Kit
from hostcore.quantities import DescribedValue
from hostcore.quick_dataclass import dataclass, fields
from hostcore.recording.contents import packed_in, read_recording
from hostcore.recording.model import Header, Recording
from hostcore.recording.pages import digest, sums_of
from hostcore.recording.recorder import Recorder, Resumed
from hostcore.replay.player import Player
from hostcore.replay.running import Played, Run
from hostcore.runtime.instance import Instance
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import Plugin
from hostcore.runtime.prepared import Prepared
from hostcore.runtime.sleeper import Sleeper
from hostcore.runtime.source_loading import LOAD
from hostcore.wasi.functions import resource_type

MOST_CALLS = 100
"""Most calls that are replayed to wake a plugin. If there were more since its last checkpoint, it gets one when it
falls asleep. A call takes 0.5 to 4 ms on a PC, and ten to twenty times as long on a Pi Zero."""
MOST_SECONDS = 10.0
"""Most seconds that waking may take."""
LATEST_NS = 1 << 62
"""The clock of a sleeping plugin is below this, nanoseconds."""
STREAMS = frozenset(map(resource_type, ("input-stream", "output-stream")))
"""The types of resources that an instance may hold while it sleeps: they are the same in every host."""
_HARMLESS = (I2cPermission, SpiPermission, IioPermission, SystemPermission)


@dataclass(frozen=True, slots=True)
class Asleep:
    """What a sleeping instance needs beside its recording."""

    slept_ns: int
    """When it fell asleep, on the wall clock."""
    monotonic_ns: int
    """Its monotonic clock then. It does not go on while it sleeps."""
    calls: int
    """How many calls it had made since it was loaded."""
    memory: str
    """The digest of its linear memory."""
    simulated: tuple[BusName, ...] = ()
    """The simulated buses that its readings depend on."""
    faulty: tuple[BusName, ...] = ()
    """The buses on which faults on demand have struck it."""
    values: tuple[DescribedValue, ...] = ()
    """What it has stated of its values."""


@dataclass(frozen=True, slots=True)
class Woken:
    """A plugin that goes on where it was."""

    plugin: Plugin
    asleep: Asleep


def fall_asleep(plugin: Plugin, prepared: Prepared, recorder: Recorder, clock: Clock) -> tuple[bytes, int]:
    """Put an instance to sleep, between two calls. Blocks for some tens of milliseconds. The instance is as it was.

    Args:
        plugin: the instance.
        prepared: its version.
        recorder: has its recording.
        clock: the host's clock.

    Returns:
        The file of the sleeping instance, and how many calls it had made since it was loaded.

    Raises:
        RecordingError: it cannot sleep. The message is the reason.
    """
    reason = reason_against(plugin, prepared)
    memory = None if reason else plugin.memory_view()
    if memory is None:
        raise RecordingError(reason or "its memory is not known")
    sums = sums_of(memory)
    packed = recorder.newest(memory, sums, MOST_CALLS)
    held = {type_id for type_id, _ in recorder.tape.handles}
    if (problem := packed.problem or packed.gap) or not held <= STREAMS:
        raise RecordingError(problem or "it holds a resource of this host")
    calls = max(0, recorder.tape.calls - 2)
    asleep = Asleep(
        clock.wall_ns(),
        clock.monotonic_ns() + plugin.ahead_ns,
        calls,
        digest(sums),
        plugin.simulated,
        plugin.faulty,
        plugin.values.all,
    )
    return packed.content(asleep=json.dumps(to_json(asleep)).encode()), calls


def reason_against(plugin: Plugin, prepared: Prepared) -> str:
    """Why a plugin of this kind never sleeps; "" if it may."""
    if prepared.source is None:
        return "it is a component, and no Python"
    if "script" in plugin.provides:
        return "it is a script, which runs in one call"
    for each in prepared.spec.permissions:
        if isinstance(each, GpioPermission) and each.mode is not GpioMode.OUT:
            continue
        if not isinstance(each, _HARMLESS):
            return f"it may use {each}, which is not as it was after a stop"
    return ""


def wake(runtime: Runtime, prepared: Prepared, kit: Kit, log: PluginLog, content: bytes) -> Woken:
    """Wake an instance. Blocks for as long as the load of the plugin and the replay of up to `MOST_CALLS` calls take.

    Args:
        runtime: runs it.
        prepared: the present version of the plugin.
        kit: what it uses when it is awake. It has a recorder.
        log: takes its log lines then.
        content: the file of the sleeping instance.

    Raises:
        RecordingError: it does not wake, and the plugin has to start as usual. The message is the reason.
        HostError: the same, for a reason that has nothing to do with the recording.
    """
    recording, asleep = _read(content)
    sleeper = runtime.sleeper(prepared, kit, log, asleep.monotonic_ns)
    try:
        _require_same(recording.header, sleeper.header)
        return _Waking(runtime, prepared, kit, recording, asleep).awake(sleeper, content)
    except BaseException:
        sleeper.close()
        raise


def _read(content: bytes) -> tuple[Recording, Asleep]:
    try:
        recording, (_, inner) = read_recording(content), packed_in(content)
        asleep = from_json(Asleep, json.loads(inner))
    except (ValueError, RecursionError) as problem:
        raise RecordingError(f"what slept cannot be read: {problem}") from None
    if recording.problem or not 0 <= asleep.monotonic_ns < LATEST_NS or len(recording.calls) > MOST_CALLS:
        raise RecordingError(f"what slept cannot be used: {recording.problem or 'a number is out of range'}")
    return recording, asleep


_NAMES = {"source": "file", "component": "runtime", "host_version": "host", "machine": "computer"}
"""Words for fields of the header where a person knows them by another name."""


def _require_same(slept: Header, now: Header) -> None:
    for name in (each.name for each in fields(Header) if each.name != "began_ns"):
        if getattr(slept, name) != getattr(now, name):
            raise RecordingError(f"its {_NAMES.get(name, name.replace('_', ' '))} changed since it was loaded")


class _Waking:
    """One attempt to wake an instance."""

    def __init__(self, runtime: Runtime, prepared: Prepared, kit: Kit, recording: Recording, asleep: Asleep) -> None:
        self._runtime, self._prepared, self._kit = runtime, prepared, kit
        self._recording, self._asleep = recording, asleep
        self._handles, self._stopping = Counter[tuple[int, int]](), _Stopping(kit)

    def awake(self, sleeper: Sleeper, content: bytes) -> Woken:
        """Play the recording, and let the instance go on."""
        run = self._run(sleeper)
        try:
            known = self._played(run)
            recorder = self._kit.recorder(self._recording.header)
            assert recorder is not None, "a plugin that may sleep is recorded"
            recorder.resume(packed_in(content)[0], known)
            self._kit.simulated.update(self._asleep.simulated)
            self._kit.faulty.update(self._asleep.faulty)
            for each in self._asleep.values:
                self._kit.values.state(each.key, each.quantity)
            return Woken(sleeper.wake(run.instance, self._provides(), recorder), self._asleep)
        except BaseException:
            run.close()
            raise

    def _run(self, sleeper: Sleeper) -> Run:
        player = _Counting(self._recording, self._handles)
        return Run(
            self._runtime,
            self._prepared,
            self._recording,
            stopping=self._stopping,
            player=player,
            create=lambda functions, limit, _drop: sleeper.play(functions, limit, player.drop),
        )

    def _played(self, run: Run) -> Resumed:
        for played in run.load():
            self._require_exact(played)
        begun_handles, sums = dict(self._handles), sums_of(_memory_of(run.instance))
        run.restore()
        for played in run.newest():
            self._require_exact(played)
        if digest(sums_of(_memory_of(run.instance))) != self._asleep.memory:
            raise RecordingError("its memory is not the one that fell asleep")
        if not {type_id for type_id, _ in self._handles} <= STREAMS:
            raise RecordingError("it holds a resource of the host that it slept in")
        recording, newest = self._recording, len(self._recording.calls)
        before = recording.checkpoint.calls if recording.checkpoint else len(recording.beginning)
        return Resumed(before + newest, newest, dict(self._handles), begun_handles, sums)

    def _require_exact(self, played: Played) -> None:
        if self._stopping.is_set():
            raise RecordingError(f"it took longer than {MOST_SECONDS:g} s to wake, or was told to stop")
        if not played.is_exact:
            raise RecordingError(f"call {played.number} of its replay is not as it was recorded")
        if not played.recorded.is_whole:
            raise RecordingError(f"call {played.number} of its recording is cut")
        if played.recorded.ending is not None:
            raise RecordingError(f"call {played.number} of its recording ended its instance")

    def _provides(self) -> frozenset[str]:
        """The kinds of the plugin, as its load has returned them."""
        loads = [each.result for each in self._recording.beginning if each.function == LOAD]
        if len(loads) != 1 or not isinstance(loads[0], tuple):
            raise RecordingError("its load is not recorded")
        return frozenset(map(str, loads[0]))


def _memory_of(instance: Instance) -> memoryview:
    memory = instance.memory_view()
    if memory is None:
        raise RecordingError("its memory is not known")
    return memory


class _Counting(Player):
    """A player that counts the handles which the guest gets and gives back."""

    def __init__(self, recording: Recording, handles: Counter[tuple[int, int]]) -> None:
        super().__init__(recording.header, (*recording.beginning, *recording.calls))
        self._handles = handles

    def functions(self) -> HostFunctions:
        """See `Player`."""
        return {name: self._counted(function) for name, function in super().functions().items()}

    def drop(self, type_id: int, rep: int) -> None:
        """The guest gave back a handle."""
        self._handles[type_id, rep] -= 1
        if self._handles[type_id, rep] <= 0:
            del self._handles[type_id, rep]

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def answer(*arguments: Any) -> Any:
            found = function(*arguments)
            if type(found) is Resource:
                self._handles[found.type_id, found.rep] += 1
            return found

        return answer


class _Stopping:
    """Ends the replay when its plugin has to stop, or when it takes too long."""

    def __init__(self, kit: Kit) -> None:
        self._limit, self._latest = kit.limit, time.monotonic() + MOST_SECONDS
        self._is_set = False

    def is_set(self) -> bool:
        """Whether the replay has to end."""
        return self._is_set or self._limit.stopped or time.monotonic() > self._latest

    def set(self) -> None:
        """End it."""
        self._is_set = True
