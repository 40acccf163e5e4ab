"""The plugins pane, one plugin's details, and what a person can do about them."""

from __future__ import annotations

import dataclasses

import pytest

from hostcore.events import (
    AccessDenied,
    Counters,
    CountersTaken,
    CrashLocated,
    CrashReport,
    InstanceRecycled,
    KeptStateWritten,
    Level,
    LogWritten,
    Message,
    Outcome,
    PluginCrashed,
    PluginsChanged,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.session import Order
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.plugins.pane import PluginsPane

COUNTERS = Counters(
    calls=40,
    errors=2,
    crashes=(("exception", 3),),
    restarts=3,
    denied=7,
    call_p50_ns=1_250_000,
    call_p99_ns=2_000_000,
    call_max_ns=900_000_000,
    memory_bytes=3 << 20,
    host_bytes=2 << 20,
    transfers=80,
)
TRACEBACK = """Traceback (most recent call last):
  File "light.py", line 9, in read
    gain = table["gain"]
           ~~~~~^^^^^^^^
KeyError: 'gain'"""


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("aht20"), plugin_facts("light", "i2c:1:0x23")])


def moved(after: State, cause: str = "because", plugin: str = "light") -> StateChanged:
    return StateChanged(NOW, plugin, State.RUNNING, after, cause)


def denied(permission: str = "gpio:4:in") -> AccessDenied:
    return AccessDenied(NOW, "light", parse_permission(permission), "GPIO line 4 is not among its permissions", 10)


def crash() -> PluginCrashed:
    transfer = TransferCompleted(
        NOW, "light", BusName("i2c-1"), 0x23, (Message(True, b"\x10"),), Outcome.BUS, "stuck low", 1000
    )
    report = CrashReport(
        time_ns=NOW,
        plugin="light",
        path="plugins/light.py",
        version="0123456789ab",
        kind="exception",
        problem="KeyError: 'gain' in light.py line 9",
        traceback=TRACEBACK,
        wasm_trace="",
        call="read",
        argument="",
        transfers=(transfer,),
        lines=(LogWritten(NOW, "light", Level.INFO, "gain table loaded"),),
        counters=COUNTERS,
        host_version="1.0",
    )
    return PluginCrashed(NOW, "light", report, "/crashes/light-1.json")


async def choose_light(screen: Screen) -> None:
    await screen.press("2", "home")
    pane = screen.app.focused
    assert isinstance(pane, PluginsPane)
    while pane.chosen is not None and pane.chosen.name != "light":
        await screen.press("down")


def test_a_plugin_that_waits_for_its_next_start_tells_how_long() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("2", "end")
        await screen.publish(dataclasses.replace(moved(State.BACKOFF), retry_seconds=9.0))
        assert screen.line("light", "! BACKOFF 9s ")
        await screen.wait(2)
        assert screen.line("light", "! BACKOFF 7s ")
        await screen.press("enter")
        assert screen.line("next try", "in 7 s")
        await screen.publish(moved(State.LOADING))
        assert "next try" not in screen.text

    drive(scenario, session())


def test_a_row_tells_state_and_numbers_and_why() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(
            CountersTaken(NOW, "light", COUNTERS), moved(State.BACKOFF, "KeyError: 'gain'; next start in 4 s")
        )
        await screen.press("2")
        row = screen.line("light", "3.0 MiB")
        for words in ("! BACKOFF", " 3 ", " 2 ", "1.25 ms", "900 ms", "KeyError: 'gain'"):
            assert words in row

    drive(scenario, session(), (166, 30))


def test_the_place_of_a_crash_is_shown_once_it_is_known() -> None:
    async def scenario(screen: Screen) -> None:
        hangs = dataclasses.replace(crash().report, kind="deadline", problem="still running after 5 s", traceback="")
        found = dataclasses.replace(hangs, problem="still running after 5 s in light.py line 9", traceback=TRACEBACK)
        await screen.publish(
            moved(State.BACKOFF, "looking for the line: read crashed: still running after 5 s"),
            dataclasses.replace(crash(), report=hangs),
        )
        await choose_light(screen)
        assert "looking" in screen.line("light", "! BACKOFF")
        await screen.press("enter")
        assert screen.line("because", "looking for the line: read crashed")
        assert screen.line("deadline", "still running after 5 s")
        assert "light.py line 9" not in screen.text
        await screen.publish(CrashLocated(NOW, "light", found, "/crashes/light-1.json"))
        assert screen.line("deadline", "still running after 5 s in light.py line 9")
        assert screen.line("replay", "wasi-host replay /crashes/light-1.json")

    drive(scenario, session(), (120, 40))


@pytest.mark.parametrize("size", [(60, 18), (120, 40)])
def test_the_details_show_the_traceback_permissions_and_the_last_words(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(moved(State.QUARANTINED, "6 crashes within 60 s"), denied(), crash())
        await choose_light(screen)
        await screen.press("enter")
        seen = screen.lines
        for _ in range(4):
            await screen.press("pagedown")
            seen += screen.lines
        for words in (
            "X QUARANTINED", "6 crashes within 60 s", "plugins/light.py, version 0123456789ab", "64 MiB of memory",
            "i2c:1:0x23", "gpio:4:in, denied at least 10 times", "KeyError: 'gain' in light.py line 9", "~~~~~^^^^^^^^",
            "gain table loaded", "stuck low", "/crashes/light-1.json", "40, 2 errors", "3 restarts",
            "3.0 MiB of 64 MiB", "up to 2.0 MiB for one call",
        ):  # fmt: skip
            assert any(words in line for line in seen), words
        await screen.press("escape")
        assert "2 Plugins" in screen.text

    drive(scenario, session(), size)


def test_the_details_tell_when_what_a_plugin_keeps_was_written() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(moved(State.RUNNING))
        await choose_light(screen)
        await screen.press("enter")
        assert "kept state" not in screen.text
        await screen.publish(KeptStateWritten(NOW, "light", 2048, 3))
        assert screen.line("kept state", "2 KiB, written just now, after 3 saves")

    drive(scenario, session(), (120, 40))


def test_the_details_tell_how_often_a_leak_was_ended_by_a_new_instance() -> None:
    async def scenario(screen: Screen) -> None:
        grown = InstanceRecycled(NOW, "light", 58 << 20, 64 << 20, per_call_bytes=12 << 10, calls=3242)
        await screen.publish(moved(State.RUNNING), CountersTaken(NOW, "light", Counters(calls=3300, recycles=2)), grown)
        await choose_light(screen)
        await screen.press("enter")
        assert screen.line("instances", "0 restarts, 0 reloads, 2 replacements before its memory reached the limit")
        assert screen.line("replaced", "just now: memory grew 12.0 KiB per call to 58 of 64 MiB")

    drive(scenario, session(), (120, 40))


def test_of_several_crashes_the_earlier_ones_are_a_key_away() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(crash(), crash())
        await choose_light(screen)
        await screen.press("enter")
        assert "Crash 2 of 2, just now" in screen.text
        assert "2 of 2 crashes have this problem, the first at " in screen.text
        await screen.press("left", "left")
        assert "Crash 1 of 2" in screen.text
        await screen.press("right")
        assert "Crash 2 of 2" in screen.text

    drive(scenario, session())


@pytest.mark.parametrize(
    ("state", "key", "order"),
    [
        (State.STOPPED, "s", Order.START),
        (State.RUNNING, "x", Order.STOP),
        (State.RUNNING, "r", Order.RESTART),
        (State.QUARANTINED, "u", Order.RELEASE),
    ],
)
def test_keys_give_orders(state: State, key: str, order: Order) -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(moved(state))
        await choose_light(screen)
        assert f" {key} {order.value.capitalize()}" in screen.lines[-1]
        await screen.press(key)
        await screen.press("enter", key)

    drive(scenario, made)
    assert made.orders == [("light", order)] * 2, "from the table and from the details"


def test_an_order_that_means_nothing_now_is_neither_offered_nor_given() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(moved(State.RUNNING))
        await choose_light(screen)
        assert "Start" not in screen.lines[-1].replace("Restart", "") and "Release" not in screen.lines[-1]
        await screen.press("s", "u", "g")
        await screen.publish(moved(State.QUARANTINED))
        assert "Release" in screen.lines[-1], "the keys change with the state"
        assert "2 Plugins" in screen.text

    drive(scenario, made)
    assert not made.orders


def test_what_the_host_refuses_is_said() -> None:
    made = session()
    made.refusal = "host.toml changed under [bold]way[/]"

    async def scenario(screen: Screen) -> None:
        await screen.publish(moved(State.RUNNING), denied())
        await choose_light(screen)
        await screen.press("r")
        await screen.until(lambda: "host.toml changed under [bold]way[/]" in screen.text)
        await screen.press("g")
        await screen.wait(1)
        await screen.press("enter")
        assert "Read GPIO 4" in screen.text, "the request is still there"

    drive(scenario, made)


def test_plugins_come_and_go_while_one_looks() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await choose_light(screen)
        made.known = [plugin_facts("aht20"), plugin_facts("newcomer")]
        await screen.publish(PluginsChanged(NOW, ("aht20", "newcomer")))
        assert screen.line("newcomer", ". discovered")
        assert not any("light" in line for line in screen.lines[3:])
        made.known = []
        await screen.publish(PluginsChanged(NOW, ()))
        await screen.press("down", "enter", "s", "g")
        assert "no plugins" in screen.lines[0]

    drive(scenario, made)


@pytest.mark.parametrize("cause", ["loaded as driver", "asks for i2c:1:0x5d:read"])
def test_a_cause_is_whole_where_all_panes_are_shown_and_numbers_give_way_to_it(cause: str) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(StateChanged(NOW, "light", State.LOADING, State.STOPPED, cause))
        assert cause in screen.line("light", "- stopped")

    drive(scenario, session(), (120, 40))


def test_a_long_cause_leaves_half_of_the_row_to_the_others() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(StateChanged(NOW, "light", State.LOADING, State.STOPPED, "because " * 20))
        await screen.press("2")
        heading = screen.line("plugin", "state", "cause")
        assert "crash" in heading and "worst" not in heading

    drive(scenario, session(), (80, 24))
