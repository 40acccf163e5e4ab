"""Tries one package: fetches it, imports it in the sandbox, takes a reading on a register file, and one on the chip
itself if that is simulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hostcore.clock import VirtualClock
from hostcore.errors import HostError, PluginCrashedError, PluginError
from hostcore.libraries.lock import lock_path, read_lock
from hostcore.libraries.wheel_name import normalized
from hostcore.log.safe_text import log_line
from tests.drivers.chips import difference
from tests.drivers.machine import RegisterFilePi
from tests.drivers.packages import Package
from tests.drivers.running import UPTIME_NS, running

Fetch = Callable[[Path], None]
"""Fetches the libraries of a driver, and writes its lock. Raises HostError."""
MOST_WORDS = 300
"""Characters of an error that are kept."""


@dataclass(frozen=True)
class Outcome:
    """What became of a package. A step that was not tried, because there is none or an earlier one failed, is None."""

    package: Package
    version: str = ""
    is_pure: bool = False
    """Whether it could be fetched: its wheel, and the wheels that were fetched for it, have no native code."""
    is_imported: bool | None = None
    is_read: bool | None = None
    """Whether a reading on the register file was completed."""
    is_right: bool | None = None
    """Whether the simulated chip was read as this project's own driver reads it."""
    reason: str = ""
    """What stops it, in one line; "" if nothing does."""


def try_package(package: Package, folder: Path, fetch: Fetch, cache_folder: Path) -> Outcome:
    """Try one package. Blocks for a second; for longer if it has to be fetched.

    Args:
        package: the package.
        folder: gets the driver and its lock. If a lock for the same package is there, its versions are tried.
        fetch: fetches the libraries.
        cache_folder: folder of compiled components and wheels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "driver.py"
    path.write_text(package.plugin(package.whole_reading), encoding="utf-8")
    try:
        fetch(path)
        lock = read_lock(lock_path(path))
    except HostError as error:
        return Outcome(package, reason=_line(error))
    version = next(each.version for each in lock.packages if each.name == normalized(package.name))
    outcome = _on_register_file(Outcome(package, version, is_pure=True), path, cache_folder)
    if outcome.is_imported and package.simulated:
        path.write_text(package.plugin(package.same or package.whole_reading), encoding="utf-8")
        outcome = _on_the_chip(outcome, path, cache_folder)
    return outcome


def _on_register_file(outcome: Outcome, path: Path, cache_folder: Path) -> Outcome:
    clock = VirtualClock(UPTIME_NS)
    machine = RegisterFilePi(outcome.package, clock)
    try:
        with running(path, machine, clock, cache_folder) as plugin:
            outcome = replace(outcome, is_imported=True)
            if not outcome.package.can_read_registers:
                return outcome
            reading = plugin.read()["reading"]
    except PluginError as error:
        failed = replace(outcome, reason=_line(error))
        return replace(failed, is_read=False) if outcome.is_imported else replace(failed, is_imported=False)
    if reading == "None":
        return replace(outcome, is_read=False, reason="the library returns no reading")
    return replace(outcome, is_read=True)


def _on_the_chip(outcome: Outcome, path: Path, cache_folder: Path) -> Outcome:
    try:
        found = difference(outcome.package.simulated, path, outcome.package.same, cache_folder)
    except PluginError as error:
        found = _line(error)
    return replace(outcome, is_right=not found, reason=outcome.reason or found)


def _line(error: HostError) -> str:
    """Return what an error says, without the traceback that a crash has."""
    text = error.problem if isinstance(error, PluginError) else str(error)
    if isinstance(error, PluginCrashedError) and error.traceback:
        text = error.traceback.rstrip().rpartition("\n")[2]
    return log_line(text, MOST_WORDS)
