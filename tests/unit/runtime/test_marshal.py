"""Every WIT value that goes to a guest and from there to the host and back is what it was."""

from __future__ import annotations

import math
import resource
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind, Err
from hostcore.runtime.codecs import MAX_BYTES
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.instance import Instance
from tests.guests import MEMORY, TEST, USES_MEMORY, linked, started
from tests.memory import MIB, growth
from tests.wit_types import (
    BY_NAME,
    SCALARS,
    WitType,
    draw_type,
    enum_of,
    flags_of,
    list_of,
    option_of,
    record_of,
    result_of,
    tuple_of,
    variant_of,
)

PADDING = 16
"""Further parameters: with more than 16 of them the canonical ABI passes all in memory: one guest for every type."""


def echo_component(wit: WitType) -> str:
    """A guest whose `echo` takes a value, sends it to the host's `echo`, and returns what that returned."""
    inside, outside = [], []

    def define(one: WitType) -> str:
        definition = one.text.format(*map(define, one.members))
        name = f"t{len(outside)}"
        if one.named:
            inside.append(f'(type $own-{name} {definition}) (export "{name}" (type ${name} (eq $own-{name})))')
            outside.append(f'(alias export $host "{name}" (type ${name}))')
        else:
            inside.append(f"(type ${name} {definition})")
            outside.append(f"(type ${name} {definition})")
        return f"${name}"

    root = define(wit)
    function = f'(param "value" (tuple {root}{" u8" * PADDING})) (result (tuple {root} u8))'
    return f"""
(component
  (import "{TEST}@0.1.0" (instance $host {" ".join(inside)} (export "echo" (func {function}))))
  {" ".join(outside)} {MEMORY}
  (core func $echo (canon lower (func $host "echo") {USES_MEMORY}))
  (core module $main
    (import "host" "echo" (func $echo (param i32 i32)))
    (func (export "echo") (param i32) (result i32) (call $echo (local.get 0) (i32.const 1024)) (i32.const 1024)))
  (core instance $main (instantiate $main (with "host" (instance (export "echo" (func $echo))))))
  (func $lifted {function}
    (canon lift (core func $main "echo") {USES_MEMORY} (post-return (core func $memory "forget"))))
  (instance $driver (export "echo" (func $lifted)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
"""


class Echo:
    """A guest that sends values of one type back, by way of a host function.

    Attributes:
        instance: the guest.
        passing: what becomes of a value in the host; by default nothing.
        received: the value that the host function got last.
    """

    instance: Instance

    def __init__(self) -> None:
        self.passing: Callable[[Any], Any] = lambda value: value
        self.received: Any = None

    def __call__(self, value: Any) -> Any:
        returned, seal = self.instance.call("driver#echo", (value, *range(PADDING)))
        assert seal == 42
        return returned

    def host_function(self, padded: tuple[Any, ...]) -> tuple[Any, int]:
        self.received, *padding = padded
        assert padding == [*range(PADDING)]
        return self.passing(self.received), 42


@contextmanager
def echo_of(engine: GuestEngine, wit: WitType) -> Iterator[Echo]:
    echo = Echo()
    with started(engine, linked(engine, echo_component(wit)), {"echo": echo.host_function}) as echo.instance:
        yield echo


@pytest.mark.parametrize("wit", SCALARS, ids=lambda wit: wit.text)
def test_every_scalar_comes_back(engine: GuestEngine, wit: WitType) -> None:
    with echo_of(engine, wit) as echo:

        @given(st.data())
        @settings(max_examples=30, deadline=None)
        def comes_back(data: st.DataObject) -> None:
            value = wit.value(data.draw)
            assert echo(value) == value == echo.received
            assert type(echo.received) is type(value)

        comes_back()


@given(data=st.data())
@settings(deadline=None)
def test_values_of_every_type_come_back(engine: GuestEngine, data: st.DataObject) -> None:
    wit = draw_type(data.draw)
    with echo_of(engine, wit) as echo:
        for _ in range(3):
            value = wit.value(data.draw)
            assert echo(value) == value == echo.received


@pytest.mark.parametrize("name", ["f32", "f64"])
def test_not_a_number_stays_one(engine: GuestEngine, name: str) -> None:
    with echo_of(engine, BY_NAME[name]) as echo:
        assert math.isnan(echo(math.nan))


@pytest.mark.parametrize("length", [0, 1, 4096, MAX_BYTES])
def test_bytes_of_any_length_come_back(engine: GuestEngine, length: int) -> None:
    with echo_of(engine, list_of(BY_NAME["u8"])) as echo:
        value = bytes(range(256)) * (length // 256 + 1)
        assert echo(value[:length]) == value[:length]


def test_a_lone_surrogate_becomes_a_question_mark(engine: GuestEngine) -> None:
    with echo_of(engine, BY_NAME["string"]) as echo:
        assert echo("a\ud800b") == "a?b"


RECORD = record_of([BY_NAME["u8"], BY_NAME["string"]])
VARIANT = variant_of([BY_NAME["u8"], None])
RESULT = result_of(BY_NAME["u8"], BY_NAME["string"])
WRONG = [
    *((BY_NAME["u8"], 1, wrong) for wrong in (256, -1, "1", None, 1.5)),
    *((BY_NAME["s64"], 1, wrong) for wrong in (1 << 63, -(1 << 63) - 1)),
    *((BY_NAME["f32"], 1.0, wrong) for wrong in (1e300, "1.0")),
    *((BY_NAME["char"], "a", wrong) for wrong in ("", "ab", 97, "\ud800")),
    *((BY_NAME["string"], "a", wrong) for wrong in (b"a", None)),
    *((list_of(BY_NAME["u8"]), b"a", wrong) for wrong in ("a", [256], 7, None)),
    *((list_of(BY_NAME["string"]), ["a"], wrong) for wrong in (["a", 5], None)),
    *((tuple_of([BY_NAME["u8"]]), (1,), wrong) for wrong in ((), (1, 2), 5)),
    *((RECORD, (1, "a"), wrong) for wrong in ((1,), (1, "a", 2), ("a", 1), None)),
    *((VARIANT, ("c1", None), wrong) for wrong in (("c2", 1), ("c0", "a"), "c1", None)),
    *((RESULT, 1, wrong) for wrong in ("a", Err(1), None)),
    (option_of(BY_NAME["u8"]), 1, "a"),
    *((enum_of(2), "e1", wrong) for wrong in ("e2", 1, None, "\ud800")),
    *((flags_of(2), frozenset(), wrong) for wrong in ({"g2"}, {1}, "g0", None)),
]
"""(type, a value of it, something that is none)"""


@pytest.mark.parametrize(("wit", "right", "wrong"), WRONG, ids=lambda part: getattr(part, "text", None))
def test_a_host_function_that_returns_something_else_ends_that_instance_only(
    engine: GuestEngine, wit: WitType, right: Any, wrong: Any
) -> None:
    with echo_of(engine, wit) as broken, echo_of(engine, wit) as healthy:
        broken.passing = lambda _value: wrong
        with pytest.raises(PluginCrashedError, match="a host function failed") as crash:
            broken(right)
        assert crash.value.kind == CrashKind.HOST
        assert healthy(right) == right


@pytest.mark.parametrize(("wit", "right", "wrong"), WRONG, ids=lambda part: getattr(part, "text", None))
def test_an_argument_that_is_no_value_of_its_type_never_reaches_the_guest(
    engine: GuestEngine, wit: WitType, right: Any, wrong: Any
) -> None:
    with echo_of(engine, wit) as echo:
        with pytest.raises((TypeError, ValueError, AttributeError, KeyError, OverflowError, struct.error)):
            echo(wrong)
        assert echo.received is None
        assert echo(right) == right


@pytest.mark.thorough
def test_nothing_is_left_behind_by_20000_calls(engine: GuestEngine) -> None:
    wit = tuple_of([list_of(BY_NAME["u8"]), list_of(RECORD), RESULT])
    value = (bytes(30), [(1, "x" * 200)], Err("y" * 200))
    with echo_of(engine, wit) as echo:

        def call(count: int) -> None:
            for _ in range(count):
                assert echo(value) == value

        call(1000)
        before = resident_bytes()
        call(20_000)
        growth = resident_bytes() - before
        assert growth < 2 << 20, "each text crosses four times: 4 MB each, if one of the four were not freed"


def resident_bytes() -> int:
    """What this process holds in memory now (proc(5), /proc/PID/statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


TAKER = f"""
(component
  (import "{TEST}@0.1.0" (instance $host (export "take" (func (param "text" string) (param "bytes" (list u8))))))
  (core module $memory (memory (export "memory") 1024))
  (core instance $memory (instantiate $memory))
  (core func $take (canon lower (func $host "take") (memory (core memory $memory "memory"))))
  (core module $main
    (import "host" "take" (func $take (param i32 i32 i32 i32)))
    (import "memory" "memory" (memory 1024))
    (func (export "give") (param $text i32) (param $bytes i32)
      (call $take (i32.const 0) (local.get $text) (i32.const 0) (local.get $bytes)))
    (func (export "give-not-utf8")
      (i32.store8 (i32.const 0) (i32.const 0xff))
      (call $take (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0)))
    (func (export "give-beyond") (call $take (i32.const 0x7fffffff) (i32.const 1) (i32.const 0) (i32.const 0))))
  (core instance $main (instantiate $main
    (with "host" (instance (export "take" (func $take)))) (with "memory" (instance $memory))))
  (func $give (param "text" u32) (param "bytes" u32) (canon lift (core func $main "give")))
  (func $give-not-utf8 (canon lift (core func $main "give-not-utf8")))
  (func $give-beyond (canon lift (core func $main "give-beyond")))
  (instance $driver
    (export "give" (func $give)) (export "give-not-utf8" (func $give-not-utf8))
    (export "give-beyond" (func $give-beyond)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
"""
"""A guest that hands over as much as it is told to, or something that is no text."""


def test_a_guest_may_hand_over_as_many_bytes_as_the_largest_legal_list_has(engine: GuestEngine) -> None:
    taken: list[tuple[str, bytes]] = []
    with started(engine, linked(engine, TAKER), {"take": lambda *both: taken.append(both)}) as guest:
        guest.call("driver#give", 3, MAX_BYTES)
    assert taken == [("\0" * 3, bytes(MAX_BYTES))]


@pytest.mark.parametrize("length", [MAX_BYTES + 1, 30_000, 2_700_000, 60_000_000])
def test_a_guest_that_hands_over_more_is_ended_before_it_takes_the_hosts_memory(
    engine: GuestEngine, length: int
) -> None:
    with started(engine, linked(engine, TAKER), {"take": lambda *_: pytest.fail("it arrived")}) as guest:
        with growth() as grown, pytest.raises(PluginCrashedError) as crash:
            guest.call("driver#give", 0, length)
        assert crash.value.kind == CrashKind.DATA
        assert grown.peak < 8 * MIB


@pytest.mark.parametrize("function", ["give-not-utf8", "give-beyond"])
def test_a_guest_that_hands_over_what_is_no_text_is_ended(engine: GuestEngine, function: str) -> None:
    with started(engine, linked(engine, TAKER), {"take": lambda *_: pytest.fail("it arrived")}) as guest:
        with pytest.raises(PluginCrashedError) as crash:
            guest.call(f"driver#{function}")
        assert crash.value.kind == CrashKind.TRAP
