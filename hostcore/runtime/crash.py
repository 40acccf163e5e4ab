"""Explains in plain words why an instance crashed."""

from __future__ import annotations

from hostcore.hostcall import CrashKind, Trap
from hostcore.log.safe_text import log_line

MAX_TRACEBACK = 16_384
"""Most characters of a traceback that are kept."""
MAX_TRACEBACK_LINES = 200
"""Most lines of a traceback that are kept."""
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
_MEMORY_TEXTS = ("exceeds memory limits", "memory minimum size")
"""wasmtime's messages if an instance's memory exceeds its limit (wasmtime::StoreLimits)."""


class WasmTrap(Trap):
    """A WebAssembly trap. wasmtime's message is parsed only here.

    Args:
        message: wasmtime's message with its backtrace.

    Attributes:
        message: the end of the message, which is the most useful part.
        gave_up: whether the guest ended itself, for example after a panic or an abort.
        passed_too_much: whether one call passed more data than `hostcore.runtime.lift_limit` allows.
    """

    def __init__(self, message: str) -> None:
        self.message = end_of(message)
        cause = self.message.rsplit("wasm trap: ", 1)[-1].strip()
        text, kind, problem = _known(self.message, cause)
        self.gave_up, self.passed_too_much = text == _UNREACHABLE, text == _TOO_MUCH
        super().__init__(kind, problem)


def _known(message: str, cause: str) -> tuple[str, CrashKind, str]:
    if any(text in message for text in _MEMORY_TEXTS):
        return "", CrashKind.MEMORY, "it needs more memory than it may have"
    unknown = ("", CrashKind.TRAP, cause.splitlines()[-1] if cause else "an unknown trap")
    return next((known for known in _TRAPS if known[0] in cause), unknown)


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


def place_of(traceback: str, file: str) -> str:
    """Find the innermost frame of `file` in a Python traceback: ``light.py line 9``; "" if there is none."""
    _, found, rest = traceback.rpartition(f'  File "{file}", line ')
    line = rest.partition(",")[0]
    return f"{file} line {line}" if found and line.isdecimal() else ""


def end_of(traceback: str) -> str:
    """The end of a traceback, which is its most useful part."""
    lines = traceback[-MAX_TRACEBACK:].splitlines()[-MAX_TRACEBACK_LINES:]
    kept = "\n".join(lines)
    return kept if len(traceback) <= len(kept) + 1 else f"...{kept}"
