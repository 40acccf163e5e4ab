"""The arguments, results and exceptions of host functions, shared by `wasi`, `runtime` and the buses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

HostFunctions = Mapping[str, Callable[..., Any]]
"""Host functions by ``interface#function``, without the interface's version: ``wasi:io/poll#poll``."""


@dataclass(frozen=True, slots=True)
class Err:
    """The error case of a WIT `result`; any other value is the ok case."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A host resource in a guest's hands."""

    rep: int
    """The host's own number for it."""
    type_id: int = 0
    """Its resource type; 0 where it comes from a guest, whose types wasmtime has checked."""


class CrashKind(StrEnum):
    """How an instance died."""

    EXCEPTION = "exception"
    """The guest language's own exception, that nobody caught."""
    DEADLINE = "deadline"
    """The call ran, slept or waited for longer than the plugin may."""
    MEMORY = "memory"
    """It asked for more memory than it may have."""
    STACK = "stack"
    """Its call stack is exhausted."""
    EXIT = "exit"
    """It asked to end the process."""
    TRAP = "trap"
    """Any other trap of the WebAssembly machine."""
    HOST = "host"
    """A host function failed in a way it should not: a defect of this host."""


class Trap(Exception):  # noqa: N818 - the WebAssembly specification's own word
    """Ends the guest's call and its instance.

    Attributes:
        kind: how the instance dies; None when it was told to stop and nobody is to blame.
        traceback: the guest language's own traceback, or "".
    """

    def __init__(self, kind: CrashKind | None, problem: str, traceback: str = "") -> None:
        self.kind, self.problem, self.traceback = kind, problem, traceback
        super().__init__(problem)
