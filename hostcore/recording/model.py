"""What a recording holds: the instance's beginnings, and its calls with everything that crossed the boundary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind, Trap
from hostcore.quick_dataclass import dataclass, field

FORMAT = 2
"""Version of the form of recordings. A reader refuses any other."""
START = ""
"""The name of the first call, which no caller made: the component's own start."""

_KINDS = frozenset(map(str, CrashKind))
MIDDLE = "…"
"""The name of a call whose beginning is not kept."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the host ended the guest's call: a `Trap`, as a value."""

    kind: CrashKind | None
    """None if the instance was told to stop, which is no crash."""
    problem: str
    traceback: str = ""

    @classmethod
    def of(cls, problem: BaseException) -> Ending:
        """The ending that `problem`, raised by a host function or by a check, brought about."""
        if isinstance(problem, Trap):
            return cls(problem.kind, problem.problem, problem.traceback)
        return cls(CrashKind.HOST, f"{type(problem).__name__}: {problem}")

    @classmethod
    def of_crash(cls, crash: PluginCrashedError) -> Ending:
        """The ending of a call that crashed, or was stopped."""
        kind = CrashKind(crash.kind) if crash.kind in _KINDS else None
        return cls(kind, crash.problem, crash.traceback)

    def trap(self) -> Trap:
        """The exception that brings about the same ending."""
        return Trap(self.kind, self.problem, self.traceback)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A call of a host function, and what it returned."""

    slot: int
    """The number of the import, an index of `Header.imports`."""
    at_us: int
    """Microseconds from the beginning of the guest's call to the crossing."""
    took_us: int
    """Microseconds that the host function took, with every wait."""
    arguments: tuple[Any, ...]
    answer: Any
    """The WIT value, or the `Ending`."""
    is_injected: bool = False
    """Whether a fault on demand struck it, so that the answer is not what the device said."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an exported function of the guest, with its crossings."""

    function: str
    """Its name, such as ``driver#read``, or `START`."""
    arguments: tuple[Any, ...]
    began_ns: int
    """Wall clock, nanoseconds since the Unix epoch."""
    crossings: tuple[Crossing, ...] = ()
    took_us: int = 0
    result: Any = None
    """The WIT value that it returned, or the `Ending`."""
    is_whole: bool = True
    """Whether its end is known. The last call of a recording may be cut, or still under way."""

    @property
    def ending(self) -> Ending | None:
        """How the host or a trap ended it; None if it returned, or its end is not known."""
        return self.result if isinstance(self.result, Ending) else None


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the instance that decide where it dies."""

    call_seconds: float
    memory_mib: int
    reading_bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """What an instance began with."""

    plugin: str
    file: str
    """Name of the plugin's file, without its folder."""
    source: str | None
    """The Python of a .py; None for a component."""
    component: str
    """SHA-256 of the component: the plugin's own, or the Python runtime. 64 hex digits."""
    settings: str
    """A JSON object as text."""
    permissions: tuple[str, ...]
    limits: Limits
    imports: tuple[str, ...]
    """Functions that the component imports, ``interface#function``, by slot."""
    refused: tuple[int, ...] = ()
    """Slots of the imports that every call is refused."""
    buses: tuple[str, ...] = ()
    """Buses of host.toml, in its order."""
    simulated: tuple[str, ...] = ()
    """Those that were simulated."""
    libraries: str = ""
    """A key that changes with the versions of its libraries; "" if it has none."""
    host_version: str = ""
    machine: str = ""
    """The computer's architecture, such as ``aarch64``."""
    began_ns: int = 0
    """When the instance started, on the wall clock."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """An instance's linear memory between two calls, reduced to the pages that its start does not explain."""

    calls: int
    """Number of the instance's calls before it, with its start."""
    memory_bytes: int
    """Size of the linear memory."""
    pages: Mapping[int, bytes] = field(repr=False)
    """Content of each page that differs from a fresh instance's, by its number."""


PAGE = 4096
"""Bytes of a page of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One instance's life, or its first and its newest part.

    The first part ends when the plugin has loaded. With a checkpoint, the newest part goes on from there; without one,
    it follows the first part directly.
    """

    header: Header
    beginning: tuple[Call, ...]
    """Its start, and its load."""
    checkpoint: Checkpoint | None
    calls: tuple[Call, ...]
    """The newest part."""
    problem: str = ""
    """Why some of what was recorded is not here, in one line; "" if nothing is missing."""
    has_gap: bool = False
    """Whether calls are missing before the newest part: it can be read, but not replayed."""

    @property
    def all_calls(self) -> tuple[Call, ...]:
        """The first and the newest part, one after the other."""
        return (*self.beginning, *self.calls)

    @property
    def total(self) -> int:
        """Number of calls of the instance, with those that are not kept."""
        return len(self.beginning) + self.skipped + len(self.calls)

    @property
    def skipped(self) -> int:
        """Number of calls between the first and the newest part that are not kept."""
        return self.checkpoint.calls - len(self.beginning) if self.checkpoint else 0
