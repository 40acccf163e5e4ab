"""A watched fleet: each node is told once, and again when something about it changes."""

from __future__ import annotations

import json
import threading

import pytest

from hostcore.cli.fleet_watch import GONE, Told, _follow
from hostcore.fleet.folding import Fleet
from hostcore.fleet.model import NodeStatus
from tests.fleet_messages import NOW, arrived, health, introduce


@pytest.fixture
def fleet() -> Fleet:
    fleet = Fleet()
    fleet.connected(NOW)
    introduce(fleet, "a")
    introduce(fleet, "b")
    return fleet


def news(told: Told, fleet: Fleet, after: float = 0.0) -> list[str]:
    found = told.news(fleet.view(NOW + after))
    return [f"{each.name} {each.standing}" if isinstance(each, NodeStatus) else f"{each} {GONE}" for each in found]


def test_a_node_is_told_when_its_standing_changes_and_not_when_it_only_speaks(fleet: Fleet) -> None:
    told = Told()
    assert news(told, fleet) == ["a ok", "b ok"]
    fleet.fold(arrived("a/health", health(NOW + 30, load=2.0)), NOW + 30)
    assert news(told, fleet, 30) == []
    fleet.fold(arrived("a/health", health(NOW + 31, alarms=("hot",), alarms_count=1)), NOW + 31)
    assert news(told, fleet, 31) == ["a trouble"]
    assert news(told, fleet, 80) == ["b silent"]


def test_a_removed_node_is_told(fleet: Fleet) -> None:
    told = Told()
    news(told, fleet)
    for part in ("status", "info", "health"):
        fleet.fold(arrived(f"b/{part}", b""), NOW)
    assert news(told, fleet) == [f"b {GONE}"]
    assert news(told, fleet) == []


def test_without_the_broker_no_node_changes_but_the_loss_is_told(fleet: Fleet) -> None:
    told = Told()
    news(told, fleet)
    fleet.disconnected(NOW, "away")
    assert [told.link_has_changed(fleet.view(NOW)) for _ in range(2)] == [True, False]
    assert news(told, fleet, 1000) == []


def test_each_line_for_a_program_is_an_object_with_a_time(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    ending = threading.Event()
    ending.set()
    fleet.disconnected(NOW, "away")
    told = Told()
    _follow(lambda: fleet.view(NOW), told, ending, writes_json=True)
    fleet.connected(NOW)
    _follow(lambda: fleet.view(NOW), told, ending, writes_json=True)
    found = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert [(each.get("connected"), each.get("name")) for each in found] == [
        (False, None), (True, None), (None, "a"), (None, "b"),
    ]  # fmt: skip
    assert all(each["time"] for each in found)


def test_lines_for_a_person_begin_with_the_time(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    ending = threading.Event()
    ending.set()
    _follow(lambda: fleet.view(NOW), Told(), ending, writes_json=False)
    first, _ = capsys.readouterr().out.splitlines()
    assert first.split()[2:4] == ["a", "ok"]
