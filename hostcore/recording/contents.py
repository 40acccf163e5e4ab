"""The contents of a recording's frames, and a recording as bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from hostcore.quick_dataclass import asdict, dataclass, field, fields
from hostcore.recording.file import MAGIC, Kind, frames_of, written
from hostcore.recording.model import PAGE, Call, Checkpoint, Header, Limits, Recording
from hostcore.recording.segments import MOST_SEGMENT, entries_of
from hostcore.recording.tape import calls_of
from hostcore.recording.values import pack, unpack, unpack_map

UNPLAYABLE = "it can be read, but not replayed"
LOST = f"it grew beyond its bound inside one call, so a part is not kept: {UNPLAYABLE}"
FORGOTTEN = f"its oldest part is not kept, and there is no checkpoint after it: {UNPLAYABLE}"
MOST_MEMORY = 4 << 30
"""Most bytes of a 32-bit linear memory."""


def packed_header(header: Header) -> bytes:
    """Write a header."""
    return pack(asdict(header))


def packed_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Write a checkpoint. Blocks for about 15 ms for each megabyte of pages."""
    pages = checkpoint.pages
    numbers = sorted(pages)
    head = pack((checkpoint.calls, checkpoint.memory_bytes, _gaps(numbers)))
    return pack((head, zlib.compress(b"".join(pages[number] for number in numbers), 1)))


@dataclass(frozen=True, slots=True)
class Packed:
    """The parts of a recording, each as it is in the file."""

    header: bytes
    beginning: tuple[bytes, ...]
    checkpoint: bytes | None
    segments: tuple[bytes, ...]
    problem: str = ""
    """Why it is not whole; "" if it is."""
    gap: str = ""
    """Why calls are missing before the newest part; "" if none are."""

    def content(self, *, report: bytes | None = None, asleep: bytes | None = None) -> bytes:
        """Write the file.

        Args:
            report: the report of a crash, as JSON.
            asleep: what an instance that sleeps needs beside its recording, as JSON.
        """
        frames = [] if report is None else [(Kind.REPORT, report)]
        if asleep is not None:
            frames.append((Kind.ASLEEP, asleep))
        frames.append((Kind.HEADER, self.header))
        if self.problem:
            frames.append((Kind.PROBLEM, self.problem.encode()))
        if self.gap:
            frames.append((Kind.GAP, self.gap.encode()))
        frames += [(Kind.BEGINNING, each) for each in self.beginning]
        if self.checkpoint is not None:
            frames.append((Kind.CHECKPOINT, self.checkpoint))
        frames += [(Kind.SEGMENT, each) for each in self.segments]
        return written(frames)


def is_recording(content: bytes) -> bool:
    """Whether a file that begins with `content` is a recording."""
    return content.startswith(MAGIC)


@dataclass(slots=True)
class _Parts:
    header: Header | None = None
    report: bytes | None = None
    beginning: list[bytes] = field(default_factory=list)
    checkpoint: Checkpoint | None = None
    segments: list[bytes] = field(default_factory=list)
    problem: str = ""
    gap: str = ""
    once: set[Kind] = field(default_factory=set)
    """The kinds that were found, of those that a recording has once."""


def read_recording(content: bytes) -> Recording:
    """Read a recording. One that is cut or damaged is read up to that place, and `Recording.problem` tells it.

    Raises:
        ValueError: nothing of it can be used.
    """
    parts, problem = _parts_of(content)
    if parts.header is None:
        raise ValueError(problem or "it has no header")
    imports = len(parts.header.imports)
    beginning, problem = _calls(parts.beginning, imports, problem)
    calls, problem = _calls(parts.segments, imports, problem)
    problem = problem or parts.problem or parts.gap
    return Recording(parts.header, beginning, parts.checkpoint, calls, problem, has_gap=bool(parts.gap))


def report_in(content: bytes) -> bytes | None:
    """The crash report in a recording, as JSON; None if it has none. It comes first: the rest need not be read."""
    try:
        kind, inner = next(frames_of(content))
    except (ValueError, StopIteration):
        return None
    return inner if kind is Kind.REPORT else None


def packed_in(content: bytes) -> tuple[Packed, bytes]:
    """Return the parts of a file with a sleeping instance as they are, and what the instance needs beside them.

    Raises:
        ValueError: the file is cut or damaged, or its instance does not sleep.
    """
    frames = list(frames_of(content))
    by_kind = {wanted: tuple(inner for kind, inner in frames if kind is wanted) for wanted in Kind}
    match by_kind[Kind.HEADER], by_kind[Kind.ASLEEP]:
        case (header,), (asleep,):
            checkpoint = by_kind[Kind.CHECKPOINT][-1] if by_kind[Kind.CHECKPOINT] else None
            return Packed(header, by_kind[Kind.BEGINNING], checkpoint, by_kind[Kind.SEGMENT]), asleep
    raise ValueError("it holds no instance that sleeps")


def _parts_of(content: bytes) -> tuple[_Parts, str]:
    parts = _Parts()
    try:
        for kind, inner in frames_of(content):
            _take(parts, kind, inner)
    except ValueError as damage:
        return parts, str(damage)
    return parts, ""


def _take(parts: _Parts, kind: Kind, content: bytes) -> None:
    match kind:
        case Kind.HEADER | Kind.CHECKPOINT if kind in parts.once:
            raise ValueError(f"it has a second {kind.name.lower()}")  # thousands would be read for minutes
        case Kind.HEADER:
            parts.once.add(kind)
            parts.header = _header(unpack_map(content))
        case Kind.REPORT:
            parts.report = content
        case Kind.BEGINNING:
            parts.beginning.append(content)
        case Kind.CHECKPOINT:
            parts.once.add(kind)
            parts.checkpoint = _checkpoint(content)
        case Kind.PROBLEM:
            parts.problem = content.decode(errors="replace")
        case Kind.GAP:
            parts.gap = content.decode(errors="replace")
        case Kind.SEGMENT:
            parts.segments.append(content)


def _calls(segments: Sequence[bytes], imports: int, problem: str) -> tuple[tuple[Call, ...], str]:
    """The calls of `segments`, and the first problem: of them, or the one that is known."""
    found: list[Call] = []
    try:
        for call in calls_of(entries_of(segments)):
            if any(crossing.slot >= imports for crossing in call.crossings):
                raise ValueError("a call is damaged (it names an import that the header does not have)")
            found.append(call)
    except ValueError as damage:
        return tuple(found), problem or str(damage)
    return tuple(found), problem


def _header(values: Any) -> Header:
    try:
        known = {each.name for each in fields(Header)}
        values = {name: value for name, value in values.items() if name in known}
        limits = values.pop("limits")
        header = Header(limits=Limits(**limits), **values)
    except (TypeError, KeyError, AttributeError) as problem:
        raise ValueError(f"its header is damaged ({type(problem).__name__})") from None
    _require_types(header)
    return header


def _require_types(header: Header) -> None:
    texts = (header.plugin, header.file, header.component, header.settings, header.libraries, header.machine)
    lists = (*header.permissions, *header.imports, *header.buses, *header.simulated)
    numbers = (*header.refused, header.began_ns, header.limits.memory_mib, header.limits.reading_bytes)
    sound = (
        all(isinstance(each, str) for each in (*texts, *lists, header.host_version))
        and all(isinstance(each, int) for each in numbers)
        and isinstance(header.limits.call_seconds, int | float)
        and (header.source is None or isinstance(header.source, str))
    )
    if not sound:
        raise ValueError("its header is damaged (a value of another type)")


def _checkpoint(content: bytes) -> Checkpoint:
    match unpack(content):
        case (bytes(head), bytes(compressed)):
            match unpack(head):
                case (int(calls), int(memory_bytes), tuple(gaps)) if 0 <= memory_bytes <= MOST_MEMORY and calls >= 0:
                    return Checkpoint(calls, memory_bytes, _pages(_numbers(gaps), compressed, memory_bytes))
    raise ValueError("a checkpoint is damaged")


def _pages(numbers: Sequence[int], compressed: bytes, memory_bytes: int) -> dict[int, bytes]:
    inflating = zlib.decompressobj()
    try:
        content = inflating.decompress(compressed, min(MOST_SEGMENT, len(numbers) * PAGE + 1))
    except zlib.error as problem:
        raise ValueError(f"a checkpoint cannot be decompressed: {problem}") from None
    if len(content) != len(numbers) * PAGE or not inflating.eof:
        raise ValueError("a checkpoint is damaged (its size)")
    if numbers and (numbers[-1] + 1) * PAGE > memory_bytes:
        raise ValueError("a checkpoint is damaged (a page outside the memory)")
    return {number: content[place * PAGE : (place + 1) * PAGE] for place, number in enumerate(numbers)}


def _gaps(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(number - before for before, number in zip((0, *numbers), numbers, strict=False))


def _numbers(gaps: Iterable[Any]) -> list[int]:
    found, number = [], 0
    for place, gap in enumerate(gaps):
        if not isinstance(gap, int) or gap < (1 if place else 0):
            raise ValueError("a checkpoint is damaged (its pages)")
        number += gap
        found.append(number)
    return found
