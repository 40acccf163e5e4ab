"""Runs the plugin of a recording, call by call, on the recorded answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from hostcore.buses.call_limit import CallLimit
from hostcore.errors import PluginCrashedError, RecordingError
from hostcore.hostcall import Drop, HostFunctions
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import START, Call, Crossing, Ending, Recording
from hostcore.recording.values import pack
from hostcore.replay.answering import Answering, Divergence
from hostcore.replay.limit import ReplayLimit, Stopping
from hostcore.replay.memory import restore
from hostcore.replay.player import Player
from hostcore.replay.prepared import limits_of
from hostcore.runtime.instance import Instance
from hostcore.runtime.loader import Runtime
from hostcore.runtime.prepared import Prepared
from hostcore.runtime.source_loading import LOAD, load_source

TRACE, TRACE_STEPS = "python-runtime#trace", "python-runtime#trace-steps"
"""Functions of the Python runtime that make it report stacks, or steps."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """Which calls of a run are traced, and how."""

    first: int
    """Number of the first call that is traced. All that follow are."""
    function: str
    """`TRACE` or `TRACE_STEPS`. The player of the run receives the reports."""
    lingers_s: float
    """Where the host ended the last call while the plugin computed: for how long it goes on, to see in which lines it
    is."""
    began: Callable[[int, Call], None] = lambda _number, _call: None
    """Is told when a call begins: its number, and what is recorded of it."""
    patience_s: float = 0.0
    """How much longer than recorded a call may compute without a report."""
    reports: Callable[[], int] = lambda: 0
    """Counts reports. A call may last for as long as they grow: tracing makes it many times slower."""


Create = Callable[[HostFunctions, CallLimit, Drop], Instance]
"""Creates an instance with functions, a limit, and what takes its resources."""


@dataclass(frozen=True, slots=True)
class Played:
    """A call that was played."""

    number: int
    """Number of the call in the instance's life, from 0 on, which is its start."""
    recorded: Call
    result: Any
    """The WIT value that it returned now, an `hostcore.hostcall.Err`, or the `Ending`."""
    divergence: Divergence | None
    """The first place where it left the recording."""
    is_guess: bool = False
    """Whether some of it rests on guessed answers."""

    @property
    def has_same_result(self) -> bool:
        """Whether it returned, or died of, what is recorded. What a cut recording lacks is not missed."""
        return not self.recorded.is_whole or same(self.result, self.recorded.result)

    @property
    def has_crashed(self) -> bool:
        """Whether the instance died, other than by an order to stop, or because it left the recording."""
        return isinstance(self.result, Ending) and self.result.kind is not None and not self.has_left

    @property
    def has_left(self) -> bool:
        """Whether the replay ended in this call because it left the recording."""
        return self.divergence is not None and not self.is_guess

    @property
    def is_exact(self) -> bool:
        """Whether it did and returned what is recorded."""
        return self.divergence is None and self.has_same_result


def same(one: Any, other: Any) -> bool:
    """Whether two results are the same. Two endings are, if they are of one kind and tell the same problem."""
    if isinstance(one, Ending) and isinstance(other, Ending):
        return (one.kind, one.problem, one.traceback) == (other.kind, other.problem, other.traceback)
    return pack(one) == pack(other)


class Run:
    """One run of a recording. Create, use and close it on one thread.

    Args:
        runtime: runs the instance.
        prepared: the plugin: as it was recorded, or changed.
        recording: the recording.
        seen: gets each crossing that was answered, after the beginning.
        tracing: which calls are traced; by default none. Only Python in the shared runtime can be.
        stopping: ends the replay when it is set.
        player: answers the instance; by default an exact `Player`, which `seen` belongs to.
        create: creates the instance; by default one that is good for the replay alone.

    Attributes:
        instance: the instance.

    Raises:
        RecordingError: the instance does not even start as it is recorded.
    """

    def __init__(
        self,
        runtime: Runtime,
        prepared: Prepared,
        recording: Recording,
        *,
        seen: Callable[[Crossing], None] = lambda _crossing: None,
        tracing: Tracing | None = None,
        stopping: Stopping | None = None,
        player: Answering | None = None,
        create: Create | None = None,
    ) -> None:
        self._prepared, self._recording = prepared, recording
        self._player = player or Player(recording.header, recording.all_calls, seen=seen)
        self._tracing = tracing if prepared.source is not None else None
        self.limit = ReplayLimit(
            limits_of(recording.header).call_seconds + (tracing.patience_s if tracing else 0.0),
            lambda: self._player.ending,
            progress=self._progress,
            lingers_s=tracing.lingers_s if tracing else 0.0,
            stopping=stopping,
        )
        self._number = -1
        self._create = create or partial(runtime.replaying, prepared)
        self.instance = self._start()

    def beginning(self) -> Iterator[Played]:
        """Play what follows the start, and go on at the checkpoint if there is one."""
        yield from self.load()
        self.restore()

    def load(self) -> Iterator[Played]:
        """Play what follows the start, up to the checkpoint."""
        for _ in self._recording.beginning[1:]:
            yield self._play()

    def restore(self) -> None:
        """Give the instance the memory of the checkpoint, if there is one."""
        checkpoint = self._recording.checkpoint
        if checkpoint is not None:
            if self._player.can_restore:
                restore(self.instance, checkpoint)
            self._number = checkpoint.calls - 1

    def newest(self) -> Iterator[Played]:
        """Play the calls of the newest part, one after the other."""
        for _ in self._recording.calls:
            yield self._play()

    def memory(self) -> memoryview | None:
        """See `Instance.memory_view`. It must not be used after `close` either."""
        return self.instance.memory_view()

    def close(self) -> None:
        """Free the instance."""
        self.instance.close()

    def _start(self) -> Instance:
        call = self._next()
        if call is None or call.function != START:
            raise RecordingError(f"{self._prepared.spec.name}: its start is not in the recording")
        try:
            return self._create(self._player.functions(), self.limit, self._player.drop)
        except PluginCrashedError as crash:
            name = self._prepared.spec.name
            raise RecordingError(f"{name}: it does not start as recorded: {crash.problem}") from None

    def _progress(self) -> int:
        return self._player.progress + (self._tracing.reports() if self._tracing else 0)

    def _next(self) -> Call | None:
        self._number += 1
        return self._player.next_call()

    def _play(self) -> Played:
        call = self._next()
        assert call is not None, "there are as many calls as the recording has"
        if self._tracing is not None:
            self._tracing.began(self._number, call)
            if self._number == self._tracing.first:
                self.instance.call(self._tracing.function)
        result = self._called(call)
        return Played(self._number, call, result, self._player.divergence, self._player.is_guess)

    def _called(self, call: Call) -> Any:
        try:
            result = self._repeated(call)
        except PluginCrashedError as crash:
            return Ending.of_crash(crash)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as problem:
            name = self._prepared.spec.name
            raise RecordingError(
                f"{name}: call {self._number} of the recording is damaged, or no function of this plugin takes it "
                f"({type(problem).__name__}: {problem})"
            ) from None
        self._player.returned()
        return result

    def _repeated(self, call: Call) -> Any:
        """Do the call with the arguments that are recorded, or load the plugin, whose source may be a changed one."""
        prepared = self._prepared
        if call.function != LOAD or prepared.source is None:
            return self.instance.invoke(call.function, call.arguments)
        path = call.arguments[0]
        code = prepared.code if path == prepared.spec.path.name else ""
        return load_source(self.instance, path, prepared.source, code)
