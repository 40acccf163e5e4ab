"""Components that lie about their memory, their types and their size: what each costs the host, and how it ends."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from wasmtime import wat2wasm

from hostcore.buses.call_limit import TimeLimit
from hostcore.clock import RealClock
from hostcore.errors import HostError, MissingImportsError, PluginCrashedError, PluginFileError
from hostcore.hostcall import CrashKind
from hostcore.runtime import linker
from hostcore.runtime.contract import offered_interfaces
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.linker import link
from hostcore.runtime.native import interfaces, wit
from hostcore.runtime.native.objects import Component
from hostcore.runtime.surface import MOST_INTERFACES, MOST_MEMBERS
from hostcore.runtime.type_text import MOST_NODES, MOST_RESOURCES
from hostcore.wasi.functions import wasi_functions
from hostcore.wasi.types import WASI
from tests.guests import linked, started
from tests.hostile.components import (
    ARGUMENTS,
    ERROR,
    asking,
    doubled,
    importing,
    many,
    passing,
    polling,
    with_post_return,
    with_realloc,
)
from tests.memory import MIB, growth

HARMLESS = 8 * MIB
"""The most by which one of them may make the host grow, even for a moment."""
TOGETHER = 10
"""Plugins that do it at the same time."""


@pytest.fixture
def only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """No component is linked, so that a verdict comes before that, and no instance starts."""

    def fail(*_: object) -> None:
        pytest.fail("it was linked")

    monkeypatch.setattr(linker, "Linker", fail)


def refusal(engine: GuestEngine, text: str) -> str:
    """Why a component is refused. Reading it costs the host next to nothing."""
    component = Component(engine.engine, bytes(wat2wasm(text)))
    with growth() as grown, pytest.raises(HostError) as error:
        link("liar", component, engine, offered_interfaces())
    assert isinstance(error.value, PluginFileError | MissingImportsError)
    assert grown.peak < HARMLESS
    return str(error.value)


# Types that are not the contract's

POLL = '(export "pollable" (type $pollable (sub resource)))'
STREAMS = '(export "output-stream" (type $stream (sub resource)))'
MISTYPED = [
    (
        [(ARGUMENTS, '(export "get-arguments" (func (param "all" (list (list (tuple u8 u8))))))')],
        "its wasi:cli/environment.get-arguments is (list<list<tuple(u8 u8)>>) -> _, not () -> list<string> as WASI 0.2",
    ),
    (
        [("wasi:clocks/wall-clock@0.2.3", '(export "now" (func (result u64)))')],
        "its wasi:clocks/wall-clock.now is () -> u64, not () -> DATETIME as WASI 0.2 says",
    ),
    (
        [("wasi:io/streams@0.2.0", STREAMS + '(export "[method]output-stream.write" '
          '(func (param "self" (borrow $stream)) (param "contents" (list (list u8)))))')],
        "its wasi:io/streams.[method]output-stream.write is (borrow<output-stream> list<list<u8>>) -> _, "
        "not (borrow<output-stream> list<u8>) -> result<_ STREAM-ERROR> as WASI 0.2 says",
    ),
    (
        [("wasi:io/poll@0.2.0", POLL
          + '(export "poll" (func (param "in" (list (own $pollable))) (result (list u32))))')],
        "its wasi:io/poll.poll is (list<own<pollable>>) -> list<u32>, not (list<borrow<pollable>>) -> list<u32>",
    ),
    (
        [("wasi:sockets/udp@0.2.0", '(export "send" (func (param "all" (list (list u8)))))')],
        "imports wasi:sockets/udp.send, which WASI 0.2 does not have in this version of the host",
    ),
    (
        [("wasi:clocks/monotonic-clock@0.2.0", POLL)],
        "imports wasi:clocks/monotonic-clock.pollable, which WASI 0.2 does not have",
    ),
    (
        [("wasi-host:plugin/i2c@0.1.0", '(export "burst" (func (param "all" (list (list u8)))))')],
        "imports i2c.burst, which wit/ does not have in this version of the host",
    ),
    (
        [("wasi-host:plugin/i2c@0.1.0", ERROR + '(export "transfer" (func (param "bus" (option u8)) '
          '(param "address" f32) (param "data" (list u8)) (param "length" u32) '
          '(result (result (list u8) (error $error)))))')],
        "its i2c.transfer is (option<u8> f32 list<u8> u32) -> result<list<u8> E>, "
        "not (option<u8> u8 list<u8> u32) -> result<list<u8> E> as wit/ says",
    ),
    (
        [("demo:plugin/gpio-provider@0.2.0", '(export "explode" (func (param "all" (list string))))')],
        "imports demo:plugin/gpio-provider.explode, which wit/demo/ does not have",
    ),
]  # fmt: skip


@pytest.mark.usefixtures("only_read")
@pytest.mark.parametrize(("interfaces", "words"), MISTYPED, ids=lambda part: part if isinstance(part, str) else "")
def test_a_mistyped_import_is_refused_with_what_was_declared_and_what_is_expected(
    engine: GuestEngine, interfaces: list[tuple[str, str]], words: str
) -> None:
    assert words in refusal(engine, importing(*interfaces))


def test_every_function_that_the_host_answers_has_a_type_to_compare_with() -> None:
    answered = wasi_functions(RealClock(), lambda _moment: None, lambda _stream, _data: None).functions
    assert answered.keys() <= WASI.keys()


# Giants


@pytest.mark.usefixtures("only_read")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            importing(*((f"wasi:random/random@0.2.{patch}", "") for patch in range(MOST_INTERFACES))),
            f"imports and exports {MOST_INTERFACES + 1} interfaces; up to {MOST_INTERFACES} are allowed",
        ),
        (
            importing((ARGUMENTS, many(2000))),
            f"imports and exports 2001 functions, types and resources; up to {MOST_MEMBERS} are allowed",
        ),
        (
            importing((ARGUMENTS, many(MOST_MEMBERS, "(type (sub resource))"))),
            f"imports and exports {MOST_MEMBERS + 1} functions, types and resources",
        ),
    ],
    ids=["interfaces", "functions", "resources"],
)
def test_a_giant_is_refused_by_its_number_before_its_members_are_read(
    engine: GuestEngine, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    monkeypatch.setattr(interfaces.InstanceType, "exports", lambda *_: pytest.fail("its members were read"))
    assert words in refusal(engine, text)


@pytest.mark.usefixtures("only_read")
def test_resources_that_are_compared_with_each_other_are_few(engine: GuestEngine) -> None:
    versions = ((f"wasi:io/poll@0.2.{patch}", POLL) for patch in range(MOST_RESOURCES * 2))
    words = f"imports at least {MOST_RESOURCES + 1} types of resources; up to {MOST_RESOURCES} are allowed"
    assert words in refusal(engine, importing(*versions))


CASES = " ".join(f'"case{index}"' for index in range(5000))
WIDE = {
    "tuple": asking(f"(tuple {'u8 ' * 9999})"),
    "enum": asking("$named", defined=f"(enum {CASES})"),
    "name": asking("$named", defined=f'(enum "{"x" * 60_000}")'),
    "doubled": asking("(list $giant)", inside="(alias outer 1 $t15 (type $giant))", before=doubled(15)),
    "poll": polling("(list $t15)", [doubled(15)]),
}


@pytest.mark.usefixtures("only_read")
@pytest.mark.parametrize("wide", WIDE)
def test_a_wide_type_is_read_up_to_the_bound(engine: GuestEngine, monkeypatch: pytest.MonkeyPatch, wide: str) -> None:
    steps: list[object] = []
    read = wit.value_type
    monkeypatch.setattr(wit, "value_type", lambda kind, address: steps.append(address) or read(kind, address))
    words = rf"the type of its \S+ has at least (\d+) nodes; up to {MOST_NODES} are allowed"
    found = re.search(words, refusal(engine, WIDE[wide]))
    assert found is not None
    assert int(found[1]) > MOST_NODES
    assert len(steps) <= 2 * MOST_NODES


# Lies about memory


def ending(engine: GuestEngine, text: str, limit: TimeLimit, function: Callable[..., object]) -> PluginCrashedError:
    """How a component ends, after a call that costs the host next to nothing."""
    functions = dict.fromkeys(("give", "call", "take"), function)
    with started(engine, linked(engine, text), functions, limit=limit) as guest:
        with growth() as grown, pytest.raises(PluginCrashedError) as crash:
            guest.call("driver#run")
        assert grown.peak < HARMLESS
    return crash.value


LIES = [
    (with_realloc("(i32.const 0x7fffffff)"), "realloc return: beyond end of memory"),
    (with_realloc("(i32.const -1)"), "realloc return: beyond end of memory"),
    (with_realloc("(i32.const 65000)"), "realloc return: beyond end of memory"),
    (with_realloc("unreachable"), "it gave up"),
    (with_post_return("unreachable"), "it gave up"),
    (with_post_return("(call $call)"), "cannot leave component instance"),
    (with_post_return("", result="(i32.const 96)"), "out of bounds of memory"),
    (with_post_return("", result="(i32.const -4)"), "out of bounds of memory"),
    (with_post_return("", result="(i32.const 3)"), "not aligned"),
]


@pytest.mark.parametrize(("text", "words"), LIES, ids=[words for _, words in LIES])
def test_a_lie_about_memory_ends_the_plugin_that_tells_it(engine: GuestEngine, text: str, words: str) -> None:
    crash = ending(engine, text, TimeLimit(RealClock(), 5.0), lambda: bytes(1000))
    assert crash.kind == CrashKind.TRAP
    assert words in crash.problem


@pytest.mark.parametrize("text", [with_realloc("(loop (br 0)) unreachable"), with_post_return("(loop (br 0))")])
def test_code_that_the_host_calls_for_its_own_ends_is_limited_and_stopped_like_any_other(
    engine: GuestEngine, text: str
) -> None:
    crash = ending(engine, text, TimeLimit(RealClock(), 0.05), lambda: bytes(1000))
    assert (crash.kind, crash.problem) == (CrashKind.DEADLINE, "still running after 0.05 s")
    never = TimeLimit(RealClock(), 3600.0)
    never.stop()
    crash = ending(engine, text, never, lambda: bytes(1000))
    assert (crash.kind, crash.problem) == ("stopped", "told to stop")


# Megabytes

RECORD = '(type $pulse (record (field "level" bool) (field "ns" u32))) (export "pulse" (type $named (eq $pulse)))'
CHOICE = '(type $step (variant (case "r" u32) (case "w" (list u8)))) (export "step" (type $named (eq $step)))'
MEGABYTES = [
    passing("(list u8)", 1_000_000),
    passing("(list u8)", 50_000_000),
    passing("string", 4_000_000),
    passing("(list $named)", 100_000, RECORD),
    passing("(list $named)", 100_000, CHOICE),
    passing("(list string)", 1_000_000),
]


@pytest.mark.parametrize("text", MEGABYTES, ids=["bytes", "more bytes", "text", "records", "variants", "texts"])
def test_ten_plugins_that_pass_megabytes_die_of_it_before_the_host_allocates(engine: GuestEngine, text: str) -> None:
    component = linked(engine, text)
    together = threading.Barrier(TOGETHER)

    def die(_: int) -> PluginCrashedError:
        with started(engine, component, {"take": lambda _: pytest.fail("it arrived")}) as guest:
            together.wait()
            with pytest.raises(PluginCrashedError) as crash:
                guest.call("driver#run")
            return crash.value

    with ThreadPoolExecutor(TOGETHER) as pool, growth() as grown:
        crashes = list(pool.map(die, range(TOGETHER)))
    assert {crash.kind for crash in crashes} == {CrashKind.DATA}
    assert all("one call passed the host more than 2162688 bytes" in crash.problem for crash in crashes)
    assert grown.peak < 2 * HARMLESS


@contextmanager
def held(component: linker.LinkedComponent, engine: GuestEngine) -> Iterator[None]:
    """Ten plugins, each with the largest call that is allowed, all inside the host at the same time."""
    inside = threading.Barrier(TOGETHER + 1)

    def take(_data: object) -> None:
        inside.wait()
        inside.wait()

    def call(_: int) -> None:
        with started(engine, component, {"take": take}) as guest:
            guest.call("driver#run")

    with ThreadPoolExecutor(TOGETHER) as pool:
        calls = [pool.submit(call, index) for index in range(TOGETHER)]
        inside.wait()
        try:
            yield
        finally:
            inside.wait()
        for each in calls:
            each.result()


def test_ten_plugins_with_the_largest_transaction_cost_the_host_little(engine: GuestEngine) -> None:
    component = linked(engine, passing("(list u8)", 10_000))
    with growth() as grown, held(component, engine):
        pass
    assert grown.peak < TOGETHER * 2 * MIB
