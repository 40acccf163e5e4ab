"""The tape: entries of everything that crosses the boundary, written while the guest's calls go on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from hostcore.clock import Clock
from hostcore.hostcall import Resource
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import MIDDLE, Call, Crossing
from hostcore.recording.segments import CALL, END, Times, packed_segment
from hostcore.recording.values import Edges, packer

SEGMENT = 1 << 16
"""Bytes of entries that are compressed together. Larger segments compress no better and lose more at a cut."""
LOOK = 4
"""Entries between two looks at the size of the segment. A look takes as long as half an entry."""
_NS_PER_US = 1000


@dataclass(slots=True)
class Struck:
    """How often faults on demand have struck what an instance did."""

    count: int = 0


class Tape:
    """Takes entries, and hands over a compressed segment of them now and then.

    For the instance's own thread. Only `cut` is for any thread. An entry that cannot be written never disturbs the
    guest: the tape breaks, and says so in `problem`.

    Args:
        clock: times the calls.
        keep: takes each segment.
        edges: the slots of host functions that return edges.

    Attributes:
        problem: why the tape ends early; "" while it is whole.
        now_ns: the clock.
        calls: how many calls have ended.
        handles: how many handles the guest has to each resource, by its type and number.
        struck: counts the faults on demand. What is struck is marked.
    """

    def __init__(self, clock: Clock, keep: Callable[[bytes], None], edges: frozenset[int] = frozenset()) -> None:
        self._clock, self._keep, self._edges = clock, keep, edges
        self.now_ns = clock.monotonic_ns
        self._packer, self._lock = packer(), threading.Lock()
        self._pack, self._until_look = self._packer.pack, LOOK
        self._began_ns, self._times = 0, Times()
        self.problem, self.calls = "", 0
        self.handles = Counter[tuple[int, int]]()
        self.struck, self._struck_before = Struck(), 0

    def begin(self, function: str, arguments: Sequence[Any]) -> None:
        """The call of an exported function begins."""
        self._began_ns = self.now_ns()
        wall_ns = self._clock.wall_ns()
        self._write((CALL, function, arguments), Times.call, wall_ns)

    def answer(self, slot: int, asked_ns: int, arguments: Sequence[Any], answer: Any) -> None:
        """A host function that was called at `asked_ns` returned `answer`, or ended the call: an `Ending`."""
        if type(answer) is Resource:
            self.handles[answer.type_id, answer.rep] += 1
        elif slot in self._edges and type(answer) is list:
            answer = Edges(answer)
        now_ns, began_ns = self.now_ns(), self._began_ns
        entry: tuple[Any, ...] = (slot, arguments, answer)
        if self.struck.count != self._struck_before:
            self._struck_before = self.struck.count
            entry = (*entry, True)
        try:  # as `_write` does, which would take a microsecond more
            if not self.problem:
                with self._lock:
                    self._pack(entry)
                    self._times.crossing((asked_ns - began_ns) // _NS_PER_US, (now_ns - began_ns) // _NS_PER_US)
        except Exception as problem:  # noqa: BLE001
            self._break(problem)
        self._until_look -= 1
        if not self._until_look:
            self._until_look = LOOK
            self.look()

    def look(self) -> None:
        """Hand over a segment if it is long enough. Call it after a large entry; after others, it calls itself."""
        if len(self._packer.getbuffer()) > SEGMENT:
            self.cut()

    def drop(self, type_id: int, rep: int) -> None:
        """The guest gave back a handle."""
        self.handles[type_id, rep] -= 1
        if self.handles[type_id, rep] <= 0:
            del self.handles[type_id, rep]

    def end(self, result: Any) -> None:
        """The call returned `result`, or it ended otherwise: an `Ending`."""
        self.calls += 1
        self._write((END, result), Times.end, self._now_us())
        self.look()  # a call without a host function can return a megabyte, again and again

    def cut(self) -> None:
        """Hand over a segment of the entries so far. Thread-safe. Blocks for about four milliseconds."""
        with self._lock:
            content, times = bytes(self._packer.getbuffer()), self._times
            self._packer.reset()
            self._times = Times()
            if content:
                self._keep(packed_segment(content, times))

    def _now_us(self) -> int:
        return (self.now_ns() - self._began_ns) // _NS_PER_US

    def _write(self, entry: tuple[Any, ...], tell: Callable[..., None], *moments: int) -> None:
        if self.problem:
            return
        try:
            with self._lock:
                self._pack(entry)
                tell(self._times, *moments)
        except Exception as problem:  # noqa: BLE001 - a guest's call must not fail because it cannot be recorded
            self._break(problem)

    def _break(self, problem: Exception) -> None:
        self.problem, self._times = f"{type(problem).__name__}: {problem}", Times()


def calls_of(entries: Iterable[tuple[Any, ...]]) -> Iterator[Call]:
    """Put entries together to calls. The first call may lack its beginning: its name is `MIDDLE`.

    Raises:
        ValueError: an entry is damaged.
    """
    call: Call | None = None
    crossings: list[Crossing] = []
    for entry in entries:
        if entry[0] == CALL:
            if call is not None or crossings:
                yield _with(call or Call(MIDDLE, (), 0), crossings)
            call, crossings = _begun(entry), []
        elif entry[0] == END:
            yield _with(call or Call(MIDDLE, (), 0), crossings, *_ended(entry))
            call, crossings = None, []
        else:
            crossings.append(_crossing(entry))
    if call is not None or crossings:
        yield _with(call or Call(MIDDLE, (), 0), crossings)


def _with(call: Call, crossings: list[Crossing], took_us: int = -1, result: Any = None) -> Call:
    is_whole = took_us >= 0
    return Call(call.function, call.arguments, call.began_ns, tuple(crossings), max(0, took_us), result, is_whole)


def _begun(entry: tuple[Any, ...]) -> Call:
    match entry:
        case (_, str(function), tuple(arguments), int(began_ns)):
            return Call(function, arguments, began_ns)
    raise ValueError("the beginning of a call is damaged")


def _ended(entry: tuple[Any, ...]) -> tuple[int, Any]:
    match entry:
        case (_, int(took_us), result) if took_us >= 0:
            return took_us, result
    raise ValueError("the end of a call is damaged")


def _crossing(entry: tuple[Any, ...]) -> Crossing:
    match entry:
        case (int(slot), int(at_us), int(took_us), tuple(arguments), answer) if slot >= 0:
            return Crossing(slot, at_us, took_us, arguments, answer)
        case (int(slot), int(at_us), int(took_us), tuple(arguments), answer, True) if slot >= 0:
            return Crossing(slot, at_us, took_us, arguments, answer, is_injected=True)
    raise ValueError("a crossing is damaged")
