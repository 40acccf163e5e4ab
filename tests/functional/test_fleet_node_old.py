"""What the screen of a node tells when the node, a plugin or the broker is gone: nothing as if it were so now."""

from __future__ import annotations

import threading
import time

from hostcore.broker.bodies import ShownFinding
from tests.fleet_messages import NOW, info, reading, rfc
from tests.fleet_screen import ALL, FleetScreen, ScriptedFleet, drive_fleet
from tests.functional.test_fleet_node_screen import LISTED, attic, opened


def remove(source: ScriptedFleet, node: str) -> None:
    """Let the broker keep nothing of a node any more."""
    for part in ("status", "info", "health"):
        source.say(f"{node}/{part}", b"", kept=True)


def test_a_node_that_is_removed_while_it_is_open_is_no_longer_told_to_be_well() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("enter")
        assert "+ ok" in screen.lines[0]
        remove(screen.source, "attic")
        await screen.look(1)
        assert "X OFFLINE" in screen.lines[0]
        assert "the broker keeps nothing of it any more" in screen.words
        await screen.press("x")
        await screen.until(lambda: "attic is offline, so it answers nothing" in screen.words)
        screen.source.node("attic", facts={"plugins": ("bme680",)})
        await screen.look(1)
        assert "+ ok" in screen.lines[0], "it is there again"

    drive_fleet(scenario, attic())


def test_what_is_told_of_a_plugin_grows_old_while_a_person_reads_it() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("enter")
        assert screen.line("state", "! FAILING")
        screen.source.fleet.disconnected(screen.source.now, "pi5 refuses the connection")
        await screen.look(60)
        assert screen.line("state", "~ was FAILING")
        assert screen.line("said", "1m ago")
        screen.source.fleet.connected(screen.source.now)
        screen.source.say("attic/info", info(plugins=("bme680",), commands=ALL))
        await screen.look(1)
        assert "none of the node's plugins any more" in screen.words
        assert screen.line("state", "~ was FAILING")

    drive_fleet(scenario, attic())


def test_a_log_ends_with_its_node_or_the_broker() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("L")
        await screen.until(lambda: "for 60 seconds more" in screen.text)
        screen.source.fleet.disconnected(screen.source.now, "pi5 refuses the connection")
        await screen.look(1)
        assert "Log of attic: ended" in screen.text
        questions = len(screen.source.asked)
        await screen.press("escape")
        assert len(screen.source.asked) == questions, "a node that nobody hears is not asked to end it"

    drive_fleet(scenario, attic())


def test_a_log_that_the_node_refuses_does_not_go_on_asking() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("L")
        await screen.until(lambda: "it is busy" in screen.words)
        await screen.look(1)
        assert "Log of attic: not answered; m asks again" in screen.text

    source = attic()
    source.answers["log"] = "it is busy"
    drive_fleet(scenario, source)


def test_a_late_answer_does_not_lie_over_what_the_person_looks_at_by_now() -> None:
    released = threading.Event()

    def crashes() -> object:
        released.wait(10)
        return {"crashes": [LISTED]}

    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("x", "escape")
        released.set()
        await screen.until(lambda: not screen.app.waiting_seconds)
        await screen.look(1)
        assert "Nodes on" in screen.text
        assert "1 crash on attic" not in screen.text

    source = attic()
    source.answers["crashes"] = crashes
    drive_fleet(scenario, source)


def test_a_question_that_nobody_answers_delays_no_end() -> None:
    source = attic()

    def crashes() -> str:
        source.has_given_up.wait(10)
        return "there is no answer"

    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        await screen.press("x", "x")
        await screen.until(lambda: screen.source.asked)
        nonlocal began
        began = time.monotonic()

    began = 0.0
    source.answers["crashes"] = crashes
    drive_fleet(scenario, source)
    assert time.monotonic() - began < 1.0
    assert len(source.asked) == 1, "nothing more is asked at the end"


def test_the_times_of_a_node_with_a_wrong_clock_are_taken_by_its_clock() -> None:
    ahead = 3600.0

    async def scenario(screen: FleetScreen) -> None:
        await screen.press("enter")
        screen.source.say("attic/bme680", reading(1, at=NOW + ahead - 300))
        screen.source.plugin("attic", "light", since=rfc(NOW + ahead - 120))
        await screen.look()
        assert "5m" in screen.line("bme680", "? unknown"), "and not just now"
        await screen.press("enter")
        assert screen.line("state", "running for 2m")

    source = attic()
    source.say("attic/health", {"time": rfc(NOW + ahead), "plugins": 2, "running": 2})
    drive_fleet(scenario, source)


def test_what_a_stranger_says_of_a_node_leaves_room_for_its_plugins() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await opened(screen)
        assert screen.line("plugin", "state", "read"), "the plugins are in sight"
        assert screen.line("2 Values")
        assert screen.line("3 Events")
        assert screen.line("Esc Back")
        await screen.press("3")
        assert screen.line("Esc Back")

    finding = ShownFinding("as sure as anyone can be", "x" * 300, "bme680")
    source = attic(findings=(finding,) * 5, findings_count=5)
    source.node("attic", facts={"tags": tuple(f"tag{number}" for number in range(200)), "plugins": ("bme680", "light")})
    drive_fleet(scenario, source)
