"""``wasi-host state``: what it prints of the files of kept states, and of a host that runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from hostcore.cli import state as command
from hostcore.cli.main import main
from hostcore.config.loading import find_and_load
from hostcore.control.holder import Holder
from hostcore.kept_state.folder import StateFolder, state_folder_of
from hostcore.kept_state.state import KeptValue, StateKeeper


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings without a host."""
    for name in ("XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    path = tmp_path / "host.toml"
    path.write_text("", encoding="utf-8")
    return path


@pytest.fixture
def folder(config: Path) -> StateFolder:
    """What two plugins keep."""
    found = state_folder_of(find_and_load(config))
    assert found is not None
    found.write("bme680", '{"baseline":[1,2]}')
    found.write("keeper", '"\u202e\x7f"')
    return found


def run(config: Path, *words: str) -> int:
    return main(["--config", str(config), "state", *words])


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_it_lists_how_much_each_plugin_keeps(
    config: Path, folder: StateFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config) == 0
    heading, *lines = told(capsys).splitlines()
    assert heading.split() == ["PLUGIN", "BYTES", "WRITTEN"]
    assert [line.split()[:2] for line in lines] == [["bme680", "18"], ["keeper", "6"]]
    assert run(config, "--json") == 0
    assert [(each["plugin"], each["is_on_disk"]) for each in json.loads(told(capsys))["kept"]] == [
        ("bme680", True),
        ("keeper", True),
    ]


def test_it_shows_what_one_plugin_keeps_and_nothing_of_it_acts_in_a_terminal(
    config: Path, folder: StateFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, "bme680") == 0
    assert json.loads(told(capsys)) == {"baseline": [1, 2]}
    assert run(config, "keeper", "--json") == 0
    shown = told(capsys)
    assert json.loads(shown) == {"plugin": "keeper", "state": "\u202e\x7f"}
    assert shown.isascii() and "\x7f" not in shown


def test_clearing_deletes_it_only_if_a_person_agrees(
    config: Path, folder: StateFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, "bme680", "--clear") == 1
    assert "nothing was deleted, because standard input is not a terminal; -y does" in capsys.readouterr().err
    assert folder.look("bme680") is not None
    assert run(config, "bme680", "--clear", "-y") == 0
    assert told(capsys) == "bme680: 18 bytes deleted\n"
    assert [each.plugin for each in folder.kept()] == ["keeper"]
    assert run(config, "keeper", "--clear", "-y", "--json") == 0
    assert json.loads(told(capsys)) == {"plugin": "keeper", "cleared_bytes": 6, "running": False}
    assert run(config) == 0
    assert told(capsys) == "no plugin keeps anything\n"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["lihgt"], "lihgt keeps nothing; these do: bme680, keeper"),
        (["lihgt", "--clear", "-y"], "lihgt keeps nothing; these do: bme680, keeper"),
        (["--clear"], "--clear needs the NAME of a plugin"),
    ],
)
def test_a_plugin_that_keeps_nothing_is_a_wrong_argument(
    words: Sequence[str], problem: str, config: Path, folder: StateFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, *words) == 2
    assert problem in capsys.readouterr().err


def test_a_damaged_file_is_told_and_left_as_it_is(
    config: Path, folder: StateFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder.path / "bme680.json"
    file.write_text("{", encoding="utf-8")
    assert run(config, "bme680") == 1
    assert "bme680.json: the file " in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "{"


class OfAHost(StateKeeper):
    """What a running host says."""

    def kept(self) -> tuple[KeptValue, ...]:
        return (KeptValue("light", 1, None, is_on_disk=False),)


def test_a_value_that_is_not_on_the_disk_yet_says_so(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_states", lambda _config: OfAHost())
    assert run(config) == 0
    assert told(capsys).splitlines()[1] == "light        1  never; a newer value is not on the disk yet"


def test_a_host_that_does_not_answer_is_not_passed_over(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "present_holder", lambda _path: Holder(4711, "2024-01-01T12:00:00.000Z", "", ()))
    assert run(config, "light", "--clear", "-y") == 1
    assert "a running host (PID 4711, since 2024-01-01T12:00:00.000Z) has what" in capsys.readouterr().err
