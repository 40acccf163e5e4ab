"""A frozen screen: it holds still while the host goes on, says so, and catches up."""

from __future__ import annotations

from hostcore.events import ReadingPublished, State, StateChanged
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("light")])


def reading(lux: float, at_s: int = 0) -> ReadingPublished:
    return ReadingPublished(NOW + at_s * S, "light", {"illuminance": lux})


async def publish_unseen(screen: Screen, *events: ReadingPublished | StateChanged) -> None:
    """Publish events that a frozen screen takes without showing them."""
    screen.session.publish(events)
    await screen.until(lambda: screen.app._freeze._count >= len(events))


def test_a_frozen_screen_shows_what_it_showed_and_says_since_when() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(100))
        await screen.press("F")
        before = screen.lines[1:]
        assert "FROZEN since" in screen.lines[0]
        await publish_unseen(screen, reading(200, 30))
        await screen.wait(60)
        assert screen.lines[1:] == before, "ages stand, too, and nothing is STALE"
        await screen.press("F")
        await screen.until(lambda: "200" in screen.line("illuminance"))
        assert "FROZEN" not in screen.text and " 30s" in screen.line("illuminance")

    drive(scenario, session())


def test_a_frozen_screen_can_be_looked_through_and_its_sheets_say_that_they_are_old() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(StateChanged(NOW, "light", State.LOADING, State.RUNNING, "loaded"))
        await screen.press("F", "2", "enter")
        await publish_unseen(screen, StateChanged(NOW + S, "light", State.RUNNING, State.QUARANTINED, "it crashed"))
        await screen.wait(2)
        assert screen.line("running since") and "FROZEN since" in screen.lines[-1]
        await screen.press("F")
        await screen.until(lambda: "QUARANTINED" in screen.line("  state "))
        assert "FROZEN" not in screen.text

    drive(scenario, session())
