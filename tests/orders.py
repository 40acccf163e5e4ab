"""A screen with two drivers, on whose line orders are typed."""

from __future__ import annotations

from hostcore.events import Level, LogWritten, ReadingPublished, State, StateChanged
from tests.screen import NOW, Screen
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts


def session(kind: str = "simulated") -> ScriptedSession:
    return ScriptedSession(facts=host_facts(kind=kind), known=[plugin_facts("light"), plugin_facts("air")])


async def run(screen: Screen) -> None:
    await screen.publish(
        StateChanged(NOW, "light", State.LOADING, State.RUNNING, ""),
        ReadingPublished(NOW, "light", {"red": 5, "green": 7}),
        LogWritten(NOW, "light", Level.INFO, "all is well"),
        LogWritten(NOW, "air", Level.ERROR, "it smells"),
    )


async def order(screen: Screen, line: str) -> None:
    """Type a line and take it."""
    await screen.press("colon")
    await screen.paste(line)
    await screen.press("enter")


def said(screen: Screen) -> list[str]:
    return [each.message for each in screen.app._notifications]
