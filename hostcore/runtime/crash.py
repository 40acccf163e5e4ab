"""Explains in plain words why an instance crashed."""

from __future__ import annotations

from hostcore.hostcall import CrashKind, Trap
from hostcore.late_pattern import late_pattern
from hostcore.log.safe_text import log_line
from hostcore.runtime.engine import MOST_ELEMENTS, MOST_INSTANCES, MOST_TABLES

MAX_TRACEBACK = 16_384
"""Most characters of a traceback that are kept."""
MAX_TRACEBACK_LINES = 200
"""Most lines of a traceback that are kept."""
LONGEST_LINE_NUMBER = 9
"""Most digits of a line's number that are read. A plugin can write a traceback of its own."""
_UNREACHABLE = "unreachable"
_TOO_MUCH = "too much data is being copied between the host and the guest"
_TRAPS: tuple[tuple[str, CrashKind, str], ...] = (
    ("call stack exhausted", CrashKind.STACK, "its call stack is exhausted (recursion without end?)"),
    ("out of bounds memory access", CrashKind.TRAP, "it accessed an address outside its memory"),
    ("integer divide by zero", CrashKind.TRAP, "it divided by zero"),
    ("uninitialized element", CrashKind.TRAP, "it called a function that does not exist (out of memory?)"),
    (_TOO_MUCH, CrashKind.DATA, "one call passed the host more"),
    ("handle limit exceeded", CrashKind.TRAP, "it holds more handles to resources than it may"),
    (_UNREACHABLE, CrashKind.TRAP, "it gave up (an unreachable instruction: a panic or an abort)"),
)
"""wasmtime's trap messages (wasmtime::Trap's Display), their kinds, and explanations."""
_LIMITS: tuple[tuple[str, CrashKind, str], ...] = (
    ("exceeds memory limits", CrashKind.MEMORY, "it needs more memory than it may have"),
    ("memory minimum size", CrashKind.MEMORY, "it needs more memory than it may have"),
    ("memory count too high", CrashKind.TRAP, "it has several memories, and memory_mib is the limit of one"),
    (
        "exceeds table limits",
        CrashKind.TRAP,
        f"one of its tables has more than the {MOST_ELEMENTS} elements that are allowed",
    ),
    ("table count too high", CrashKind.TRAP, f"it has more than the {MOST_TABLES} tables that are allowed"),
    (
        "instance count too high",
        CrashKind.TRAP,
        f"it has more than the {MOST_INSTANCES} core instances that are allowed",
    ),
)
"""wasmtime's messages if an instance exceeds the limits of its store (wasmtime::StoreLimits; `capi.set_limits`)."""
NO_ROOM = "Cannot allocate memory (os error 12)"
"""ENOMEM of mmap(2): the kernel has no room for the reservation of a memory."""
_NUMBER = late_pattern(r"\d+:\s*")
"""The number of a cause in wasmtime's chain of errors."""


class WasmTrap(Trap):
    """A WebAssembly trap. wasmtime's message is parsed only here.

    Args:
        message: wasmtime's message with its backtrace.

    Attributes:
        message: the end of the message, which is the most useful part.
        gave_up: whether the guest ended itself, for example after a panic or an abort.
        passed_too_much: whether one call passed more data than `hostcore.runtime.lift_limit` allows.
        has_no_room: whether the kernel had no address space or memory for the instance, which is not its fault.
    """

    def __init__(self, message: str) -> None:
        self.message = end_of(message)
        cause = self.message.rsplit("wasm trap: ", 1)[-1].strip()
        text, kind, problem = _known(self.message, cause)
        self.gave_up, self.passed_too_much = text == _UNREACHABLE, text == _TOO_MUCH
        self.has_no_room = NO_ROOM in self.message
        super().__init__(kind, problem)


def _known(message: str, cause: str) -> tuple[str, CrashKind, str]:
    for limit in _LIMITS:
        if limit[0] in message:
            return limit
    unknown = ("", CrashKind.TRAP, _innermost(cause) or "an unknown trap")
    return next((known for known in _TRAPS if known[0] in cause), unknown)


def _innermost(cause: str) -> str:
    """The last cause of wasmtime's chain, as one line without its indentation and number."""
    return log_line(_NUMBER.sub("", cause.splitlines()[-1].strip(), count=1)) if cause else ""


def guest_exception(summary: str, traceback: str) -> Trap:
    """Create the trap for an exception that the guest did not catch. Both texts can have any length."""
    summary, traceback = log_line(summary), end_of(traceback)
    kind = CrashKind.EXCEPTION
    if summary.startswith("MemoryError"):
        kind = CrashKind.MEMORY
        summary = "asked for more memory than it may have"
    elif summary.startswith("SystemExit"):
        kind = CrashKind.EXIT
    elif summary.startswith("RecursionError"):
        kind = CrashKind.STACK
    return Trap(kind, summary, traceback)


def line_of(traceback: str, file: str) -> int:
    """Find the line of the innermost frame of `file` in a Python traceback; 0 if there is none."""
    _, found, rest = traceback.rpartition(f'  File "{file}", line ')
    return _line_number(rest.partition(",")[0]) if found else 0


def refused_line(problem: str, file: str) -> int:
    """Find the line of `file` that the guest's Python cannot compile, in its words for that; 0 if it names none."""
    before, found, rest = problem.partition(f"{file} line ")
    return _line_number(rest.partition(":")[0]) if found and not before else 0


def _line_number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_LINE_NUMBER else 0


def end_of(traceback: str) -> str:
    """The end of a traceback, which is its most useful part."""
    lines = traceback[-MAX_TRACEBACK:].splitlines()[-MAX_TRACEBACK_LINES:]
    kept = "\n".join(lines)
    return kept if len(traceback) <= len(kept) + 1 else f"...{kept}"
