"""The interfaces of WASI 0.2 themselves, as guests that are not Python see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from wasmtime import wat2wasm

from hostcore.buses.call_limit import TimeLimit
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind, Err, Resource, Trap
from hostcore.runtime.plugin import Plugin
from hostcore.wasi.entropy import MAX_RANDOM_BYTES
from hostcore.wasi.functions import InstanceWasi, resource_type, wasi_functions
from hostcore.wasi.poll import MAX_POLLABLES
from tests.guests import LIFTED
from tests.sandbox import Sandbox

NOON = 1_704_110_400
"""Where a virtual clock starts: 2024-01-01T12:00:00Z in seconds since the Unix epoch."""

SOCKETS = (
    """
(component
  (import "wasi:sockets/network@0.2.3" (instance $network
    (export "network" (type (sub resource)))
    (type $code (enum "unknown" "access-denied" "not-supported" "invalid-argument" "out-of-memory" "timeout"
      "concurrency-conflict" "not-in-progress" "would-block" "invalid-state" "new-socket-limit" "address-not-bindable"
      "address-in-use" "remote-unreachable" "connection-refused" "connection-reset" "connection-aborted"
      "datagram-too-large" "name-unresolvable" "temporary-resolver-failure" "permanent-resolver-failure"))
    (export "error-code" (type (eq $code)))))
  (alias export $network "error-code" (type $code))
  (alias export $network "network" (type $network-type))
  (import "wasi:sockets/tcp@0.2.3" (instance $tcp (export "tcp-socket" (type (sub resource)))))
  (alias export $tcp "tcp-socket" (type $socket))
  (import "wasi:sockets/tcp-create-socket@0.2.3" (instance $create
    (alias outer 1 $code (type $code))
    (alias outer 1 $socket (type $socket))
    (export "error-code" (type $named (eq $code)))
    (export "tcp-socket" (type $tcp-socket (eq $socket)))
    (type $families (enum "ipv4" "ipv6"))
    (export "ip-address-family" (type $family (eq $families)))
    (export "create-tcp-socket"
      (func (param "address-family" $family) (result (result (own $tcp-socket) (error $named)))))))
  (import "wasi:sockets/instance-network@0.2.3" (instance $instance
    (alias outer 1 $network-type (type $network))
    (export "network" (type $named (eq $network)))
    (export "instance-network" (func (result (own $named))))))
  (import "wasi-host:plugin/log@0.1.0" (instance $log
    (type $level (enum "debug" "info" "warning" "error"))
    (export "level" (type $named (eq $level)))
    (export "write" (func (param "level" $named) (param "text" string)))))
  (core module $memory
    (memory (export "memory") 1)
    (data (i32.const 1000) "unknown!") (data (i32.const 1008) "denied!!")
    (data (i32.const 2000) "{\\"x\\": 1}")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4000)))
  (core instance $memory (instantiate $memory))
  (core func $create (canon lower (func $create "create-tcp-socket") (memory (core memory $memory "memory"))))
  (core func $instance (canon lower (func $instance "instance-network")))
  (core func $write (canon lower (func $log "write") (memory (core memory $memory "memory"))))
  (core module $main
    (import "memory" "memory" (memory 1))
    (import "host" "create" (func $create (param i32 i32)))
    (import "host" "instance" (func $instance (result i32)))
    (import "host" "write" (func $write (param i32 i32 i32)))
    (func (export "read") (result i32)
      (call $create (i32.const 0) (i32.const 0))
      (call $write (i32.const 1)
        (i32.add (i32.const 1000) (i32.shl (i32.load8_u (i32.const 4)) (i32.const 3))) (i32.const 8))
      (i32.store (i32.const 16) (i32.const 0))
      (i32.store (i32.const 20) (i32.const 2000))
      (i32.store (i32.const 24) (i32.const 8))
      (i32.const 16))
    (func (export "render") (param i32 i32) (result i32) (call $instance)))
  (core instance $main (instantiate $main (with "memory" (instance $memory)) (with "host" (instance
    (export "create" (func $create)) (export "instance" (func $instance)) (export "write" (func $write))))))
"""
    + LIFTED
)
"""A component that tries sockets: `read` creates one and logs the outcome, `render` asks for the network itself."""


@pytest.fixture
def socket_caller(tmp_path: Path) -> Iterator[tuple[Sandbox, Plugin]]:
    sandbox = Sandbox(tmp_path, tmp_path / "cache", VirtualClock())
    path = tmp_path / "caller.wasm"
    path.write_bytes(bytes(wat2wasm(SOCKETS)))
    yield sandbox, sandbox.load_file(path)
    sandbox.close()


def test_sockets_are_refused_with_the_interfaces_own_error(socket_caller: tuple[Sandbox, Plugin]) -> None:
    sandbox, plugin = socket_caller
    assert plugin.read() == {"x": 1}
    assert sandbox.lines() == ["denied!!"]


def test_a_refused_function_that_cannot_fail_ends_the_plugin(socket_caller: tuple[Sandbox, Plugin]) -> None:
    with pytest.raises(
        PluginCrashedError, match="wasi:sockets/instance-network#instance-network, which no plugin may call"
    ):
        socket_caller[1].render("{}")


@dataclass
class Wasi:
    """An instance's WASI without the instance; functions go by their names without ``wasi:``."""

    clock: VirtualClock
    grant: InstanceWasi

    def call(self, function: str, *arguments: object) -> Any:
        return self.grant.functions[f"wasi:{function}"](*arguments)

    def give_back(self, pollable: Resource) -> None:
        self.grant.drop(resource_type("pollable"), pollable.rep)


@pytest.fixture
def wasi() -> Wasi:
    clock = VirtualClock()
    limit = TimeLimit(clock, 5.0)
    limit.begin()
    return Wasi(clock, wasi_functions(clock, limit.wait_until, lambda _stream, _data: None))


def test_polling_waits_for_the_earliest_moment_and_tells_which_are_there(wasi: Wasi) -> None:
    subscribe = partial(wasi.call, "clocks/monotonic-clock#subscribe-duration")
    late, early, same = subscribe(2 * NS_PER_S), subscribe(NS_PER_S), subscribe(NS_PER_S)
    assert not wasi.call("io/poll#[method]pollable.ready", early)
    assert wasi.call("io/poll#poll", [late, early, same]) == [1, 2]
    assert wasi.clock.monotonic_ns() == NS_PER_S
    assert wasi.call("io/poll#[method]pollable.ready", early)
    wasi.call("io/poll#[method]pollable.block", late)
    assert wasi.clock.monotonic_ns() == 2 * NS_PER_S


def test_a_moment_in_the_past_is_ready(wasi: Wasi) -> None:
    wasi.clock.advance(1)
    past = wasi.call("clocks/monotonic-clock#subscribe-instant", 0)
    assert wasi.call("io/poll#poll", [past]) == [0]


def test_a_moment_beyond_the_calls_time_ends_the_plugin(wasi: Wasi) -> None:
    never = wasi.call("clocks/monotonic-clock#subscribe-duration", (1 << 64) - 1)
    with pytest.raises(Trap) as trap:
        wasi.call("io/poll#poll", [never])
    assert trap.value.kind is CrashKind.DEADLINE


def test_polling_nothing_traps_as_the_specification_says(wasi: Wasi) -> None:
    with pytest.raises(Trap, match="empty list"):
        wasi.call("io/poll#poll", [])


def test_pollables_are_bounded_and_can_be_given_back(wasi: Wasi) -> None:
    held = [wasi.call("clocks/monotonic-clock#subscribe-instant", 0) for _ in range(MAX_POLLABLES)]
    with pytest.raises(Trap, match=f"asked for more than {MAX_POLLABLES} pollables at a time"):
        wasi.call("clocks/monotonic-clock#subscribe-instant", 0)
    wasi.give_back(held[0])
    assert wasi.call("clocks/monotonic-clock#subscribe-instant", 0) not in held


def test_the_readiness_of_streams_needs_pollables_too(wasi: Wasi) -> None:
    stream = wasi.call("cli/stdout#get-stdout")
    held = [wasi.call("io/streams#[method]output-stream.subscribe", stream) for _ in range(MAX_POLLABLES)]
    assert wasi.call("io/poll#poll", held[:3]) == [0, 1, 2]
    with pytest.raises(Trap):
        wasi.call("io/streams#[method]input-stream.subscribe", wasi.call("cli/stdin#get-stdin"))


@pytest.mark.parametrize("function", ["random/random#get-random-bytes", "random/insecure#get-insecure-random-bytes"])
def test_randomness_is_bounded_for_each_call(wasi: Wasi, function: str) -> None:
    assert len(wasi.call(function, MAX_RANDOM_BYTES)) == MAX_RANDOM_BYTES
    with pytest.raises(Trap, match="random bytes"):
        wasi.call(function, MAX_RANDOM_BYTES + 1)


@pytest.mark.parametrize(("status", "code"), [(None, 0), (Err(None), 1)])
def test_exit_tells_the_status(wasi: Wasi, status: object, code: int) -> None:
    with pytest.raises(Trap, match=f"status {code}$") as trap:
        wasi.call("cli/exit#exit", status)
    assert trap.value.kind is CrashKind.EXIT


def test_the_wall_clock_is_in_seconds_and_nanoseconds(wasi: Wasi) -> None:
    wasi.clock.advance(1.5)
    assert wasi.call("clocks/wall-clock#now") == (NOON + 1, NS_PER_S // 2)
