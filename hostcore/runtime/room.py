"""The room for all plugins together: the memory that they may use, and the host's address space."""

from __future__ import annotations

import os
import resource
import threading
from pathlib import Path

from hostcore.errors import HostError, NoRoomError

MIB = 1 << 20
"""Bytes in a mebibyte."""
RESERVED_MIB = 4100
"""Address space that wasmtime reserves for an instance, with the guards of its memory (see `engine.engine_config`)."""
UNLIMITED = "ulimit -v unlimited; LimitAS=infinity in a systemd unit"
"""The ways to lift the limit of address space."""
STATM = Path("/proc/self/statm")
"""The first number in it is the process's address space in pages (proc(5))."""


class MemoryTotal:
    """The memory that all instances together may use. Safe on many threads.

    An instance takes its `memory_mib` when it starts, used or not, and gives it back when it is closed. So no instance
    can fail in the middle of a call because of what the others use.

    Args:
        total_mib: `total_memory_mib` of host.toml; None for no limit.
    """

    def __init__(self, total_mib: int | None) -> None:
        self._total_mib = total_mib
        self._lock = threading.Lock()
        self._taken_mib = self._instances = 0

    def take(self, plugin: str, memory_mib: int) -> MemoryShare:
        """Take the memory of a new instance. Does not block.

        Raises:
            NoRoomError: less than `memory_mib` is left.
        """
        with self._lock:
            if self._total_mib is not None and self._taken_mib + memory_mib > self._total_mib:
                raise NoRoomError(
                    plugin,
                    f"it may use {memory_mib} MiB (memory_mib), but of the {self._total_mib} MiB for all plugins "
                    f"(total_memory_mib in [host] of host.toml), the {self._instances} running instances may use "
                    f"{self._taken_mib}. Lower memory_mib, raise the total, or stop a plugin; then start it again",
                )
            self._taken_mib += memory_mib
            self._instances += 1
        return MemoryShare(self, memory_mib)

    def give_back(self, memory_mib: int) -> None:
        """Take back the memory of an instance that is closed."""
        with self._lock:
            self._taken_mib -= memory_mib
            self._instances -= 1


class MemoryShare:
    """The memory that one instance has taken. For its own thread."""

    def __init__(self, total: MemoryTotal, memory_mib: int) -> None:
        self._total: MemoryTotal | None = total
        self._memory_mib = memory_mib

    def close(self) -> None:
        """Give it back. Safe to call twice."""
        total, self._total = self._total, None
        if total is not None:
            total.give_back(self._memory_mib)


def require_address_space() -> None:
    """Check that at least one instance has room, because a host without address space breaks anywhere.

    Raises:
        HostError: the limit of address space (setrlimit(2), RLIMIT_AS) is too low for any plugin.
    """
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY and most < RESERVED_MIB * MIB:
        raise HostError(
            f"{most // MIB} MiB of address space are allowed (RLIMIT_AS), and each plugin reserves {RESERVED_MIB} MiB, "
            f"most of which it never uses, so no plugin can run. Raise the limit: {UNLIMITED}"
        )


def no_address_space(plugin: str) -> NoRoomError:
    """The error if the kernel refused the address space of an instance (mmap(2), ENOMEM)."""
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    figures, way_out = f"{_address_space_mib()} MiB", "free memory"
    if most != resource.RLIM_INFINITY:
        figures += f" of {most // MIB} MiB (RLIMIT_AS)"
        way_out = f"raise the limit ({UNLIMITED})"
    return NoRoomError(
        plugin,
        f"the host has no address space left for it, which is not its fault: the host uses {figures}, and an instance "
        f"reserves {RESERVED_MIB} MiB, most of which it never uses. To run it, {way_out}, or run fewer plugins; then "
        "start it again",
    )


def physical_memory_mib() -> int:
    """This computer's memory in MiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MIB


def _address_space_mib() -> int:
    try:
        return int(STATM.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE") // MIB
    except (OSError, ValueError):
        return 0
