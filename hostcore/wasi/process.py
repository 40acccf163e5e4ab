"""wasi:cli/environment and exit. There are no variables and no arguments. An exit ends the instance, not the host."""

from __future__ import annotations

from typing import NoReturn

from hostcore.hostcall import CrashKind, Err, HostFunctions, Trap


def process_functions() -> HostFunctions:
    """Functions of environment and exit."""
    return {
        "wasi:cli/environment#get-environment": list,
        "wasi:cli/environment#get-arguments": list,
        "wasi:cli/environment#initial-cwd": lambda: None,
        "wasi:cli/exit#exit": _exit,
        "wasi:cli/exit#exit-with-code": _exit_with_code,
    }


def _exit(status: object) -> NoReturn:
    _exit_with_code(1 if isinstance(status, Err) else 0)


def _exit_with_code(code: int) -> NoReturn:
    raise Trap(CrashKind.EXIT, f"asked to end the process with status {code}")
