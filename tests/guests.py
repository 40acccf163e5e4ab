"""Guests in WebAssembly text. They compile in milliseconds, and each does only one thing for a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from wasmtime import wat2wasm

from hostcore.buses.call_limit import CallLimit, TimeLimit
from hostcore.clock import RealClock
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.guest_memory import GuestMemories
from hostcore.runtime.instance import Instance
from hostcore.runtime.lift_limit import lift_limit
from hostcore.runtime.linker import LinkedComponent, link
from hostcore.runtime.native.objects import Component

TEST = "wasi-host:plugin/test"
"""The interface that these guests import, without its version."""

MEMORY = """
  (core module $memory
    (memory (export "memory") 2)
    (global $top (mut i32) (i32.const 65536))
    (func (export "realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (local $start i32)
      (local.set $start (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
      (global.set $top (i32.add (local.get $start) (local.get $size)))
      (if (i32.gt_u (global.get $top) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get $size) (i32.const 16)))))))
      (local.get $start))
    (func (export "forget") (param i32) (global.set $top (i32.const 65536))))
  (core instance $memory (instantiate $memory))
"""
"""The memory of a guest. Everything that a call allocates above 64 KiB is freed when the call returns."""
USES_MEMORY = '(memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))'

LIFTED = """
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $memory "memory"))))
  (func $render (param "readings" string) (result (result string (error string)))
    (canon lift (core func $main "render") (memory (core memory $memory "memory"))
      (realloc (core func $memory "realloc"))))
  (instance $driver (export "read" (func $read)))
  (instance $page (export "render" (func $render)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver))
  (export "wasi-host:plugin/page@0.1.0" (instance $page)))
"""
"""The end of a guest with core functions `read` and `render`, exported as driver and page. Needs `$memory`."""

CALLER = f"""
(component
  (import "{TEST}@0.1.0" (instance $host (export "call" (func))))
  (core func $call (canon lower (func $host "call")))
  (core module $main
    (import "host" "call" (func $call))
    (func (export "run") (call $call))
    (func (export "spin") (loop (br 0)))
    (func $dive (export "dive") (call $dive))
    (func (export "give-up") unreachable)
    (func (export "divide") (drop (i32.div_u (i32.const 1) (i32.const 0)))))
  (core instance $main (instantiate $main (with "host" (instance (export "call" (func $call))))))
  (func $run (canon lift (core func $main "run")))
  (func $spin (canon lift (core func $main "spin")))
  (func $dive (canon lift (core func $main "dive")))
  (func $give-up (canon lift (core func $main "give-up")))
  (func $divide (canon lift (core func $main "divide")))
  (instance $driver
    (export "run" (func $run)) (export "spin" (func $spin)) (export "dive" (func $dive))
    (export "give-up" (func $give-up)) (export "divide" (func $divide)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
"""
"""Exports `run`, which calls the host's `call`, and several functions that crash."""


def linked(engine: GuestEngine, text: str, offered: Iterable[str] = (TEST,)) -> LinkedComponent:
    """Link the component `text` to a host that offers the interfaces `offered`."""
    return link("guest", Component(engine.engine, bytes(wat2wasm(text))), engine, frozenset(offered))


@contextmanager
def started(
    engine: GuestEngine,
    component: LinkedComponent,
    functions: Mapping[str, Callable[..., Any]],
    *,
    limit: CallLimit | None = None,
    memory_mib: int = 64,
    lift_bytes: int = lift_limit(0),
    drop: Callable[[int, int], None] = lambda _type_id, _rep: None,
) -> Iterator[Instance]:
    """Start an instance. Keys of `functions` are bare names of functions in interface `TEST`."""
    instance = Instance(
        "guest",
        component,
        engine,
        functions={f"{TEST}#{name}": function for name, function in functions.items()},
        drop=drop,
        limit=limit or TimeLimit(RealClock(), 5.0),
        memory_mib=memory_mib,
        memories=GuestMemories(),
        lift_bytes=lift_bytes,
    )
    try:
        yield instance
    finally:
        instance.close()
