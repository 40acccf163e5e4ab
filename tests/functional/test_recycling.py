"""An instance whose memory grows is replaced between two calls, before it reaches its limit."""

from __future__ import annotations

from typing import TypeVar

import pytest

from hostcore.events import (
    Counters,
    Event,
    InstanceRecycled,
    LogWritten,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    State,
    StateChanged,
)
from hostcore.view.plugins import Plugins
from tests.supervised import SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

LEAKS = """
from host import state
kept, number = [], 0
def read():
    global number
    number += 1
    kept.append(bytearray(200_000))
    state.save((state.load() or 0) + 1)
    return {"number": number, "total": state.load()}
"""
"""A driver that keeps what it should drop. In all its instances together, it counts its readings."""
LIMIT_MIB = 28
"""The Python of the sandbox takes 20 of them."""
SHOWS = """
kept = []
def update(readings):
    kept.append(bytearray(200_000))
    print("shown", len(kept), flush=True)
"""
COUNTS = "def read():\n    return {'works': True}\n"


E = TypeVar("E", bound=Event)


def until_now(host: SupervisedHost, kind: type[E]) -> list[E]:
    """The events of this kind up to the one that was waited for last. An instance that leaks this fast may crash later,
    because the next one has to wait."""
    return [each for each in host.events[: host._seen] if isinstance(each, kind)]


@pytest.fixture
def leaky(supervised: SupervisedHost) -> SupervisedHost:
    """A host for plugins that leak, with little memory for each of them."""
    supervised.configure({"limits": {"memory_mib": LIMIT_MIB}})
    return supervised


def test_a_new_instance_takes_over_and_no_reading_is_missed_or_doubled(leaky: SupervisedHost) -> None:
    leaky.write("leaks", LEAKS)
    leaky.start()
    recycled = leaky.wait_for(InstanceRecycled, "leaks")
    leaky.reading("leaks", lambda reading: reading["number"] == 2)
    readings = [each.reading for each in until_now(leaky, ReadingPublished)]
    assert [each["total"] for each in readings] == [*range(1, len(readings) + 1)]
    last = max(each["number"] for each in readings)
    assert [each["number"] for each in readings] == [*range(1, last + 1), *range(1, len(readings) - last + 1)]
    assert not until_now(leaky, PluginCrashed) and not until_now(leaky, ReadingFailed)
    assert leaky.states("leaks")[:2] == [State.LOADING, State.RUNNING]
    assert 190_000 < recycled.per_call_bytes < 220_000 and recycled.calls == last - 1
    assert recycled.limit_bytes == LIMIT_MIB << 20 > recycled.memory_bytes > 24 << 20


def test_the_log_the_row_and_the_counters_say_why(leaky: SupervisedHost) -> None:
    leaky.write("leaks", LEAKS)
    leaky.start()
    recycled = leaky.wait_for(InstanceRecycled, "leaks")
    words = f"{recycled.words}; a new instance took over"
    (line,) = [each for each in until_now(leaky, LogWritten) if each.text == words]
    assert line.by_host
    plugins = Plugins()
    for event in leaky.events[: leaky._seen + 1]:
        if take := plugins.takes().get(type(event)):
            take(event)
    status = plugins.get("leaks")
    assert status is not None and (status.cause, status.recycled) == (words, recycled)
    counters = leaky.counters("leaks", lambda counters: counters.recycles == 1)
    assert (counters.reloads, counters.errors) == (0, 0)


@pytest.mark.thorough
def test_with_no_room_for_both_the_old_instance_is_closed_first(leaky: SupervisedHost) -> None:
    leaky.configure({"host": {"total_memory_mib": LIMIT_MIB}, "limits": {"memory_mib": LIMIT_MIB}})
    leaky.write("leaks", LEAKS)
    leaky.start()
    leaky.wait_for(InstanceRecycled, "leaks")
    leaky.reading("leaks", lambda reading: reading["number"] == 2)
    totals = [each.reading["total"] for each in until_now(leaky, ReadingPublished)]
    assert totals == [*range(1, len(totals) + 1)]
    assert not until_now(leaky, PluginCrashed)


@pytest.mark.thorough
def test_a_display_that_leaks_is_replaced_too(leaky: SupervisedHost) -> None:
    leaky.write("counts", COUNTS)
    leaky.write("shows", SHOWS)
    leaky.start()
    leaky.wait_for(InstanceRecycled, "shows")
    leaky.line("shows", "shown 1")
    assert not until_now(leaky, PluginCrashed)


@pytest.mark.thorough
def test_a_plugin_that_needs_its_memory_from_the_start_keeps_its_instance_and_is_told_once(
    leaky: SupervisedHost,
) -> None:
    leaky.write("needs", "table = bytearray(7_300_000)\n" + COUNTS)
    leaky.start()
    line = leaky.line("needs", "a new instance would need them again")
    assert line.text.startswith("needs ") and "of 28 MiB, which it has not taken call by call" in line.text
    leaky.counters("needs", lambda counters: counters.calls > 40)
    assert not leaky.of(InstanceRecycled)
    assert len([each for each in leaky.of(LogWritten, "needs") if "would need them again" in each.text]) == 1


@pytest.mark.thorough
def test_a_new_instance_that_does_not_load_leaves_the_old_one_running(leaky: SupervisedHost) -> None:
    leaky.write("leaks", LEAKS.replace("kept, number", "if (state.load() or 0) > 5: 1 / 0\nkept, number"))
    leaky.start()
    leaky.line("leaks", "its memory nears the limit, but no new instance takes over: ")
    total = leaky.reading("leaks")["total"]
    assert leaky.reading("leaks")["total"] == total + 1
    assert not until_now(leaky, InstanceRecycled)
    assert [each.after for each in until_now(leaky, StateChanged)][-1] is State.RUNNING


def test_counters_of_an_older_host_have_none_of_it() -> None:
    assert Counters().recycles == 0
