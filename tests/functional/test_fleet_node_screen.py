"""One node of a fleet: its plugins, values and events, and what it is asked for over the broker."""

from __future__ import annotations

import json
from pathlib import Path

from hostcore.broker.bodies import ShownFinding, ValueInfo
from hostcore.events import Counters, CrashReport
from hostcore.events.event_json import to_json
from tests.fleet_messages import NOW, rfc
from tests.fleet_screen import FleetScreen, ScriptedFleet, drive_fleet
from tui.fleet.addresses import Addresses
from tui.fleet.app import FleetApp
from tui.fleet.state import FleetState
from tui.text import NS_PER_S, recent

REPORT = CrashReport(
    round((NOW - 60) * 1e9), "light", "light.py", "0123", "exception", "KeyError: 'gain' in light.py line 9",
    "Traceback (most recent call last):\n  light.py, line 9, in read\nKeyError: 'gain'", "", "read", "", (), (),
    Counters(), "1.4.0", 9,
)  # fmt: skip
LISTED = {"id": "7", "time": rfc(NOW - 60), "plugin": "light", "kind": "exception", "problem": REPORT.problem}


def attic(**changes: object) -> ScriptedFleet:
    """A node with two plugins, one of which fails."""
    source = ScriptedFleet()
    source.node("attic", facts={"tags": ("house",), "plugins": ("bme680", "light")}, **changes)
    return source


def tell(source: ScriptedFleet) -> None:
    """Let the plugins of the opened node say how they are."""
    source.plugin("attic", "bme680", readings=30)
    source.plugin("attic", "light", "failing", reason="KeyError: 'gain'", errors=12, last_error="KeyError: 'gain'")
    source.say("attic/bme680/values", b"[" + json.dumps(to_json(ValueInfo("temperature", "°C"))).encode() + b"]")
    source.read("attic", "bme680", 1, temperature=21.5, humidity=40.25)


async def opened(screen: FleetScreen) -> None:
    """Open the node, and let its plugins speak."""
    await screen.press("enter")
    tell(screen.source)
    await screen.look(1)


def test_a_node_shows_its_plugins_values_and_what_is_wrong() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        assert "light" in screen.line("! FAILING", "KeyError: 'gain'", "12")
        assert screen.line("bme680", "+ running")
        assert screen.line("temperature", "21.5 °C")
        assert screen.line("humidity", "40.25 %"), "a unit that no driver states is guessed"
        assert screen.line("likely", "bme680: its address is wrong")
        assert "allows over the broker: alarms, orders, outputs, read" in screen.words
        assert "pi, wasi-host 1.4.0, up 1 h 0 min, 2 of 2 plugins running, load 0.20" in screen.words

    finding = ShownFinding("likely", "its address is wrong", "bme680")
    drive_fleet(scenario, attic(findings=(finding,), findings_count=1), (100, 40))


def test_only_an_opened_node_is_followed_and_esc_ends_that() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("enter")
        assert screen.source.opened == ["attic"]
        await screen.press("escape")
        assert screen.source.opened == []
        assert "Nodes on" in screen.text

    drive_fleet(scenario, attic())


def test_the_graph_of_a_number_asks_the_node_for_its_past() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("2", "home", "down", "enter")
        await screen.until(lambda: "least 18" in screen.text)
        assert "4 values" in screen.text
        node, command, arguments = screen.source.asked[0]
        assert (node, command, arguments["plugin"], arguments["key"]) == ("attic", "history", "bme680", ["temperature"])

    source = attic()
    source.answers["history"] = {
        "points": [{"time": rfc(NOW - 50 + place * 10), "value": 18 + place * 0.25} for place in range(3)],
        "resolution": 10,
    }
    drive_fleet(scenario, source)


def test_a_graph_says_why_there_is_no_past() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("2", "home", "down", "enter")
        await screen.until(lambda: "no older values: attic allows no such command" in screen.text)

    source = attic()
    source.answers["history"] = "attic allows no such command"
    drive_fleet(scenario, source)


def test_an_answer_that_nobody_can_read_disturbs_no_graph() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("2", "home", "down", "enter")
        await screen.until(lambda: "no older values: points" in screen.text)

    source = attic()
    source.answers["history"] = {"points": [{"time": 7, "value": "NaN"}]}
    drive_fleet(scenario, source)


def test_crashes_are_listed_and_each_is_a_report() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("x")
        await screen.until(lambda: "1 crash on attic" in screen.text)
        assert screen.line(recent(round((NOW - 60) * NS_PER_S)), "light", "exception", "KeyError: 'gain' in")
        screen.source.answers["crashes"] = {"report": to_json(REPORT)}
        await screen.press("enter")
        await screen.until(lambda: "Crash of light on attic" in screen.text)
        assert "light.py, line 9, in read" in screen.text
        assert screen.source.asked[-1] == ("attic", "crashes", {"id": "7"})

    source = attic()
    source.answers["crashes"] = {"crashes": [LISTED]}
    drive_fleet(scenario, source)


def test_a_crash_among_the_events_is_a_report_unless_it_cannot_be_read() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        screen.source.say("attic/events/crash", {"event": "PluginCrashed", "report": to_json(REPORT)})
        await screen.look(1)
        await screen.press("3", "enter")
        assert screen.line("Crash of light on attic, without transfers and log lines (x has them)")
        assert "light.py, line 9, in read" in screen.text
        await screen.press("escape")
        screen.source.say("attic/events/crash", {"event": "PluginCrashed", "report": 7})
        await screen.look(1)
        await screen.press("home", "enter")
        assert '"report": 7' in screen.text

    drive_fleet(scenario, attic())


def test_a_node_without_crashes_says_so() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("x")
        await screen.until(lambda: "No plugin of attic has crashed" in screen.text)

    source = attic()
    source.answers["crashes"] = {"crashes": []}
    drive_fleet(scenario, source)


def test_the_log_comes_for_a_minute_and_says_for_how_long() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("L")
        await screen.until(lambda: "Log of attic: for 60 seconds more" in screen.text)
        assert "the node sends what happens from now on, and its own screen has what was before" in screen.words
        body = {"time": rfc(NOW), "plugin": "light", "level": "error", "text": "no \x1b[31mred", "dropped": 3}
        screen.source.say("attic/events/log", body)
        screen.source.say("attic/events/traffic", {"text": "not of the log"})
        await screen.look(10)
        assert "Log of attic: for 50 seconds more" in screen.text
        assert screen.line("light", "no \\x1b[31mred", "3 lost before this")
        assert "not of the log" not in screen.text
        await screen.look(50)
        assert "ended; m asks for another minute" in screen.text
        await screen.press("m")
        await screen.until(lambda: "for 60 seconds more" in screen.text)
        await screen.press("escape")
        await screen.until(lambda: screen.source.asked[-1] == ("attic", "log", {"seconds": 0}))

    drive_fleet(scenario, attic())


def test_events_come_as_they_happen_with_nothing_that_a_terminal_acts_on() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        screen.source.say("attic/events/crash", {"plugin": "light", "problem": "KeyError: \x1b]0;owned\x07"})
        screen.source.say("attic/events/odd", {"plugin": "light"})
        finding = {
            "sentence": "0x77 is silent", "plugin": "bme680", "advice": "Look at\x1b[2J the wires.",
            "evidence": [{"text": "no acknowledge"}, 7],
        }  # fmt: skip
        screen.source.say("attic/events/finding", {"finding": finding})
        await screen.look(1)
        assert screen.line("crash", "light: KeyError: \\x1b]0;owned\\x07")
        assert screen.line("finding", "bme680: 0x77 is silent")
        await screen.press("3", "enter")
        for said in ("0x77 is silent", "Look at\\x1b[2J the wires.", "- no acknowledge"):
            assert screen.line(said)
        await screen.press("escape")
        screen.source.say("attic/events/finding", {"finding": {"sentence": "light is slow", "plugin": "light"}})
        screen.source.say("attic/events/alarm", {"alarm": {"name": "warm"}, "state": "raised"})
        await screen.look(1)
        assert screen.line("finding light is slow")
        await screen.press("home", "enter")
        assert '"name": "warm"' in screen.text
        await screen.press("escape")
        screen.source.say("attic/status", b"offline")
        screen.source.say("attic/status", b"online")
        await screen.look(1)
        assert screen.line("offline", "its host has ended, or has lost the broker")
        assert screen.line("online", "its host has connected to the broker")

    drive_fleet(scenario, attic())


def test_a_node_that_allows_no_questions_says_which_line_would() -> None:
    async def scenario(screen: FleetScreen) -> None:
        for key in ("x", "l", "L", "t"):
            await opened(screen)
            await screen.press(key)
            assert any('put commands = ["read"]' in each.message for each in screen.app._notifications)
            assert screen.app.wish is None
            screen.app.clear_notifications()
            await screen.press("escape")
        assert screen.source.asked == []

    source = ScriptedFleet()
    source.node("attic", facts={"commands": ()})
    drive_fleet(scenario, source)


def test_its_own_screen_takes_the_place_of_the_fleet() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("l")

    app = drive_fleet(scenario, attic())
    assert app.wish is not None
    assert (app.wish.node.name, app.wish.computer) == ("attic", "")


def test_a_question_that_is_wanted_right_before_the_screen_is_left_breaks_nothing() -> None:
    async def scenario(screen: FleetScreen) -> None:
        node = screen.app.fleet.nodes[0]
        screen.app.open_ssh(node)
        screen.app.open_live(node)

    app = drive_fleet(scenario, attic())
    assert app.defect is None
    assert app.wish is not None
    assert not app.wish.computer


def test_ssh_asks_once_for_the_computer(tmp_path: Path) -> None:
    async def ask(screen: FleetScreen) -> None:
        await screen.press("s")
        await screen.paste("-oProxyCommand=evil")
        await screen.press("enter")
        assert "allowed is a computer for ssh" in screen.words
        await screen.press(*["backspace"] * 20)
        await screen.paste("pi@attic.lan")
        await screen.press("enter")

    async def go(screen: FleetScreen) -> None:
        await screen.press("s")

    for scenario in (ask, go):
        app = drive_fleet(scenario, attic(), addresses=Addresses(tmp_path))
        assert app.wish is not None
        assert app.wish.computer == "pi@attic.lan"


def test_coming_back_shows_the_fleet_as_it_was() -> None:
    async def leave(screen: FleetScreen) -> None:
        await screen.press("g", "o", "slash")
        await screen.paste("barn")
        await screen.press("enter", "end", "enter", "l")

    async def come_back(screen: FleetScreen) -> None:
        assert screen.lines[0].startswith(" barn-9"), "the node is open again"
        assert screen.source.opened == ["barn-9"], "and was never closed"
        await screen.press("escape")
        assert "find barn, by tag, by node" in screen.text
        chosen = screen.app._table.chosen
        assert chosen is not None
        assert chosen.name == "barn-9"

    source = attic()
    for number in range(10):
        source.node(f"barn-{number}")
    left: FleetApp = drive_fleet(leave, source)
    assert left.wish is not None
    drive_fleet(come_back, source, state=left.state)


def test_a_screen_that_could_not_be_shown_says_why() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.until(lambda: "attic: it did not answer" in screen.words)

    drive_fleet(scenario, attic(), state=FleetState(told="attic: it did not answer"))


def test_a_node_that_goes_offline_keeps_its_last_values_as_old_ones() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        screen.source.say("attic/status", b"offline")
        await screen.look(30)
        assert "X OFFLINE" in screen.lines[0]
        assert screen.line("bme680", "STALE")
        assert screen.line("light", "~ was FAILING")
        screen.source.say("attic/status", b"", kept=True)
        screen.source.say("attic/info", b"", kept=True)
        screen.source.say("attic/health", b"", kept=True)
        await screen.look(1)
        assert "attic" in screen.lines[0], "it is gone from the broker, and the screen still tells what it was"

    drive_fleet(scenario, attic())


def test_the_help_begins_with_what_is_in_sight() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("enter", "question_mark")
        assert "A node" in screen.text
        assert "its last crashes, as reports" in screen.text

    drive_fleet(scenario, attic())
