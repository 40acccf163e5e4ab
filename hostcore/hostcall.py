"""The arguments, results and exceptions of host functions, shared by `wasi`, `runtime` and the buses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from hostcore.quick_dataclass import dataclass

HostFunctions = Mapping[str, Callable[..., Any]]
"""Host functions by ``interface#function``, without the interface's version: ``wasi:io/poll#poll``."""


@dataclass(frozen=True, slots=True)
class Err:
    """The error case of a WIT `result`; any other value is the ok case."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A handle of a guest to a resource of the host."""

    rep: int
    """The host's number of the resource."""
    type_id: int = 0
    """The resource type. It is 0 in a handle that comes from a guest, whose type wasmtime has checked."""


class CrashKind(StrEnum):
    """How an instance died."""

    EXCEPTION = "exception"
    """An exception of the guest's language that nothing caught."""
    DEADLINE = "deadline"
    """The call ran, slept or waited for longer than allowed."""
    MEMORY = "memory"
    """The guest asked for more memory than allowed."""
    DATA = "data"
    """One call passed the host more data than allowed."""
    STACK = "stack"
    """The guest's call stack is exhausted."""
    EXIT = "exit"
    """The guest asked to end the process."""
    TRAP = "trap"
    """Any other WebAssembly trap."""
    HOST = "host"
    """A host function raised an unexpected exception: a defect of this host."""


class Trap(Exception):  # noqa: N818 - the WebAssembly specification's own word
    """Ends the guest's call and its instance.

    Attributes:
        kind: how the instance dies; None if it was stopped, which is not a crash.
        traceback: the traceback of the guest's language, or "".
    """

    def __init__(self, kind: CrashKind | None, problem: str, traceback: str = "") -> None:
        self.kind, self.problem, self.traceback = kind, problem, traceback
        super().__init__(problem)
