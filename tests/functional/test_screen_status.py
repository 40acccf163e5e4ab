"""The lines above the panes: whether this is real, how it goes, what takes long."""

from __future__ import annotations

import dataclasses

import pytest

from hostcore.backends.base import BackendKind
from hostcore.events import EventsDropped, ReadingPublished, State, StateChanged, TaskProgressed
from hostcore.events.facts import BusFacts
from hostcore.place import BusName
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts


def session(**facts: object) -> ScriptedSession:
    return ScriptedSession(
        facts=dataclasses.replace(host_facts(started_ns=NOW), **facts),  # type: ignore[arg-type]
        known=[plugin_facts(name) for name in ("aht20", "bme680", "light")],
    )


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (("simulated", "simulated"), " SIMULATED "),
        (("linux", "linux"), " REAL HARDWARE "),
        (("linux", "simulated"), " PARTLY SIMULATED "),
        ((), " NO BUSES "),
    ],
)
def test_the_first_words_say_whether_this_is_real(kinds: tuple[str, ...], words: str) -> None:
    buses = tuple(
        BusFacts(BusName(name), BackendKind(kind)) for name, kind in zip(("i2c-1", "gpio"), kinds, strict=False)
    )

    async def scenario(screen: Screen) -> None:
        assert screen.lines[0].strip().startswith(words.strip())
        if len(set(kinds)) > 1:
            assert "i2c-1:linux gpio:simulated" in screen.lines[0]
        is_simulated = words == " SIMULATED "
        assert ("A simulated Pi." in screen.line("Press n")) is is_simulated, "the welcome says the same"

    drive(scenario, session(buses=buses, is_shipped_config=True), (120, 40))


@pytest.mark.parametrize(
    ("size", "words"), [((80, 24), "buses: 2, 1 missing"), ((120, 40), "i2c-1:linux gpio:missing")]
)
def test_a_bus_that_could_not_be_used_at_the_start_is_missing(size: tuple[int, int], words: str) -> None:
    buses = (
        BusFacts(BusName("i2c-1"), BackendKind.LINUX),
        BusFacts(BusName("gpio"), BackendKind.LINUX, "no permission", is_usable=False),
    )

    async def scenario(screen: Screen) -> None:
        assert words in screen.lines[0]

    drive(scenario, session(buses=buses), size)


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40)])
def test_the_status_line_tells_where_the_web_is(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        assert "http://127.0.0.1:3000/" in screen.lines[0]

    drive(scenario, session(web_address="http://127.0.0.1:3000/"), size)


def test_without_a_web_the_status_line_says_nothing_of_one() -> None:
    async def scenario(screen: Screen) -> None:
        assert "http" not in screen.lines[0]

    drive(scenario, session(), (200, 60))


def test_the_status_line_tells_how_it_goes() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(
            *(ReadingPublished(NOW + tenth * S // 10, "aht20", {"a": tenth}) for tenth in range(100)),
            StateChanged(NOW, "aht20", State.LOADING, State.RUNNING, "loaded"),
            StateChanged(NOW, "light", State.RUNNING, State.QUARANTINED, "6 crashes"),
            EventsDropped(NOW, 1234),
        )
        await screen.wait(10)
        status = screen.lines[0]
        for words in (
            "raspi",
            "1 running",
            "1 QUARANTINED",
            "1 discovered",
            "10.0 readings/s",
            "1 234 events lost",
            "10 s",
        ):
            assert words in status

    drive(scenario, session(), (160, 40))


def test_work_that_takes_seconds_has_a_bar_until_it_is_done() -> None:
    async def scenario(screen: Screen) -> None:
        assert "[" not in screen.lines[1]
        await screen.publish(TaskProgressed(NOW, "Compiling python.wasm", 10.0, 20.0))
        assert "Compiling python.wasm [#############...........] 10 s of about 20 s" in screen.text
        await screen.publish(TaskProgressed(NOW, "Compiling python.wasm", 21.0, 20.0))
        assert "] 21 s instead of about 20 s" in screen.text
        await screen.publish(TaskProgressed(NOW, "Compiling python.wasm", 0.0, 0.0))
        assert "Compiling" not in screen.text

    drive(scenario, session())


def test_the_bar_is_shorter_where_its_words_need_the_room() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(TaskProgressed(NOW, "Compiling python-runtime-abf6233f.wasm", 10.0, 20.0))
        assert screen.line("Compiling").rstrip().endswith("] 10 s of about 20 s")

    drive(scenario, session(), (60, 18))
