"""Components of the demo:plugin contract in WebAssembly text: compiled in milliseconds, each of any type one likes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hostcore.buses.call_limit import TimeLimit
from hostcore.clock import RealClock
from hostcore.log.plugin_log import PluginLog
from hostcore.runtime.contract import offered_interfaces
from hostcore.runtime.demo_plugins import polls
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.guest_memory import GuestMemories
from hostcore.runtime.instance import Instance
from hostcore.runtime.plugin import Plugin, PluginSpec
from tests.guests import linked

READ_AT, POLLED_AT = 1024, 2048
"""Where the bytes of what `read` and `poll` return lie in its memory."""
CORE = """
  (core module $main
    (memory (export "memory") 1)
    (data (i32.const {read_at}) "{read}")
    (data (i32.const {polled_at}) "{polled}")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 32768))
    (func (export "read") (result i32) (i32.const {read_at}))
    (func (export "poll") (result i32) (i32.const {polled_at}))
    (func (export "take") (param i32 i32))
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 0) (local.get 0))
      (i32.store (i32.const 4) (local.get 1))
      (i32.const 0)))
  (core instance $main (instantiate $main))
"""
MEMORY = '(memory (core memory $main "memory")) (realloc (core func $main "realloc"))'
DRIVER = f"""
  (func $read (result (result string (error string))) (canon lift (core func $main "read") {MEMORY}))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver))
"""
"""Exports a driver of this host's own contract, whose reading is `read`."""
OLED = f"""
  (func $update (param "sensor-data" string) (canon lift (core func $main "take") {MEMORY}))
  (instance $oled (export "update" (func $update)))
  (export "demo:plugin/oled-logic@VERSION" (instance $oled))
"""
DASHBOARD = f"""
  (func $render (param "sensor-data" string) (result string) (canon lift (core func $main "echo") {MEMORY}))
  (instance $dashboard (export "render" (func $render)))
  (export "demo:plugin/dashboard-logic@VERSION" (instance $dashboard))
"""


def poll(interface: str, fields: Mapping[str, str], *, listed: bool = True) -> str:
    """Exports `poll` of this interface, with records of these fields; `polled` is what it returns."""
    record = "(record " + " ".join(f'(field "{name}" {type_})' for name, type_ in fields.items()) + ")"
    wrapped = "(list {})" if listed else "{}"
    return f"""
  (type $reading {record})
  (func $poll (result {wrapped.format("$reading")}) (canon lift (core func $main "poll") {MEMORY}))
  (component $named
    (type $reading {record})
    (import "reading" (type $inner (eq $reading)))
    (import "poll" (func $poll (result {wrapped.format("$inner")})))
    (export $outer "reading" (type $reading))
    (export "poll" (func $poll) (func (result {wrapped.format("$outer")}))))
  (instance $logic (instantiate $named (with "reading" (type $reading)) (with "poll" (func $poll))))
  (export "demo:plugin/{interface}@VERSION" (instance $logic))
"""


def component(*exports: str, read: bytes = b"", polled: bytes = b"", imports: str = "", version: str = "0.2.0") -> str:
    """A component, as text, with these exports; `read` and `polled` is what its functions return."""
    core = CORE.format(read_at=READ_AT, read=_escaped(read), polled_at=POLLED_AT, polled=_escaped(polled))
    return f"(component {imports} {core} {' '.join(exports)})".replace("VERSION", version)


def _escaped(data: bytes) -> str:
    return "".join(f"\\{byte:02x}" for byte in data)


@contextmanager
def running(engine: GuestEngine, text: str) -> Iterator[Plugin]:
    """The component as a plugin, without a runtime around it; raises what linking does."""
    component = linked(engine, text, offered_interfaces())
    limit, memories = TimeLimit(RealClock(), 5.0), GuestMemories()
    instance = Instance(
        "old",
        component,
        engine,
        functions={},
        drop=lambda _type_id, _rep: None,
        limit=limit,
        memory_mib=64,
        memories=memories,
    )
    log = PluginLog(lambda _level, _line: None)
    plugin = Plugin(PluginSpec("old", Path("old.wasm")), instance, log, frozenset(), polls(component))
    try:
        yield plugin
    finally:
        plugin.close()
