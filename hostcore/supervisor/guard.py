"""The guards that the steps of a plugin's thread pass: no exception ends the thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from hostcore.errors import DefectError, HostError, PluginCrashedError, PluginError
from hostcore.hostcall import CrashKind

T = TypeVar("T")
NO_MEMORY = (
    "this computer or user lets the host have no more memory (ulimit -v, MemoryMax of the systemd unit): "
    "raise the limit, end other programs, or run fewer plugins"
)
"""The problem if Python itself got no memory."""


def guarded(step: Callable[[], T], failed: Callable[[HostError], None]) -> T | None:
    """Do `step`, and hand the error that it raises to `failed`: an unexpected exception as a `DefectError`.

    Returns:
        The result of `step`; None if it failed.
    """
    try:
        return step()
    except HostError as error:
        failed(error)
    except MemoryError:
        failed(HostError(NO_MEMORY))
    except Exception as defect:  # noqa: BLE001 - a defect of the host must not end the plugin's thread
        failed(DefectError(defect))
    return None


def all_guarded(steps: Iterable[Callable[[], None]], failed: Callable[[HostError], None]) -> None:
    """Do every step, even if one before it failed. If `failed` fails too, nothing is left that could take its error."""
    for step in steps:
        guarded(partial(guarded, step, failed), lambda _untold: None)


def as_crash(plugin: str, error: HostError) -> PluginCrashedError:
    """The error that ended a call, as a crash. An error that the runtime did not name is a crash of the host's kind."""
    if isinstance(error, PluginCrashedError):
        return error
    return PluginCrashedError(plugin, str(error), kind=CrashKind.HOST, traceback=traceback_of(error))


def problem_of(error: HostError) -> tuple[str, int]:
    """Return what keeps a plugin's file from being used, and the line of the file, from 1 on; 0 if no line is known."""
    return (error.problem, error.line) if isinstance(error, PluginError) else (str(error), 0)


def traceback_of(error: HostError) -> str:
    """Where the error was raised, if it says so; else ""."""
    return error.traceback if isinstance(error, PluginCrashedError | DefectError) else ""
