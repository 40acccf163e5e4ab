"""A screen with the graph of a reading, and its history."""

from __future__ import annotations

from hostcore.events import ReadingPublished
from hostcore.events.history import HistoryPoint
from tests.screen import NOW, S, Screen
from tests.scripted_session import ScriptedSession, plugin_facts

HOUR, DAY = 3600 * S, 86_400 * S


def point(time_ns: int, value: float, *, count: int = 1, is_after_gap: bool = False) -> HistoryPoint:
    return HistoryPoint(time_ns, value, value, value, count, is_after_gap)


def hourly(days: int, value: float = 5.0, until_ns: int = NOW - HOUR) -> tuple[HistoryPoint, ...]:
    return tuple(point(until_ns - hour * HOUR, value, count=1800) for hour in range(days * 24, 0, -1))


def session(**past: tuple[HistoryPoint, ...]) -> ScriptedSession:
    """A session with a history of the driver bme680."""
    return ScriptedSession(
        known=[plugin_facts("bme680"), plugin_facts("light")],
        past={("bme680", key): points for key, points in past.items()},
        resolution_ns=HOUR,
    )


async def graph_of(screen: Screen, **values: float) -> None:
    """Publish a reading of bme680, and open the graph of its first number."""
    await screen.publish(ReadingPublished(screen.now_ns, "bme680", values))
    await screen.press("down", "enter")


def dots(line: str) -> int:
    return sum(0x2800 < ord(each) < 0x2900 for each in line)
