"""Resources that the host lends to a guest: handles it cannot forge, and that the host gets back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind, Resource
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.instance import Instance
from hostcore.wasi.functions import resource_type
from tests.guests import TEST, linked, started

KEEPER = f"""
(component
  (import "{TEST}@0.1.0" (instance $host
    (export "pollable" (type $thing (sub resource)))
    (export "make" (func (result (own $thing))))
    (export "look" (func (param "thing" (borrow $thing)) (result u32)))))
  (alias export $host "pollable" (type $thing))
  (core func $make (canon lower (func $host "make")))
  (core func $look (canon lower (func $host "look")))
  (core func $drop (canon resource.drop $thing))
  (core module $main
    (import "host" "make" (func $make (result i32)))
    (import "host" "look" (func $look (param i32) (result i32)))
    (import "host" "drop" (func $drop (param i32)))
    (global $kept (mut i32) (i32.const 0))
    (func (export "keep") (global.set $kept (call $make)))
    (func (export "look") (result i32) (call $look (global.get $kept)))
    (func (export "drop") (call $drop (global.get $kept)))
    (func (export "forge") (result i32) (call $look (i32.const 77))))
  (core instance $main (instantiate $main (with "host" (instance
    (export "make" (func $make)) (export "look" (func $look)) (export "drop" (func $drop))))))
  (func $keep (canon lift (core func $main "keep")))
  (func $look-at (result u32) (canon lift (core func $main "look")))
  (func $give-back (canon lift (core func $main "drop")))
  (func $forge (result u32) (canon lift (core func $main "forge")))
  (instance $driver
    (export "keep" (func $keep)) (export "look" (func $look-at)) (export "give-back" (func $give-back))
    (export "forge" (func $forge)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
"""
"""A guest that keeps one of the host's resources."""
KEPT = Resource(4711, resource_type("pollable"))


@contextmanager
def keeper(engine: GuestEngine, dropped: list[Resource]) -> Iterator[Instance]:
    functions = {"make": lambda: KEPT, "look": lambda thing: thing.rep}

    def drop(type_id: int, rep: int) -> None:
        dropped.append(Resource(rep, type_id))

    with started(engine, linked(engine, KEEPER), functions, drop=drop) as guest:
        yield guest


def test_a_resource_that_a_guest_keeps_is_the_hosts_own_until_it_gives_it_back(engine: GuestEngine) -> None:
    dropped: list[Resource] = []
    with keeper(engine, dropped) as guest:
        guest.call("driver#keep")
        assert [guest.call("driver#look") for _ in range(3)] == [KEPT.rep] * 3
        assert not dropped
        guest.call("driver#give-back")
        assert dropped == [KEPT]


@pytest.mark.parametrize("deed", ["look", "give-back", "forge"])
def test_a_guest_that_uses_a_resource_it_does_not_have_is_ended(engine: GuestEngine, deed: str) -> None:
    dropped: list[Resource] = []
    with keeper(engine, dropped) as guest:
        guest.call("driver#keep")
        guest.call("driver#give-back")
        with pytest.raises(PluginCrashedError) as crash:
            guest.call(f"driver#{deed}")
        assert crash.value.kind == CrashKind.TRAP
        assert dropped == [KEPT]
