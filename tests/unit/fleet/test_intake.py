"""What waits for the model is bounded, and what finds no room is counted."""

from __future__ import annotations

import pytest

from hostcore.fleet import intake
from hostcore.fleet.folding import Fleet
from hostcore.fleet.intake import Intake
from tests.fleet_messages import NOW, arrived, health, introduce, reading


def folded(intake: Intake, most: int = 1000) -> Fleet:
    fleet = Fleet()
    for fold in intake.take(most, 0):
        fold(fleet)
    return fleet


def test_messages_and_changes_of_the_connection_keep_their_order() -> None:
    waiting = Intake()
    waiting.note(lambda fleet: fleet.connected(NOW))
    waiting.put(arrived("pi/status", b"online"), NOW)
    waiting.note(lambda fleet: fleet.disconnected(NOW + 1, "gone"))
    view = folded(waiting).view(NOW + 2)
    assert [each.name for each in view.nodes] == ["pi"]
    assert (view.link.since, view.link.problem) == (NOW + 1, "gone")


@pytest.mark.parametrize("limit", ["MOST_MESSAGES", "MOST_BYTES"])
def test_what_finds_no_room_is_counted_once_all_else_is_read(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(intake, limit, 2 if limit == "MOST_MESSAGES" else 100)
    waiting = Intake()
    for _ in range(5):
        waiting.put(arrived("pi/status", b"x" * 25), NOW)
    assert not waiting.has_lost()
    folded(waiting)
    assert folded(waiting).view(NOW).summary.lost == 3
    assert waiting.has_lost()
    assert not waiting.has_lost()


def test_what_we_could_not_take_in_is_not_missed_by_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_MESSAGES", 8)
    waiting, fleet = Intake(), Fleet()
    introduce(fleet, "pi")
    fleet.open("pi")
    for numbers in (range(1, 7), range(7, 21), range(21, 27)):  # eight of the second ones find room
        for number in numbers:
            waiting.put(arrived("pi/bme680", reading(number)), NOW)
        while found := waiting.take(100, 0):
            for fold in found:
                fold(fleet)
    detail = fleet.detail("pi", NOW)
    assert detail is not None
    assert (detail.counts.received, detail.counts.missed, detail.counts.unheard) == (20, 0, 6)


def test_a_change_of_the_connection_always_finds_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_MESSAGES", 0)
    waiting = Intake()
    waiting.note(lambda fleet: fleet.connected(NOW))
    assert folded(waiting).link.is_connected


def test_it_is_not_quiet_while_something_waits() -> None:
    waiting = Intake()
    waiting.put(arrived("pi/status", b"online"), NOW)
    assert waiting.quiet_seconds == 0
    folded(waiting)
    assert waiting.quiet_seconds > 0


def test_what_nodes_say_now_does_not_delay_the_end_of_what_the_broker_had_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = [100.0]
    monkeypatch.setattr(intake.time, "monotonic", lambda: seconds[0])
    waiting = Intake()
    waiting.put(arrived("pi/status", b"online", kept=True), NOW)
    seconds[0] += 2
    waiting.put(arrived("pi/health", health(NOW)), NOW)
    folded(waiting)
    assert waiting.quiet_seconds == 2


def test_nobody_waits_for_a_closed_one() -> None:
    waiting = Intake()
    waiting.close()
    assert waiting.take(1, 60) == []
