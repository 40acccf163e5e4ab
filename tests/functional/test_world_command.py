"""``wasi-host world``: a person looks at the simulated world of the running host, and changes it, from a shell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.cli.statuses import ExitStatus
from hostcore.events import QuantitiesHeld
from hostcore.host import Host
from tests.command import Desk
from tests.commanded import here, made_host, reachable

pytest_plugins = ["tests.commanded_fixture"]
SETTINGS = """
[host]
cache_folder = "{cache}"
[buses.i2c-1]
backend = "{backend}"
[simulation.environment.temperature]
base = 21.5
"""


@pytest.fixture(params=["simulated"])
def host(request: pytest.FixtureRequest, commanded_desk: Desk, cache_folder: Path) -> Iterator[Host]:
    """A host in this process, whose bus is simulated, or as the test says."""
    commanded_desk.write("host.toml", SETTINGS.format(cache=cache_folder, backend=request.param))
    (commanded_desk.folder / "plugins").mkdir()
    made = made_host(commanded_desk)
    with reachable(made):
        yield made


@pytest.mark.usefixtures("host")
def test_a_quantity_is_held_shown_and_let_go(commanded_desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(commanded_desk, "world", "temperature", "-5") == ExitStatus.DONE
    assert capsys.readouterr().out == "temperature held at -5 °C (simulated)\n"
    assert here(commanded_desk, "world") == ExitStatus.DONE
    first, *others = capsys.readouterr().out.splitlines()
    assert first.split() == ["temperature", "-5", "°C", "held", "(simulated)"]
    assert len(others) == 5 and all(each.endswith("its own course (simulated)") for each in others)
    assert here(commanded_desk, "world", "temperature", "own", "--json") == ExitStatus.DONE
    done = json.loads(capsys.readouterr().out)
    assert done == {"quantity": "temperature", "held": None, "unit": "°C", "simulated": True}
    assert here(commanded_desk, "world", "--json") == ExitStatus.DONE
    world = json.loads(capsys.readouterr().out)
    assert world["quantities"]["temperature"] == {"value": 21.5, "unit": "°C", "held": False}


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ("warmth 30", 2, "no quantity 'warmth'; it has temperature, humidity"),
        ("temperature warm", 2, "found 'warm', allowed is a number, or own"),
        ("humidity 101", 1, "found 101, allowed is 0 to 100 %"),
        ("humidity nan", 2, "found 'nan', allowed is a number, or own"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(
    commanded_desk: Desk, host: Host, arguments: str, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = host.subscribe(QuantitiesHeld)
    assert here(commanded_desk, "world", *arguments.split()) == status
    told = capsys.readouterr().err
    assert words in told.replace('"', "'") and told.count("\n") == 1
    assert not changes.take(0)


@pytest.mark.parametrize("host", ["linux"], indirect=True)
@pytest.mark.usefixtures("host")
def test_a_real_machine_has_no_simulated_world(commanded_desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(commanded_desk, "world") == ExitStatus.FAILED
    assert "no simulated world: every bus is real" in capsys.readouterr().err


def test_a_quantity_without_a_value_is_a_wrong_command_line(
    commanded_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        here(commanded_desk, "world", "temperature")
    assert ended.value.code == 2
    assert "name a VALUE" in capsys.readouterr().err


def test_without_a_host_the_status_is_3(
    commanded_desk: Desk, cache_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commanded_desk.write("host.toml", SETTINGS.format(cache=cache_folder, backend="simulated"))
    assert here(commanded_desk, "world", "temperature", "30") == ExitStatus.NOT_RUNNING
    assert "wasi-host up" in capsys.readouterr().err
