"""A fleet in the words of the command, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hostcore.broker.bodies import ShownFinding, TroubledPlugin
from hostcore.broker.groups import CommandGroup
from hostcore.cli.fleet_words import NO_TERMINAL, as_json, is_well, lines, text_of
from hostcore.fleet.folding import Fleet
from hostcore.fleet.model import FleetView
from tests.fleet_messages import NOW, arrived, info, introduce

TROUBLED: dict[str, Any] = {"troubled": (TroubledPlugin("bme680", "backoff", "no answer"),), "troubled_count": 1}


def view(**nodes: dict[str, Any]) -> FleetView:
    fleet = Fleet()
    fleet.connected(NOW)
    for name, changes in nodes.items():
        introduce(fleet, name, **changes)
    return fleet.view(NOW)


def told(found: FleetView, width: int = 200) -> list[str]:
    return list(lines("mqtt://pi5", "wasi-host", found, NOW, width))


def test_a_fleet_without_nodes_is_not_well_and_says_what_to_look_for() -> None:
    assert not is_well(view())
    assert "0 nodes, a host needs enabled = true in [mqtt]" in told(view())[0]


def test_a_fleet_is_well_if_all_nodes_are() -> None:
    assert is_well(view(a={}, b={}))
    assert not is_well(view(a={}, b=TROUBLED))


def test_messages_that_came_too_fast_are_told() -> None:
    fleet = Fleet()
    fleet.connected(NOW)
    introduce(fleet, "a")
    fleet.lose(3)
    assert "3 messages came too fast to be read" in told(fleet.view(NOW))[0]
    assert as_json("mqtt://pi5", "wasi-host", fleet.view(NOW))["summary"]["lost"] == 3


def test_the_page_has_all_that_programs_get() -> None:
    page = (Path(__file__).parents[3] / "docs" / "fleet.md").read_text(encoding="utf-8")
    found = as_json("mqtt://pi5", "wasi-host", view(a={}))
    assert not [key for key in found["nodes"][0] if f"`{key}`" not in page]


def test_each_node_is_a_line_and_the_worst_comes_first() -> None:
    head, first, second = told(view(a={}, b=TROUBLED))
    assert head == "mqtt://pi5, prefix wasi-host: 2 nodes, 1 trouble, all of version 1.4.0"
    assert " ".join(first.split()) == "b TROUBLE bme680 backoff: no answer; 2 of 2 plugins running; load 0.20"
    assert " ".join(second.split()) == "a ok 2 of 2 plugins running; load 0.20"


def test_an_offline_node_says_when_it_was_last_heard() -> None:
    fleet = Fleet()
    fleet.connected(NOW)
    introduce(fleet, "pi", NOW - 600)
    fleet.fold(arrived("pi/status", b"offline"), NOW)
    (_, line) = told(fleet.view(NOW), 200)
    assert line.endswith("2 of 2 plugins were running; load 0.20; last heard 10 min ago")


def test_a_node_that_has_not_said_how_it_is_is_not_said_to_run_no_plugin() -> None:
    fleet = Fleet()
    fleet.connected(NOW)
    fleet.fold(arrived("pi/info", info()), NOW)
    (_, line) = told(fleet.view(NOW), 200)
    assert line.endswith("it has not said yet how it is; 2 plugins")


def test_a_program_gets_each_node_on_one_line() -> None:
    long = view(a={"findings": (ShownFinding("certain", "word " * 100),), "findings_count": 1}, b={"waiting": 1})
    assert len(told(long, NO_TERMINAL)) == 3
    assert "1 reading waits" in told(long, NO_TERMINAL)[2]


def test_a_simulated_node_says_so() -> None:
    fleet = Fleet()
    fleet.connected(NOW)
    introduce(fleet, "pi")
    fleet.fold(arrived("pi/info", info(simulated=("i2c-1",))), NOW)
    assert "SIMULATED" in told(fleet.view(NOW))[1]


def test_versions_are_told_if_they_differ() -> None:
    fleet = Fleet()
    fleet.connected(NOW)
    for name, version in (("a", "1.4.0"), ("b", "1.3.0")):
        introduce(fleet, name)
        fleet.fold(arrived(f"{name}/info", info(version=version)), NOW)
    assert [line.rpartition("; ")[2] for line in told(fleet.view(NOW))[1:]] == ["version 1.4.0", "version 1.3.0"]


def test_long_lines_are_wrapped_below_their_column() -> None:
    found = told(view(pi={"findings": (ShownFinding("certain", "word " * 30),), "findings_count": 1}), 60)
    assert max(map(len, found)) <= 60
    assert found[-1].startswith(" " * 29)


def test_programs_get_all_of_it_with_times_as_text() -> None:
    fleet = Fleet()
    fleet.connected(NOW)
    introduce(fleet, "pi", **TROUBLED)
    fleet.fold(arrived("pi/info", info(commands=(CommandGroup.READ,), tags=("attic",))), NOW)
    found = json.loads(text_of(as_json("mqtt://pi5", "wasi-host", fleet.view(NOW))))
    (node,) = found["nodes"]
    assert (found["well"], found["summary"]["standings"]["trouble"]) == (False, 1)
    assert (node["standing"], node["last_seen"]) == ("trouble", "2026-01-01T00:00:00.000Z")
    assert (node["commands"], node["tags"], node["troubled"][0]["plugin"]) == (["read"], ["attic"], "bme680")


def test_a_time_beyond_the_calendar_of_this_computer_can_be_written() -> None:
    fleet = Fleet()
    fleet.fold(arrived("pi/info", info(started="9999-12-31T23:59:59.999-14:00")), NOW)
    text_of(as_json("mqtt://pi5", "wasi-host", fleet.view(NOW)))
