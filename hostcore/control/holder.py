"""Keeps a second host off the settings of a running host, with a lock that the kernel releases when the host ends."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostcore.clock import timestamp
from hostcore.config.finding import name_of_settings, user_folder
from hostcore.errors import HostError
from hostcore.files import Folder, take_lock
from hostcore.place import BusKind
from hostcore.quick_dataclass import asdict, dataclass

if TYPE_CHECKING:
    from hostcore.events.facts import HostFacts

LARGEST = 1 << 16
"""The most bytes of a lock file that are read."""
_SUFFIX = ".lock"
_HARMLESS = {BusKind.SYSTEM, BusKind.IIO, BusKind.GPIO}
"""Files of the kernel, which any number of programs can read, and GPIO: the kernel gives a line to one program only."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A running host, as it wrote itself into its lock file."""

    process: int
    """Its PID; 0 if its lock file does not say so, as after a full disk."""
    since: str
    """When it started: ISO 8601, UTC."""
    config: str
    """The real path of its settings file."""
    buses: tuple[str, ...]
    """The names of its real buses, without those that any number of programs can use."""

    def __str__(self) -> str:
        return f"a running host (PID {self.process}, since {self.since})" if self.process else "a running host"


OTHER_SETTINGS = "start with other settings: wasi-host --config FILE"
"""The advice to a person who wants a second host."""


@contextmanager
def only_host(facts: HostFacts, otherwise: str = OTHER_SETTINGS) -> Iterator[tuple[str, ...]]:
    """Make a context in which no other host of this user starts with the same settings file on this computer.

    Blocks for some seconds at most, if the start of another host hangs.

    Args:
        facts: the facts about this host.
        otherwise: what a person can do instead of stopping the other host.

    Yields:
        Warnings: a line for each host with other settings that uses one of the same real buses, and a line if it is not
        possible to know whether there is another host.

    Raises:
        HostError: a host runs with these settings, or one with others uses the same real buses and the settings do not
            allow that.
    """
    with ExitStack() as held:
        try:
            warnings = _hold(facts, held, otherwise)
        except OSError as error:
            reason = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
            warnings = (f"cannot tell whether another host runs with {facts.config_file}: {reason}",)
        yield warnings


def present_holder(config: Path) -> Holder | None:
    """Return the host that runs with a settings file on this computer; None if there is none.

    Blocks for some seconds at most, if the start of a host hangs.

    Raises:
        HostError: it is not possible to know.
    """
    path = user_folder("XDG_STATE_HOME", ".local/state", "running")
    if path is None:
        return None
    name = name_of_settings(config) + _SUFFIX
    try:
        with Folder.open(path) as folder, folder.locked():
            if folder.stat(name) is None:
                return None
            lock = _lock(folder, name)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"cannot tell whether a host runs with {config}: {error.filename}: {error.strerror}") from None
    if isinstance(lock, Holder):
        return lock
    os.close(lock)
    return None


def _hold(facts: HostFacts, held: ExitStack, otherwise: str) -> tuple[str, ...]:
    """Take the lock until `held` is closed, and return the warnings."""
    path = user_folder("XDG_STATE_HOME", ".local/state", "running")
    if path is None:
        return ()
    own = _holder_of(facts)
    name = name_of_settings(facts.config_file, facts.host_name) + _SUFFIX
    with Folder.open(path, create=0o700) as folder, folder.locked():
        lock = _lock(folder, name)
        if isinstance(lock, Holder):
            raise HostError(in_use(facts.config_file, lock, otherwise))
        held.callback(os.close, lock)
        rivals = list(_rivals(own, _others(folder, name)))
        if rivals and not facts.shares_buses:
            raise _disturbed(facts.config_file, *rivals[0])
        with suppress(OSError):  # a full disk: the lock holds, but nobody can read who has it
            os.ftruncate(lock, 0)
            os.pwrite(lock, json.dumps(asdict(own)).encode(), 0)
        return tuple(
            f"{other}, with the settings {other.config}, uses {', '.join(buses)}, too; the two disturb each other"
            for other, buses in rivals
        )


def _rivals(own: Holder, others: Iterable[Holder]) -> Iterator[tuple[Holder, tuple[str, ...]]]:
    """Yield each host that uses the same real buses, and these buses."""
    for other in others:
        if shared := tuple(bus for bus in own.buses if bus in other.buses):
            yield other, shared


def _disturbed(config: Path, other: Holder, buses: Sequence[str]) -> HostError:
    names = ", ".join(buses)
    return HostError(
        f"{names}: in use by {other}, with the settings {other.config}; two hosts disturb each other's transfers. "
        f"Stop it first{_stopped_by(other)}, or leave {names} out of [buses] of {config}, "
        "or set share_buses = true in [access] there"
    )


def in_use(config: Path, holder: Holder, otherwise: str = OTHER_SETTINGS) -> str:
    """Return the words for a settings file that a running host uses."""
    return (
        f"{config} is in use by {holder}; stop it first{_stopped_by(holder)}, or {otherwise}. "
        "wasi-host scan, i2c and grant work beside a running host"
    )


def _stopped_by(holder: Holder) -> str:
    """Return the command that stops a host, however it was started; "" if its lock file does not name its process."""
    return f" (wasi-host --config {shlex.quote(holder.config)} down)" if holder.process else ""


def _holder_of(facts: HostFacts) -> Holder:
    return Holder(
        process=os.getpid(),
        since=timestamp(facts.started_ns),
        config=os.path.realpath(facts.config_file),
        buses=tuple(
            str(bus.name) for bus in facts.buses if bus.is_real and bus.is_usable and bus.name.kind not in _HARMLESS
        ),
    )


def _lock(folder: Folder, name: str) -> int | Holder:
    """Lock a file, and return its descriptor. Return the holder instead if another process has the lock.

    The folder must be locked: otherwise, another process could remove the file meanwhile.
    """
    handle = folder.open_file(name, os.O_RDWR | os.O_CREAT)
    try:
        if take_lock(handle):
            return handle
        found = _parsed(os.pread(handle, LARGEST, 0))
    except OSError:
        os.close(handle)
        raise
    os.close(handle)
    return found


def _others(folder: Folder, own: str) -> Sequence[Holder]:
    """Return the other running hosts, and remove the lock files of those that have ended."""
    found = list[Holder]()
    for name in folder.names():
        if name.endswith(_SUFFIX) and name != own:
            with suppress(OSError):
                lock = _lock(folder, name)
                if isinstance(lock, Holder):
                    found.append(lock)
                else:
                    folder.remove(name)
                    os.close(lock)
    return found


def _parsed(content: bytes) -> Holder:
    try:
        found: dict[str, Any] = json.loads(content)
        return Holder(int(found["process"]), str(found["since"]), str(found["config"]), tuple(map(str, found["buses"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        return Holder(0, "", "", ())
