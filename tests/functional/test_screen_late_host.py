"""A host in another process that answers late: the screen says that it waits, and can be used meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from hostcore.events import ConnectionLost, State, StateChanged
from hostcore.events.facts import SourceExcerpt
from hostcore.session import Order
from tests.functional.test_screen_attached import ScriptedHost
from tests.screen import NOW, PATIENCE, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.transfers import transfer, wrote
from tui.requests import MOST_WAITING

RUNS = StateChanged(NOW, "light", State.LOADING, State.RUNNING, "loaded")


@dataclass
class LateSession(ScriptedSession):
    """Answers when `answers` is set."""

    answers: threading.Event = field(default_factory=threading.Event)

    def order(self, plugin: str, order: Order) -> None:
        assert self.answers.wait(PATIENCE)
        super().order(plugin, order)

    def source(self, plugin: str, file: str, line: int, around: int = 3) -> SourceExcerpt:
        assert self.answers.wait(PATIENCE)
        return super().source(plugin, file, line, around)


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Iterator[LateSession]:
    monkeypatch.setattr("tui.bars.connection_line.LATE_SECONDS", 0.0)
    made = LateSession(known=[plugin_facts("light", "i2c:1:0x23")])
    yield made
    made.answers.set()


def test_the_screen_says_that_it_waits_and_stays_usable(late: LateSession) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RUNS)
        await screen.press("2", "x")
        await screen.wait(0)
        assert "WAITING for the host, which has not answered for 0 s." in screen.lines[1]
        await screen.press("question_mark")
        assert "What every" in screen.text or "Help" in screen.text
        await screen.press("escape")
        late.answers.set()
        await screen.until(lambda: late.orders == [("light", Order.STOP)])
        await screen.until(lambda: "WAITING" not in screen.text or screen.app.update_panes())

    drive(scenario, late, size=(120, 40), remote=ScriptedHost())


def test_what_it_refuses_late_is_told_late(late: LateSession) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RUNS)
        await screen.press("2", "x")
        late.refusal = "there is no such plugin"
        late.answers.set()
        await screen.until(lambda: "there is no such plugin" in screen.text)

    drive(scenario, late, size=(120, 40), remote=ScriptedHost())


def test_requests_do_not_pile_up(late: LateSession) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RUNS)
        await screen.press("2", *["x"] * (MOST_WAITING + 2))
        notes = [each.message for each in screen.app._notifications]
        assert notes == ["the host has not answered the last 16 requests; this one was not sent"] * 2
        late.answers.set()
        await screen.until(lambda: len(late.orders) == MOST_WAITING)

    drive(scenario, late, size=(120, 40), remote=ScriptedHost())


def test_the_sheet_of_a_transfer_opens_at_once_and_gets_its_code_later(late: LateSession) -> None:
    late.sources["light", ""] = "def read():\n    bus.write(0x20)"

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(replace(transfer(wrote(0x20), plugin="light"), source_line=2))
        await screen.press("enter")
        assert "Waiting for the host ..." in screen.text
        late.answers.set()
        await screen.until(lambda: "bus.write(0x20)" in screen.text)
        assert "Waiting for the host" not in screen.text

    drive(scenario, late, size=(120, 40), remote=ScriptedHost())


def test_an_order_on_a_frozen_screen_says_that_its_effect_is_not_shown() -> None:
    session = ScriptedSession(known=[plugin_facts("light")])

    async def scenario(screen: Screen) -> None:
        await screen.publish(RUNS)
        await screen.press("2", "F", "x")
        assert session.orders == [("light", Order.STOP)]
        (note,) = (each.message for each in screen.app._notifications)
        assert note == "The host has taken it. This screen is frozen: press F to see what becomes of it"

    drive(scenario, session, size=(160, 40))


def test_a_frozen_screen_says_at_once_that_its_connection_is_lost() -> None:
    session = ScriptedSession(known=[plugin_facts("light")])

    async def scenario(screen: Screen) -> None:
        await screen.publish(RUNS)
        await screen.press("F")
        session.publish([ConnectionLost(NOW + 60 * S, "the host has ended")])
        await screen.until(lambda: "NO CONNECTION since 12:01:00" in screen.text)
        await screen.press("F")
        assert "NO CONNECTION" in screen.text

    drive(scenario, session, size=(120, 40), remote=ScriptedHost())
