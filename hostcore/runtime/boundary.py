"""The boundary between host functions and the guest. No Python exception crosses it.

Only a WIT value or a wasmtime error returns to the guest. wasmtime-py has a single process-wide slot for a callback's
exception, and a BaseException crashes the process. So these callbacks catch everything, store the exception on its
instance, and end the guest's call with a wasmtime error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from hostcore.hostcall import CrashKind, Err, Trap
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Ending
from hostcore.recording.tape import Tape
from hostcore.runtime import capi
from hostcore.runtime.capi import EPOCH_CALLBACK, HOST_FUNCTION, RESOURCE_DESTRUCTOR
from hostcore.runtime.host_share import HostShare
from hostcore.runtime.marshal import Signature, compile_signature
from hostcore.runtime.native.library import Address
from hostcore.runtime.native.wit import EnumType, FuncType, ResultType
from hostcore.wasi.refused import NO_FILES, REFUSALS


@dataclass(slots=True)
class Import:
    """A function that a component imports. All instances of the component share it."""

    name: str
    """``interface#function``, without the interface's version."""
    signature: Signature | None = None
    """Compiled at the first call, because a program never uses most of its imports."""


class Guest(Protocol):
    """An instance, for the callbacks."""

    share: HostShare
    pending: BaseException | None
    """The exception that ends the guest's call."""
    imports: tuple[Import, ...]
    functions: tuple[Callable[..., Any] | None, ...]
    """One host function for each import; None refuses the call."""
    tape: Tape | None
    """Records what crosses the boundary."""

    def check(self) -> None:
        """Raise `Trap` if the guest must not continue."""

    def drop(self, type_id: int, rep: int) -> None:
        """Free a resource that the guest dropped."""


GUESTS: dict[Address, Guest] = {}
"""Living instances, by the address of their store's context."""


def _end(guest: Guest, problem: BaseException) -> int:
    guest.pending = problem
    return capi.new_error(b"ended by the host")  # type: ignore[no-any-return]


@HOST_FUNCTION  # type: ignore[untyped-decorator]
def call_host(
    slot: int, context: Address, type_: Any, arguments: Address, _count: int, results: Address, _result_count: int
) -> int:
    """Call the host function of import number `slot` for the guest."""
    guest = GUESTS.get(context)
    if guest is None:
        return capi.new_error(b"the instance is closed")  # type: ignore[no-any-return]
    try:
        called, function = guest.imports[slot], guest.functions[slot]
        signature = called.signature
        if signature is None:
            signature = called.signature = compile_signature(function_type(type_, owner=guest))
        if function is None:
            result: Any = _refusal(function_type(type_, owner=guest), called.name)
        elif guest.tape is None:
            result = function(*signature.lift_arguments(arguments, context))
        else:
            result = _recorded(guest.tape, slot, function, signature.lift_arguments(arguments, context))
        if signature.result is not None:
            signature.result[1](result, results, context)
    except BaseException as problem:  # noqa: BLE001 - anything else kills the process (see the module's docstring)
        return _end(guest, problem)
    finally:
        if guest.share.held_bytes:
            guest.share.end()
            if guest.tape is not None:
                guest.tape.look()
    return 0


def _recorded(tape: Tape, slot: int, function: Callable[..., Any], arguments: list[Any]) -> Any:
    asked_ns = tape.now_ns()
    try:
        result = function(*arguments)
    except BaseException as problem:
        tape.answer(slot, asked_ns, arguments, Ending.of(problem))
        raise
    tape.answer(slot, asked_ns, arguments, result)
    return result


@EPOCH_CALLBACK  # type: ignore[untyped-decorator]
def epoch_reached(context: Address, _data: int, ticks: Any, _kind: Any) -> int:
    """Check whether a guest may continue. Called at each tick of the epoch."""
    guest = GUESTS.get(context)
    if guest is None:
        return capi.new_error(b"the instance is closed")  # type: ignore[no-any-return]
    try:
        guest.check()
    except BaseException as problem:  # noqa: BLE001
        return _end(guest, problem)
    ticks[0] = 1
    return 0


@RESOURCE_DESTRUCTOR  # type: ignore[untyped-decorator]
def drop_resource(type_id: int, context: Address, rep: int) -> int:
    """Free a resource that a guest dropped, or that its instance held at its end."""
    guest = GUESTS.get(context)
    if guest is not None:
        guest.drop(type_id, rep)
    return 0


def function_type(type_: Any, owner: object) -> FuncType:
    """wasmtime's function type at the pointer `type_`. If there is an `owner`, the owner frees it."""
    return FuncType(type_, owner)


def _refusal(function: FuncType, name: str) -> Any:
    if name == NO_FILES:
        return []
    result = function.result
    if isinstance(result, ResultType) and isinstance(result.err, EnumType):
        for code in result.err.names:
            if code in REFUSALS:
                return Err(code)
    raise Trap(CrashKind.TRAP, f"called {name}, which no plugin may call")
