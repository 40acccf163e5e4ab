"""What a guest makes the host hold is bounded, counted, and one large call at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest

from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind, Trap
from hostcore.runtime import instance
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.host_share import LARGE, TEXT_COST, HostShare
from hostcore.runtime.lift_limit import MAX_LIFT, can_limit_lifts, lift_limit, set_lift_limit
from hostcore.runtime.native.objects import Store
from tests.guests import TEST, linked, started

TALKER = f"""
(component
  (import "{TEST}@0.1.0" (instance $host (export "say" (func (param "text" string)))))
  (core module $memory (memory (export "memory") 64))
  (core instance $memory (instantiate $memory))
  (core func $say (canon lower (func $host "say") (memory (core memory $memory "memory"))))
  (core module $main
    (import "host" "say" (func $say (param i32 i32)))
    (func (export "talk") (param $length i32) (call $say (i32.const 0) (local.get $length))))
  (core instance $main (instantiate $main (with "host" (instance (export "say" (func $say))))))
  (func $talk (param "length" u32) (canon lift (core func $main "talk")))
  (instance $driver (export "talk" (func $talk)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
"""
"""Passes the host a text of the length that it is told."""
LARGE_TEXT = LARGE // TEXT_COST + 1


def test_this_build_of_wasmtime_can_bound_a_calls_data(engine: GuestEngine) -> None:
    assert can_limit_lifts()
    store = Store(engine.engine)
    assert set_lift_limit(store.context(), 1000)
    assert not set_lift_limit(store.context(), 2000), "only a new store has the default value"


@pytest.mark.parametrize(("reading_bytes", "limit"), [(65_536, MAX_LIFT), (3 << 20, 3 << 20)])
def test_a_call_may_pass_the_longest_reading_that_is_allowed(
    engine: GuestEngine, reading_bytes: int, limit: int
) -> None:
    said: list[str] = []
    with started(engine, linked(engine, TALKER), {"say": said.append}, lift_bytes=lift_limit(reading_bytes)) as guest:
        guest.call("driver#talk", limit)
        with pytest.raises(PluginCrashedError) as crash:
            guest.call("driver#talk", lift_limit(reading_bytes) + 1)
    assert [len(text) for text in said] == [limit]
    assert crash.value.kind == CrashKind.DATA
    assert crash.value.problem == (
        f"one call passed the host more than {lift_limit(reading_bytes)} bytes "
        "(a text counts its bytes, a list at least 48 for each element)"
    )


def test_the_memory_of_the_largest_call_is_counted_for_the_guest(engine: GuestEngine) -> None:
    component = linked(engine, TALKER)
    with (
        started(engine, component, {"say": lambda _: None}) as one,
        started(engine, component, {"say": lambda _: None}) as other,
    ):
        one.call("driver#talk", 100)
        assert one.host_bytes() == 0, "a small call is not worth counting"
        for length in (50_000, 200_000, 10_000):
            one.call("driver#talk", length)
        assert (one.host_bytes(), other.host_bytes()) == (200_000 * TEXT_COST, 0)


def test_memory_is_given_back_after_a_large_call(engine: GuestEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[None] = []
    monkeypatch.setattr(instance, "give_back", lambda: given_back.append(None))
    with started(engine, linked(engine, TALKER), {"say": lambda _: None}) as guest:
        for length in (100, LARGE_TEXT, 100):
            guest.call("driver#talk", length)
    assert len(given_back) == 1


def test_a_large_call_waits_until_the_large_call_of_another_guest_has_ended(engine: GuestEngine) -> None:
    component = linked(engine, TALKER)
    inside, may_end = threading.Event(), threading.Event()
    order: list[str] = []

    def slow(_text: str) -> None:
        inside.set()
        may_end.wait()
        order.append("first")

    with ThreadPoolExecutor(2) as pool:

        def talk(say: object) -> None:
            with started(engine, component, {"say": say}) as guest:
                guest.call("driver#talk", LARGE_TEXT)

        first = pool.submit(talk, slow)
        inside.wait()
        second = pool.submit(talk, lambda _: order.append("second"))
        with started(engine, component, {"say": lambda _: order.append("small")}) as guest:
            guest.call("driver#talk", 100)
        assert order == ["small"], "small calls do not wait"
        may_end.set()
        first.result()
        second.result()
    assert order == ["small", "first", "second"]


def test_a_call_that_waits_for_its_turn_can_be_stopped() -> None:
    holder, waits = HostShare(lambda: None), threading.Event()

    def stopped() -> NoReturn:
        waits.set()
        raise Trap(None, "told to stop")

    holder.take(LARGE + 1)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(HostShare(stopped).take, LARGE + 1)
        waits.wait()
        with pytest.raises(Trap, match="told to stop"):
            waiting.result()
    holder.end()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(take_and_end, HostShare(lambda: None)).result()


def take_and_end(share: HostShare) -> None:
    share.take(LARGE + 1)
    share.end()
