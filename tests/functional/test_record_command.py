"""``wasi-host record`` beside a running host, and Ctrl+R on its screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.cli.statuses import ExitStatus
from hostcore.events import LogWritten, ReadingPublished
from hostcore.host import Host
from hostcore.session_file.player import Player
from hostcore.session_file.reading import SessionFile
from tests.command import PATIENCE, Desk
from tests.commanded import here, made_host, reachable
from tests.screen import Screen, drive
from tests.scripted_session import ScriptedSession, host_facts
from tests.session_files import log

pytest_plugins = ["tests.commanded_fixture"]
SETTINGS = """
[host]
cache_folder = "{cache}"
interval = 0.1
[plugins.light.settings]
place = "behind the shed"
"""


@pytest.fixture
def host(commanded_desk: Desk, cache_folder: Path) -> Iterator[Host]:
    commanded_desk.write("host.toml", SETTINGS.format(cache=cache_folder))
    commanded_desk.write(
        "plugins/light.py", 'import host\ndef read():\n    return {"at": host.settings()["place"], "lux": 7}\n'
    )
    host = made_host(commanded_desk)
    with reachable(host):
        yield host


def test_a_running_host_is_recorded_without_its_secrets(
    host: Host, commanded_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    file, readings = commanded_desk.folder / "night.session", host.subscribe(ReadingPublished)
    assert readings.take(PATIENCE), "it reads"
    assert here(commanded_desk, "record", "-o", str(file), "--for", "1s") == ExitStatus.DONE
    assert f"show it anywhere: wasi-host replay {file}" in capsys.readouterr().err
    session = SessionFile(file)
    player = Player(session, lambda: 0)
    recorded = [each for each in player.go_to(session.end_us).events if isinstance(each, ReadingPublished)]
    assert session.reason == "its time was over"
    assert recorded[-1].reading == {"at": "(left out)", "lux": 7}
    assert here(commanded_desk, "record", "-o", str(file)) == ExitStatus.NOT_DONE
    assert "exists already; name another file" in capsys.readouterr().err


def test_without_a_running_host_it_says_how_to_start_one(
    commanded_desk: Desk, cache_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commanded_desk.write("host.toml", SETTINGS.format(cache=cache_folder))
    assert here(commanded_desk, "record") == ExitStatus.NOT_RUNNING
    assert "start it: wasi-host up" in capsys.readouterr().err
    assert not list(Path.cwd().glob("*.session"))


def scripted(folder: Path) -> ScriptedSession:
    (folder / "host.toml").write_text("")
    return ScriptedSession(facts=replace(host_facts(), config_file=folder / "host.toml"))


def test_a_key_of_the_screen_begins_and_ends_a_recording(tmp_path: Path) -> None:
    session, file = scripted(tmp_path), tmp_path / "evening.session"

    async def scenario(screen: Screen) -> None:
        await screen.publish(log(0, "one"))
        await screen.press("ctrl+r")
        assert "Record the session to: wasi-host-" in screen.text
        await screen.paste(str(tmp_path / "host.toml"))
        await screen.press("enter")
        assert "exists already" in screen.words
        await screen.press("ctrl+u")
        await screen.paste(str(file))
        await screen.press("enter")
        await screen.until(lambda: "REC 0:0" in screen.lines[0])
        await screen.until(lambda: file.stat().st_size)
        await screen.publish(log(1, "two"))
        await screen.press("ctrl+r")
        assert "REC" not in screen.lines[0]
        assert "is written. Show it anywhere" in screen.words

    drive(scenario, session)
    player = Player(SessionFile(file), lambda: 0)
    assert "two" in [each.text for each in player.go_to(player.end_us).events if isinstance(each, LogWritten)]


def test_leaving_the_screen_ends_its_recording_in_order(tmp_path: Path) -> None:
    file = tmp_path / "evening.session"

    async def scenario(screen: Screen) -> None:
        await screen.press("colon")
        await screen.paste(f"record {file}")
        await screen.press("enter")
        await screen.until(lambda: "REC 0:0" in screen.lines[0])
        await screen.until(lambda: file.stat().st_size)

    drive(scenario, scripted(tmp_path))
    assert SessionFile(file).reason == "the screen was left"


def test_a_screen_that_only_looks_writes_no_file(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("ctrl+r")
        assert "This screen only looks." in screen.words

    drive(scenario, scripted(tmp_path), read_only="This screen only looks.")
