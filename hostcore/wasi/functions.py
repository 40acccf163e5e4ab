"""All WASI functions for one instance."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.clock import Clock, RealClock
from hostcore.hostcall import HostFunctions
from hostcore.quick_dataclass import dataclass
from hostcore.wasi.clocks import clock_functions
from hostcore.wasi.entropy import entropy_functions
from hostcore.wasi.poll import Pollables
from hostcore.wasi.process import process_functions
from hostcore.wasi.stdio import stdio_functions

RESOURCE_TYPES = ("pollable", "input-stream", "output-stream")
"""Resource types that guests can hold. The id of a type is its index here plus one."""
TYPES_ONLY = ("wasi:io/error", "wasi:cli/terminal-input", "wasi:cli/terminal-output")
"""Interfaces that only define types, or whose functions no guest can reach."""


def resource_type(name: str) -> int:
    """The id of the host resource type `name`; 0 if no guest can hold one."""
    return RESOURCE_TYPES.index(name) + 1 if name in RESOURCE_TYPES else 0


@dataclass(frozen=True, slots=True)
class InstanceWasi:
    """WASI for one instance."""

    functions: HostFunctions
    """The functions that the instance may call."""
    drop: Callable[[int, int], None]
    """Called with (resource type id, rep) when the instance drops a resource."""


def wasi_functions(
    clock: Clock, wait_until: Callable[[int], None], write: Callable[[int, bytes], None]
) -> InstanceWasi:
    """Create the WASI functions of a new instance.

    Args:
        clock: the clock that the guest sees.
        wait_until: blocks until a moment on that clock; raises `Trap` if the call's time runs out first.
        write: receives the guest's output: `stdio.STDOUT` or `stdio.STDERR`, and the bytes.
    """
    pollable = resource_type("pollable")
    pollables = Pollables(clock, wait_until, pollable)
    streams = stdio_functions(write, pollables, resource_type("input-stream"), resource_type("output-stream"))
    functions = {
        **clock_functions(clock),
        **pollables.functions(),
        **entropy_functions(),
        **process_functions(),
        **streams,
    }

    def drop(type_id: int, rep: int) -> None:
        if type_id == pollable:
            pollables.drop(rep)

    return InstanceWasi(functions, drop)


def wasi_interfaces() -> frozenset[str]:
    """The WASI interfaces that this host provides, without versions."""
    functions = wasi_functions(RealClock(), lambda _moment: None, lambda _stream, _data: None).functions
    return frozenset(name.partition("#")[0] for name in functions) | frozenset(TYPES_ONLY)
