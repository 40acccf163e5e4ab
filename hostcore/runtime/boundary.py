"""The one place where an exception meets the guest.

Nothing but a WIT value or a wasmtime error crosses back. wasmtime-py keeps one process-wide slot for a callback's
exception and dies of a BaseException, so these callbacks catch everything, keep it on the instance it belongs to, and
end the guest's call with an error of wasmtime's own.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from wasmtime import _ffi as ffi
from wasmtime.component._types import EnumType, FuncType, ResultType

from hostcore.hostcall import CrashKind, Err, Trap
from hostcore.runtime import capi
from hostcore.runtime.capi import EPOCH_CALLBACK, HOST_FUNCTION, RESOURCE_DESTRUCTOR, Address
from hostcore.runtime.marshal import Signature, compile_signature
from hostcore.wasi.refused import NO_FILES, REFUSALS


@dataclass(slots=True)
class Import:
    """One function that a component imports; shared by all instances of the component."""

    name: str
    """``interface#function``, without the interface's version."""
    signature: Signature | None = None
    """Compiled at the first call: most imports of a program are never used."""


class Guest(Protocol):
    """An instance, as the callbacks see it."""

    pending: BaseException | None
    """Why the guest's call is being ended."""
    imports: tuple[Import, ...]
    functions: tuple[Callable[..., Any] | None, ...]
    """One host function for each import; None refuses."""

    def check(self) -> None:
        """Raise `Trap` when the guest may not go on."""

    def drop(self, type_id: int, rep: int) -> None:
        """The guest gave a resource back."""


GUESTS: dict[Address, Guest] = {}
"""The living instances by the address of their store's context."""


def _end(guest: Guest, problem: BaseException) -> int:
    guest.pending = problem
    return capi.new_error(b"ended by the host")  # type: ignore[no-any-return]


@HOST_FUNCTION  # type: ignore[untyped-decorator]
def call_host(
    slot: int, context: Address, type_: Any, arguments: Address, _count: int, results: Address, _result_count: int
) -> int:
    """A guest calls import number `slot`."""
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
        else:
            result = function(*signature.lift_arguments(arguments, context))
        if signature.result is not None:
            signature.result[1](result, results, context)
    except BaseException as problem:  # noqa: BLE001 - anything else kills the process (see the module's docstring)
        return _end(guest, problem)
    return 0


@EPOCH_CALLBACK  # type: ignore[untyped-decorator]
def epoch_reached(context: Address, _data: int, ticks: Any, _kind: Any) -> int:
    """A guest has run for one tick of the epoch: may it go on?"""
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
    """A guest gave a resource back, or its instance did at its end."""
    guest = GUESTS.get(context)
    if guest is not None:
        guest.drop(type_id, rep)
    return 0


def function_type(type_: Any, owner: object) -> FuncType:
    """wasmtime's function type at the pointer `type_`; with an `owner` somebody else frees it."""
    return FuncType._from_ptr(ctypes.cast(type_, ctypes.POINTER(ffi.wasmtime_component_func_type_t)), owner=owner)


def _refusal(function: FuncType, name: str) -> Any:
    if name == NO_FILES:
        return []
    result = function.result
    if isinstance(result, ResultType) and isinstance(result.err, EnumType):
        for code in result.err.names:
            if code in REFUSALS:
                return Err(code)
    raise Trap(CrashKind.TRAP, f"called {name}, which no plugin may")
