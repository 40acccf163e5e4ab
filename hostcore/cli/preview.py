"""Tells which buses will be simulated before there is a host, which takes longer to make than a person should wait.

It reads no more of host.toml than that, and imports little: the first frame of a screen waits for it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import tomli

from hostcore.backends.linux.machine import is_wanted
from hostcore.config.finding import LARGEST_FILE
from hostcore.files import read_bounded
from hostcore.place import ON_HEADER, BusName


def real_buses(settings: Path) -> dict[str, bool] | None:
    """Return whether each bus of a host with this settings file will be real, by name.

    Looks at a few device files, but opens no bus.

    Returns:
        None if that is not known: the file cannot be read, or is not as it should be. The start of the host says why.
    """
    try:
        document = tomli.loads(read_bounded(settings, LARGEST_FILE).decode("utf-8-sig"))
        tables = document.get("buses", {name: {} for name in ON_HEADER})
        return {name: _is_real(BusName(name), table) for name, table in tables.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return None


def _is_real(name: BusName, table: dict[str, object]) -> bool:
    """See `hostcore.buses.choice.choose_buses`, whose answer counts.

    Raises:
        ValueError: no backend is called so.
    """
    match table.get("backend", "auto"):
        case "auto":
            return sys.platform == "linux" and is_wanted(name)
        case "linux" | "simulated" as backend:
            return backend == "linux"
        case other:
            raise ValueError(f"found {other!r}")
