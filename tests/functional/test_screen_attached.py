"""A screen that is attached to a host in another process: it says so, and it says when what it shows is old."""

from __future__ import annotations

from dataclasses import dataclass, field

from hostcore.errors import HostError
from hostcore.events import (
    CaughtUp,
    Confidence,
    ConnectionLost,
    ConnectionRestored,
    Finding,
    FindingRaised,
    LogWritten,
    ReadingPublished,
)
from hostcore.events.log import Level
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts


@dataclass
class ScriptedHost:
    """A host in another process."""

    process: int = 4711
    computer: str = ""
    refusal: str = ""
    stops: list[int] = field(default_factory=list)

    def stop_host(self) -> None:
        if self.refusal:
            raise HostError(self.refusal)
        self.stops.append(self.process)


def session() -> ScriptedSession:
    return ScriptedSession(facts=host_facts(started_ns=NOW), known=[plugin_facts("light", "i2c:1:0x23")])


def test_the_header_says_which_host_it_is() -> None:
    async def scenario(screen: Screen) -> None:
        assert "attached to PID 4711" in screen.lines[0]

    drive(scenario, session(), size=(160, 40), remote=ScriptedHost())


def test_it_does_so_in_brief_where_there_is_little_room() -> None:
    async def scenario(screen: Screen) -> None:
        assert "PID 4711" in screen.lines[0]

    drive(scenario, session(), size=(60, 18), remote=ScriptedHost())


def test_the_key_that_leaves_says_that_it_only_leaves() -> None:
    async def scenario(screen: Screen) -> None:
        assert screen.lines[-1].rstrip().endswith("? Help  q Leave")

    drive(scenario, session(), remote=ScriptedHost())


def test_a_host_on_another_computer_is_known_by_that_computer() -> None:
    async def scenario(screen: Screen) -> None:
        assert "on pi@raspberrypi" in screen.lines[0]

    for size in ((160, 40), (80, 24)):
        drive(scenario, session(), size=size, remote=ScriptedHost(computer="pi@raspberrypi"))


def test_a_screen_with_its_own_host_says_so_and_has_no_key_that_stops_only_that() -> None:
    async def scenario(screen: Screen) -> None:
        screen.app.view.connection.is_own = True
        await screen.publish(CaughtUp(NOW))
        assert "own host" in screen.lines[0]
        assert "PID" not in screen.lines[0]
        await screen.press("Q")
        assert "Stop the host" not in screen.text

    drive(scenario, session(), size=(160, 40))


def test_what_is_old_says_so_until_the_connection_is_back() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "light", {"lux": 5}), ConnectionLost(NOW, "the host has ended"))
        await screen.wait(12)
        line = screen.line("NO CONNECTION")
        assert "for 10 s, nothing here is newer: the host has ended" in line
        assert "lux" in screen.text, "what was last known stays below that line"
        await screen.publish(ConnectionLost(NOW + 10 * S, "ssh cannot connect to pi"))
        assert "for 10 s, nothing here is newer: ssh cannot connect" in screen.line("NO CONNECTION")
        await screen.publish(ConnectionRestored(NOW + 13 * S, is_new_host=False))
        assert "NO CONNECTION" not in screen.text
        assert "CATCHING UP" in screen.lines[1]
        await screen.publish(CaughtUp(NOW + 13 * S))
        assert "CATCHING UP" not in screen.text
        assert "lux" in screen.text

    drive(scenario, session(), size=(160, 40), remote=ScriptedHost())


def test_a_host_that_was_started_again_is_known_by_its_new_number_and_its_plugins() -> None:
    host, scripted = ScriptedHost(), session()
    finding = Finding("silent", "0x23 is silent.", "Look at the wire.", Confidence.CERTAIN, plugin="light")

    async def scenario(screen: Screen) -> None:
        await screen.publish(
            LogWritten(NOW, "light", Level.ERROR, "before"),
            FindingRaised(NOW, finding, NOW),
            ConnectionLost(NOW, "the host has ended"),
        )
        assert len(screen.app.view.findings) == 1
        host.process = 4712
        scripted.known.append(plugin_facts("fresh"))
        scripted.facts = host_facts(started_ns=NOW, relays=("pump",))
        await screen.publish(ConnectionRestored(NOW, is_new_host=True))
        assert "attached to PID 4712" in screen.lines[0]
        assert len(screen.app.view.findings) == 0
        assert screen.app.view.outputs.relays == {"pump": None}
        await screen.press("2")
        assert "fresh" in screen.text
        await screen.press("3")
        assert "before" in screen.text, "the log of the host before is still of use"

    drive(scenario, scripted, size=(160, 40), remote=host)


def test_leaving_asks_nothing_and_leaves_the_host_alone() -> None:
    host = ScriptedHost()

    async def scenario(screen: Screen) -> None:
        await screen.press("q")

    drive(scenario, session(), remote=host)
    assert host.stops == []


def test_a_screen_that_only_looks_does_not_stop_it() -> None:
    host = ScriptedHost()

    async def scenario(screen: Screen) -> None:
        await screen.press("Q")
        assert "this screen only looks" in screen.text
        assert "Stop the host" not in screen.text

    drive(scenario, session(), remote=host, read_only="this screen only looks")
    assert host.stops == []


def test_stopping_the_host_asks_first() -> None:
    host = ScriptedHost()

    async def scenario(screen: Screen) -> None:
        await screen.press("Q")
        assert "Stop the host (PID 4711)?" in screen.text
        assert "To leave only this screen, press q." in screen.text
        await screen.press("enter")
        assert host.stops == []
        await screen.press("Q", "y")
        await screen.until(lambda: host.stops == [4711])
        host.refusal = "the host did not answer within 5 s"
        await screen.press("Q", "y")
        await screen.until(lambda: "the host did not answer within 5 s" in screen.text)

    drive(scenario, session(), remote=host)


def test_after_a_defect_of_the_screen_nobody_is_told_that_the_plugins_stop() -> None:
    async def scenario(screen: Screen) -> None:
        assert screen.app.after_defect == "The host goes on."

    drive(scenario, session(), remote=ScriptedHost())
