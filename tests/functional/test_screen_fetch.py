"""One key fetches the libraries that a plugin lacks, from the table and from its details."""

from __future__ import annotations

from hostcore.events import FetchEnded, State, StateChanged
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.plugins.pane import PluginsPane

NOT_FETCHED = "light.lock: missing: the libraries are not fetched yet; run: wasi-host fetch light"


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("aht20"), plugin_facts("light", "i2c:1:0x23")])


async def choose_light(screen: Screen) -> None:
    await screen.press("2", "home")
    pane = screen.app.focused
    assert isinstance(pane, PluginsPane)
    while pane.chosen is not None and pane.chosen.name != "light":
        await screen.press("down")


def moved(after: State, cause: str = "because", *, lacks_libraries: bool = False) -> StateChanged:
    return StateChanged(NOW, "light", State.RUNNING, after, cause, lacks_libraries=lacks_libraries)


def lacking(after: State = State.QUARANTINED) -> StateChanged:
    return moved(after, NOT_FETCHED, lacks_libraries=True)


def test_one_key_fetches_the_libraries_that_a_plugin_lacks() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(lacking())
        await choose_light(screen)
        assert "f fetches: " in screen.line("light", "X QUARANTINED")
        assert " f Fetch libraries" in screen.lines[-1]
        await screen.press("f")
        assert made.fetched == ["light"]
        await screen.press("enter")
        assert screen.line("because", "wasi-host fetch light")
        assert " f Fetch libraries" in screen.lines[-1]
        await screen.press("f")

    drive(scenario, made, (120, 40))
    assert made.fetched == ["light", "light"], "from the table and from the details"


def test_the_key_is_there_only_while_libraries_lack_even_if_an_older_version_runs() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(moved(State.RUNNING))
        await choose_light(screen)
        await screen.press("f")
        assert "Fetch" not in screen.lines[-1]
        await screen.publish(lacking(State.RUNNING))
        assert "Fetch libraries" in screen.lines[-1]
        assert "f fetches: " in screen.line("light", "+ running")
        await screen.publish(moved(State.RUNNING, "its file or settings changed"))
        assert "Fetch" not in screen.lines[-1]

    drive(scenario, made, (120, 40))
    assert not made.fetched


def test_why_a_fetch_failed_is_seen_beside_the_plugin_until_the_next_one() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(lacking(), FetchEnded(NOW, "light", "no package sht5x on the index"))
        await choose_light(screen)
        assert "fetch failed: no" in screen.line("light", "X QUARANTINED")
        await screen.press("enter")
        assert screen.line("last fetch", "no package sht5x on the index")
        await screen.publish(FetchEnded(NOW, "light"), moved(State.RUNNING, "loaded as driver"))
        assert "last fetch" not in screen.text

    drive(scenario, session(), (160, 40))
