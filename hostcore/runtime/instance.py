"""One plugin instance: one Store, used by one thread."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from ctypes import addressof, create_string_buffer, memset, sizeof
from typing import Any, TypeVar

from hostcore.buses.attendant import Attendant
from hostcore.buses.call_limit import CallLimit
from hostcore.errors import HostError, PluginCrashedError, PluginFileError, PluginReportedError
from hostcore.hostcall import CrashKind, Err, HostFunctions, Trap
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import START, Ending
from hostcore.recording.recorder import Recorder
from hostcore.runtime import boundary, capi
from hostcore.runtime.boundary import GUESTS
from hostcore.runtime.capi import VALUE_SIZE
from hostcore.runtime.crash import WasmTrap
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.guest_memory import ClaimedMemories, GuestMemories
from hostcore.runtime.heap import give_back
from hostcore.runtime.host_share import SHARES, HostShare
from hostcore.runtime.last_words import LastWords
from hostcore.runtime.lift_limit import LIFT_COUNTS, lift_limit, set_lift_limit
from hostcore.runtime.linker import LinkedComponent
from hostcore.runtime.marshal import Signature, compile_signature
from hostcore.runtime.native.library import error_text
from hostcore.runtime.native.objects import Store
from hostcore.runtime.room import MIB, no_address_space

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Export:
    """An exported function, with the memory of its values: an instance does one call at a time."""

    function: Any
    """A pointer to it."""
    signature: Signature
    arguments: Any
    result: Any


class Instance:
    """A running component. Create, use and close it on one thread. Other threads may only call `limit.stop`.

    After a crash it is dead: close it and make another.

    Args:
        plugin: the plugin's name.
        linked: the component.
        engine: the engine it was compiled with.
        functions: host functions that it may call.
        drop: called with (resource type id, rep) when the guest returns a resource.
        limit: limits the duration of its calls.
        memory_mib: most mebibytes of linear memory.
        memories: distinguishes the memories of the process's instances.
        lift_bytes: most bytes that one call may pass to the host.
        closing: frees objects of its functions when it is closed. Must not fail, and must be idempotent.
        words: collects its standard error, if that can explain why it gave up.
        recorder: records what crosses the boundary.

    Raises:
        PluginCrashedError: the instance crashed while it started.
        NoRoomError: the kernel has no address space for it.
    """

    def __init__(
        self,
        plugin: str,
        linked: LinkedComponent,
        engine: GuestEngine,
        *,
        functions: HostFunctions,
        drop: Callable[[int, int], None],
        limit: CallLimit,
        memory_mib: int,
        memories: GuestMemories,
        lift_bytes: int = lift_limit(0),
        closing: Callable[[], None] = lambda: None,
        words: LastWords | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.plugin, self.limit = plugin, limit
        self.recorder, self.tape = recorder, recorder.tape if recorder else None
        self.imports = linked.imports
        self.functions = tuple(functions.get(each.name) for each in linked.imports)
        self._drop, self._closing = drop, closing
        self.check = limit.check
        self.pending: BaseException | None = None
        self._linked, self._engine = linked, engine
        self._words = words or LastWords()
        self.exported = frozenset(linked.exports)
        """Names of the contract's functions that it exports, such as ``driver#read``."""
        self._exports: dict[str, _Export] = {}
        self._store: Store | None = Store(engine.engine)
        self._context = self._store.context()
        self._lift_bytes = lift_bytes
        set_lift_limit(self._context, lift_bytes)
        capi.set_limits(self._store, memory_mib * MIB)
        capi.set_epoch_callback(self._store, boundary.epoch_reached)
        self.share = SHARES[self._context] = HostShare(limit.check)
        self._memory = ClaimedMemories()
        GUESTS[self._context] = self
        try:
            self._instance, self._memory = memories.claim(lambda: self._recorded(START, (), self._start))
        except BaseException:
            self.close()
            raise

    def call(self, function: str, *arguments: Any, script: Attendant | None = None) -> Any:
        """Call an exported function. Blocks until the guest returns, or its time limit is over.

        Args:
            function: its name, such as ``driver#read``.
            arguments: its arguments.
            script: attends the call if it is the run of a script, which can last for days.

        Returns:
            The WIT value; for a `result`, its ok case.

        Raises:
            PluginReportedError: the function returned its error case.
            PluginCrashedError: the instance crashed; close it.
        """
        result = self.invoke(function, arguments, script)
        if isinstance(result, Err):
            raise PluginReportedError(self.plugin, log_line(str(result.value)))
        return result

    def invoke(
        self,
        function: str,
        arguments: Sequence[Any],
        script: Attendant | None = None,
        *,
        recorded_as: tuple[str, Sequence[Any]] | None = None,
    ) -> Any:
        """Do `call`, and return the WIT value as it is: its error case as an `Err`. Recorded as `recorded_as`."""
        export = self._exports.get(function) or self._export(function)
        return self._recorded(
            *(recorded_as or (function, arguments)),
            lambda: self._run(lambda _store: self._call_export(export, arguments), script),
        )

    def memory_bytes(self) -> int:
        """Bytes of its linear memory now; 0 if unknown."""
        return self._memory.size()

    def host_bytes(self) -> int:
        """An estimate of the most bytes of the host's memory that one of its calls took."""
        return self.share.peak_bytes

    def close(self) -> None:
        """Free everything the instance holds. Safe to call twice."""
        self._closing()
        if self._store is not None:
            SHARES.pop(self._context, None)
            GUESTS.pop(self._context, None)  # first, because another thread's store can reuse the address
            self._store.close()
            self._store, self._memory = None, ClaimedMemories()

    def go_on_with(
        self, functions: HostFunctions, drop: Callable[[int, int], None], limit: CallLimit, recorder: Recorder | None
    ) -> None:
        """Use other host functions, another limit and recorder from now on, between two calls. See `Instance`."""
        self.functions = tuple(functions.get(each.name) for each in self.imports)
        self._drop, self.limit = drop, limit
        self.check = self.share.check = limit.check
        self.recorder, self.tape = recorder, recorder.tape if recorder else None

    def drop(self, type_id: int, rep: int) -> None:
        """Free a resource that the guest dropped."""
        if self.tape is not None:
            self.tape.drop(type_id, rep)
        self._drop(type_id, rep)

    def memory(self) -> range | None:
        """The addresses of its linear memory, which can only grow; None if it has not exactly one that is known."""
        places = self._memory.places()
        return places[0] if len(places) == 1 else None

    def memory_view(self) -> memoryview | None:
        """Its linear memory itself; None if that is not known. It must not be used after the next call begins."""
        place = self.memory()
        if place is None:
            return None
        return memoryview((ctypes.c_ubyte * len(place)).from_address(place.start)).cast("B")

    def memory_content(self) -> bytes | None:
        """A copy of its linear memory; None if that is not known. Takes a millisecond for about 5 MB."""
        place = self.memory()
        return None if place is None else ctypes.string_at(place.start, len(place))

    def rest(self) -> None:
        """It is between two calls: the recorder may take a checkpoint. Blocks as long as copying its memory does."""
        if self.recorder is not None:
            self.recorder.rest(self.memory_view)

    def _export(self, name: str) -> _Export:
        index = self._linked.exports.get(name)
        if index is None:
            raise PluginFileError(self.plugin, f"exports no {name.replace('#', '.')}")
        function = capi.get_function(self._instance, self._context, index)
        pointer = capi.type_of(function, self._open_store().context())
        signature = compile_signature(boundary.function_type(pointer, owner=None))
        arguments = create_string_buffer(max(1, len(signature.parameters)) * VALUE_SIZE)
        export = _Export(ctypes.byref(function), signature, arguments, create_string_buffer(VALUE_SIZE))
        self._exports[name] = export
        return export

    def _start(self) -> Any:
        return self._run(lambda store: capi.instantiate(self._linked.linker, store, self._linked.component))

    def _recorded(self, function: str, arguments: Sequence[Any], work: Callable[[], T]) -> T:
        """Do `work`, a call of the guest, and record it if there is a tape."""
        tape = self.tape
        if tape is None:
            return work()
        tape.begin(function, arguments)
        try:
            result = work()
        except PluginCrashedError as crash:
            tape.end(Ending.of_crash(crash))
            raise
        tape.end(None if function == START else result)
        return result

    def _open_store(self) -> Store:
        if self._store is None:
            raise HostError(f"{self.plugin}: the instance is closed")
        return self._store

    def _run(self, work: Callable[[Store], Any], script: Attendant | None = None) -> Any:
        store = self._open_store()
        self.pending = None
        self._words.begin()
        store.set_epoch_deadline(1)
        self._engine.enter()
        try:
            self.limit.begin(script)
            return work(store)
        except Trap as trap:
            if isinstance(trap, WasmTrap) and trap.has_no_room and self.pending is None:
                raise no_address_space(self.plugin) from trap
            raise self._crashed(trap) from (self.pending or trap)
        finally:
            self._engine.leave()
            if self.share.was_large:
                self.share.was_large = False
                give_back()

    def _crashed(self, trap: Trap) -> PluginCrashedError:
        cause = self._cause(trap)
        kind = cause.kind.value if cause.kind else "stopped"
        wasm_trace = trap.message if isinstance(trap, WasmTrap) else ""
        return PluginCrashedError(
            self.plugin, cause.problem, kind=kind, traceback=cause.traceback, wasm_trace=wasm_trace
        )

    def _cause(self, trap: Trap) -> Trap:
        """Why the call ended. wasmtime does not know an exception that a host function raised."""
        if isinstance(self.pending, Trap):
            return self.pending
        if self.pending is not None:
            return Trap(CrashKind.HOST, f"a host function failed: {type(self.pending).__name__}: {self.pending}")
        if isinstance(trap, WasmTrap) and trap.passed_too_much:
            return Trap(trap.kind, f"{trap.problem} than {self._lift_bytes} bytes ({LIFT_COUNTS})")
        return self._words.explain(trap) if isinstance(trap, WasmTrap) else trap

    def _call_export(self, export: _Export, arguments: Sequence[Any]) -> Any:
        signature, values, result = export.signature, export.arguments, export.result
        first = addressof(values)
        try:
            for index, ((_, lower), argument) in enumerate(zip(signature.parameters, arguments, strict=True)):
                lower(argument, first + index * VALUE_SIZE, self._context)
            error = capi.call_function(
                export.function, self._context, values, len(arguments), result, 0 if signature.result is None else 1
            )
            if error:
                raise WasmTrap(error_text(error))
            if signature.result is None:
                return None
            return signature.result[0](result.raw, 0, self._context)
        finally:
            self.share.end()
            # One for each parameter, because a forged recording may have any number of arguments.
            for address in range(first, first + sizeof(values), VALUE_SIZE):
                capi.delete_value(address)
            memset(values, 0, sizeof(values))
            capi.delete_value(result)
            memset(result, 0, VALUE_SIZE)
