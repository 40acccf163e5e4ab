"""The compiled part of watchfiles alone. The package around it imports anyio and multiprocessing: 1.8 MB."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from threading import Event
from typing import Any

PART = "watchfiles._rust_notify"
POLL_MS = 300
"""Milliseconds between two looks where the kernel reports no changes, such as on the drives of Windows under WSL."""


def changes_in(folders: list[Path], stop: Event, *, debounce_ms: int, step_ms: int, look_ms: int) -> Iterator[bool]:
    """Watch folders, without those in them, until `stop` is set.

    Args:
        folders: exist.
        stop: ends the watching.
        debounce_ms: milliseconds after which changes are reported even while more come.
        step_ms: milliseconds without a further change after which changes are reported.
        look_ms: milliseconds after which it is reported that nothing has changed.

    Yields:
        Whether something has changed.

    Raises:
        OSError, RuntimeError: they cannot be watched.
    """
    under_wsl = "microsoft-standard" in os.uname().release.lower()
    with _part().RustNotify(list(map(str, folders)), False, under_wsl, POLL_MS, False, False) as notify:
        while (found := notify.watch(debounce_ms, step_ms, look_ms, stop)) not in ("stop", "signal"):
            yield found != "timeout"


def _part() -> Any:
    if PART in sys.modules:
        return sys.modules[PART]
    package = find_spec("watchfiles")
    spec = PathFinder.find_spec(PART, package.submodule_search_locations if package else None)
    if spec is None or spec.loader is None:
        raise RuntimeError("watchfiles is not installed, or lacks its compiled part")
    made = sys.modules[PART] = module_from_spec(spec)  # a later import of the package finds it there
    spec.loader.exec_module(made)
    return made
