"""The screen with a history as a host writes it: what happened before a restart is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hostcore.events import Level, LogWritten, ReadingPublished, State, StateChanged
from hostcore.events.history import HistoryQuery, HistoryReport
from tests.recorded import HOUR, Recording
from tests.screen import Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts

pytestmark = pytest.mark.usefixtures("greenwich")


@dataclass
class RecordedSession(ScriptedSession):
    """A session whose history is a file."""

    recording: Recording | None = None

    def history(self, query: HistoryQuery) -> HistoryReport:
        assert self.recording is not None
        return self.recording.recorder.report(query)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[RecordedSession]:
    """A host that has just started again. Its driver read all day, but for one hour."""
    recording = Recording(tmp_path)
    recording.read_every(20, 12 * HOUR // 20, value=10.0)
    recording.take(StateChanged(recording.now, "light", State.RUNNING, State.BACKOFF, "it crashed"))
    recording.clock.advance(HOUR)
    recording.read_every(20, 6 * HOUR // 20, value=30.0)
    recording.recorder.close()
    recording.open()
    recording.clock.advance(60)
    yield RecordedSession(known=[plugin_facts("light", interval=20.0)], recording=recording)
    recording.recorder.close()


async def begin(screen: Screen, session: RecordedSession) -> None:
    """Set the screen's clock, and let the driver read once. The reading is recorded, too."""
    assert session.recording is not None
    screen.now_ns = session.recording.now
    session.recording.read({"lux": 40.0})
    await screen.publish(ReadingPublished(screen.now_ns, "light", {"lux": 40.0}))


def test_a_trend_a_graph_and_the_timeline_begin_before_the_restart(session: RecordedSession) -> None:
    async def scenario(screen: Screen) -> None:
        await begin(screen, session)
        await screen.until(lambda: "30 to 40" in screen.text)
        assert "▁▁▁▁█" in screen.line("lux")
        await screen.press("down", "enter", *["minus"] * 5)
        assert "last 24 h" in screen.text
        count = 12 * HOUR // 20 + 6 * HOUR // 20 + 1
        await screen.until(lambda: f"{count:,} values".replace(",", " ") in screen.text)
        assert "least 10, mean 16.7, most 40 lx," in screen.text
        assert "o 1 state" in screen.text
        await screen.press("escape", "3", "t")
        await screen.until(lambda: "backoff: it crashed" in screen.text)

    drive(scenario, session, (120, 30))


def test_the_graph_goes_on_while_values_are_recorded(session: RecordedSession) -> None:
    async def scenario(screen: Screen) -> None:
        await begin(screen, session)
        await screen.press("down", "enter", "minus", "minus")
        for number in range(10):
            assert session.recording is not None
            session.recording.read_every(20, 1, value=50.0)
            screen.now_ns = session.recording.now
            await screen.publish(ReadingPublished(screen.now_ns, "light", {"lux": 50.0}))
            await screen.publish(LogWritten(screen.now_ns, "light", Level.INFO, f"{number}"))
        await screen.until(lambda: "most 50 lx," in screen.text and "asking" not in screen.text)
        seconds = 20 * 10
        assert "last 15 min" in screen.text
        stored = (15 * 60 - seconds - 60) // 20
        assert any(f"{count} values" in screen.text for count in range(stored + 11, stored + 16)), screen.text

    drive(scenario, session, (120, 30))
