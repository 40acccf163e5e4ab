"""Why an instance died, in plain words."""

from __future__ import annotations

from hostcore.hostcall import CrashKind, Trap
from hostcore.log.plugin_log import log_line

MAX_TRACEBACK = 16_384
"""Characters of a traceback that are kept."""
MAX_TRACEBACK_LINES = 200
"""Lines of a traceback that are kept."""
GAVE_UP = "it gave up (an unreachable instruction: a panic or an abort)"
"""The problem of a guest that ended itself."""
_TRAPS: tuple[tuple[str, CrashKind, str], ...] = (
    ("call stack exhausted", CrashKind.STACK, "its call stack is exhausted (recursion without end?)"),
    ("out of bounds memory access", CrashKind.TRAP, "it reached outside its memory"),
    ("integer divide by zero", CrashKind.TRAP, "it divided by zero"),
    ("uninitialized element", CrashKind.TRAP, "it called a function that is not there (out of memory?)"),
    ("unreachable", CrashKind.TRAP, GAVE_UP),
)
"""Texts of wasmtime's traps (wasmtime::Trap's Display), what they are, and how to say so."""
_MEMORY_TEXTS = ("exceeds memory limits", "memory minimum size")
"""wasmtime's texts when an instance's memory does not fit (wasmtime::StoreLimits)."""


def trap_from_error(message: str) -> Trap:
    """The trap behind an error text of wasmtime."""
    message = end_of(message)
    cause = message.rsplit("wasm trap: ", 1)[-1].strip()
    if any(text in message for text in _MEMORY_TEXTS):
        return Trap(CrashKind.MEMORY, "it needs more memory than it may have")
    for text, kind, words in _TRAPS:
        if text in cause:
            return Trap(kind, words)
    return Trap(CrashKind.TRAP, cause.splitlines()[-1] if cause else "an unknown trap")


def guest_exception(summary: str, traceback: str) -> Trap:
    """The trap for an exception that nobody caught in a guest; both texts are as long as it liked."""
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
    """``light.py line 9``: the innermost frame of `file` in a Python traceback; "" where it has none."""
    _, found, rest = traceback.rpartition(f'  File "{file}", line ')
    line = rest.partition(",")[0]
    return f"{file} line {line}" if found and line.isdecimal() else ""


def end_of(traceback: str) -> str:
    """The end of a traceback says most."""
    lines = traceback[-MAX_TRACEBACK:].splitlines()[-MAX_TRACEBACK_LINES:]
    kept = "\n".join(lines)
    return kept if len(traceback) <= len(kept) + 1 else f"...{kept}"
