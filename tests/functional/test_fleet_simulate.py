"""wasi-host fleet simulate, with a real mosquitto."""

from __future__ import annotations

import json
import secrets
import signal
from pathlib import Path

import pytest

from tests.broker import SILENT_USER, USER, Broker, visiting
from tests.command import Desk, run_here


@pytest.fixture
def prefix() -> str:
    return f"simulated-{secrets.token_hex(4)}"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder. No plugin runs in it, so the compiled Python of the sandbox is not needed."""
    return Desk(tmp_path, tmp_path / "cache" / "wasi-host")


def reach(broker: Broker, prefix: str) -> list[str]:
    """The arguments that name the broker."""
    url = f"mqtt://{USER}@127.0.0.1:{broker.ports.plain}"
    return [url, "--prefix", prefix, "--password-file", str(broker.password_file)]


def kept(broker: Broker, prefix: str) -> dict[str, bytes]:
    """What the broker keeps below a prefix."""
    with visiting(broker.settings, f"{prefix}/#", name="looks") as visitor:
        end = f"{prefix}/end"
        visitor.publish(end, b"end")  # arrives after all that was kept
        visitor.wait_for(lambda: visitor.of(end))
        return {each.topic: each.payload for each in visitor.arrived if each.retained}


def test_a_fleet_is_published_and_shown_and_leaves_nothing_behind(broker: Broker, prefix: str, desk: Desk) -> None:
    there = reach(broker, prefix)
    fleet = ["--nodes", "3", "--plugins", "2", "--interval", "0.2", "--faulty", "0"]
    with desk.running("fleet", "simulate", *there, *fleet) as running:
        running.wait_for("Ctrl+C ends it")
        with visiting(broker.settings, f"{prefix}/+/bme680") as visitor:
            visitor.wait_for(lambda: len({each.topic for each in visitor.arrived}) == 3)
        shown = run_here(desk.folder, "fleet", *there, "--json")
        outcome = running.stop(signal.SIGINT)
    nodes = json.loads(shown.out)["nodes"]
    assert [(each["name"], each["standing"]) for each in nodes] == [(f"sim-{number}", "ok") for number in (1, 2, 3)]
    assert all(each["simulated"] for each in nodes)
    assert outcome.status == 0
    assert "sent " in outcome.err
    assert kept(broker, prefix) == {}


def test_what_may_stay_is_offline(broker: Broker, prefix: str, tmp_path: Path) -> None:
    arguments = ["--nodes", "2", "--plugins", "1", "--interval", "0.2", "--for", "1s", "--keep"]
    outcome = run_here(tmp_path, "fleet", "simulate", *reach(broker, prefix), *arguments)
    found = kept(broker, prefix)
    assert outcome.status == 0
    assert [found[f"{prefix}/sim-{number}/status"] for number in (1, 2)] == [b"offline"] * 2
    assert f"{prefix}/sim-1/bme680" in found


def test_a_broker_that_takes_nothing_of_this_user_is_told(broker: Broker, prefix: str, tmp_path: Path) -> None:
    where = [*reach(broker, prefix), "--user", SILENT_USER]
    fleet = ["--nodes", "1", "--plugins", "1", "--interval", "0.2", "--for", "1s"]
    outcome = run_here(tmp_path, "fleet", "simulate", *where, *fleet)
    assert outcome.status == 1
    assert "of them NOT: " in outcome.err
    assert "its access list (ACL) does not allow that to this user" in outcome.err


def test_a_node_with_a_connection_of_its_own_has_a_last_will(broker: Broker, prefix: str, desk: Desk) -> None:
    arguments = ["--nodes", "2", "--plugins", "1", "--interval", "0.2", "--connections", "2"]
    with desk.running("fleet", "simulate", *reach(broker, prefix), *arguments) as running:
        running.wait_for("Ctrl+C ends it")
        with visiting(broker.settings, f"{prefix}/+/status") as visitor:
            visitor.wait_for(lambda: [each.payload for each in visitor.arrived].count(b"online") >= 2)
            running.stop(signal.SIGKILL)
            visitor.wait_for(lambda: [each.payload for each in visitor.arrived].count(b"offline") == 2)


def test_a_broker_on_another_computer_is_not_flooded_without_a_yes(tmp_path: Path) -> None:
    outcome = run_here(tmp_path, "fleet", "simulate", "mqtt://broker.example")
    assert outcome.status == 2
    assert "nothing was sent" in outcome.err


def test_a_broker_that_is_not_there_is_told(tmp_path: Path) -> None:
    outcome = run_here(tmp_path, "fleet", "simulate", "mqtt://127.0.0.1:1", "--nodes", "1")
    assert outcome.status == 3
    assert "refuses connections" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--faults", "fire"], "there are offline, silent, outage"),
        (["--faulty", "101"], "0 to 100"),
        (["--nodes", "10001"], "at most 10000"),
        (["--plugins", "51"], "at most 50"),
    ],
)
def test_a_mistake_says_what_is_allowed(arguments: list[str], allowed: str, tmp_path: Path) -> None:
    outcome = run_here(tmp_path, "fleet", "simulate", *arguments)
    assert outcome.status == 2
    assert allowed in " ".join(outcome.err.split())
