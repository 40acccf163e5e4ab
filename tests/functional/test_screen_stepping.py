"""``T`` on a crash, a reading or a transfer: a replay of it in place of the screen, and back."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from hostcore.cli.main import main
from hostcore.events import (
    Counters,
    CrashReport,
    Level,
    LogWritten,
    Message,
    Outcome,
    PluginCrashed,
    ReadingPublished,
    TransferCompleted,
)
from hostcore.events.history import HistoryMark, MarkKind
from hostcore.place import BusName
from tests.command import PROGRAM, Desk, Running
from tests.lit_bus import lit_bus
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.ssh_server import COMPUTER, SshServer
from tests.tmux import ENDED, IS_INSTALLED, Tmux
from tui.desk import RecordedPlace

pytest_plugins = ["tests.ssh_fixtures"]

FLAKY = """\
from host import i2c
calls = 0
def name_of(light):
    return ("dark", "dim")[light]
def read():
    global calls
    calls += 1
    light = 1
    if calls == 3:
        light = int.from_bytes(i2c.read(0x23, 2), "big") + 2
    return {"light": name_of(light)}
"""


def session(**options: object) -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("light"), plugin_facts("other")], **options)  # type: ignore[arg-type]


def crash(at_ns: int = NOW, plugin: str = "light") -> PluginCrashed:
    report = CrashReport(
        at_ns, plugin, "light.py", "0123", "exception", "KeyError", "", "", "read", "", (), (), Counters(), "1.0", 3
    )
    return PluginCrashed(at_ns, plugin, report, "light-1.json")


def transfer(at_ns: int, sequence: int) -> TransferCompleted:
    return TransferCompleted(
        at_ns, "light", BusName("i2c-1"), 0x23, (Message(True, b"\x10"),), Outcome.OK, "", 1, sequence=sequence
    )


def chosen(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> list[RecordedPlace]:
    """The places at which the screen steps through a replay from now on."""
    places: list[RecordedPlace] = []
    monkeypatch.setattr(screen.app, "step_through", places.append)
    return places


def test_a_row_leads_to_its_moment_in_the_recording_of_the_instance_that_lived_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario(screen: Screen) -> None:
        places = chosen(screen, monkeypatch)
        await screen.publish(transfer(NOW, 1), ReadingPublished(NOW + 1, "light", {"lux": 3}))
        await screen.press("4", "T", "enter", "T", "escape")
        assert places == [RecordedPlace("light", 0, f"transfer:{NOW}")] * 2
        await screen.press("1", "down", "T", "enter", "T", "escape")
        assert places[2:] == [
            RecordedPlace("light", 0, f"reading:{NOW + 1}"), RecordedPlace("light", 0, f"transfer:{NOW}")
        ]  # fmt: skip
        places.clear()
        await screen.publish(crash(NOW + 5), transfer(NOW + 9, 2))
        await screen.press("4", "T", "up", "T")
        assert places == [
            RecordedPlace("light", 0, f"transfer:{NOW + 9}"), RecordedPlace("light", NOW + 5, f"transfer:{NOW}")
        ]  # fmt: skip

    drive(scenario, session())


def test_a_plugin_leads_to_the_crash_that_is_described_or_else_to_its_newest_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario(screen: Screen) -> None:
        places = chosen(screen, monkeypatch)
        await screen.publish(crash(NOW), crash(NOW + 1))
        await screen.press("2", "T", "enter", "left", "T", "escape", "down", "T")
        assert places == [
            RecordedPlace("light", NOW + 1, "crash"), RecordedPlace("light", NOW, "crash"), RecordedPlace("other")
        ]  # fmt: skip
        await screen.press("colon")
        await screen.type("step light")
        await screen.press("enter")
        await screen.until(lambda: len(places) == 4)
        assert places[3] == RecordedPlace("light", NOW + 1, "crash")

    drive(scenario, session())


def test_a_crash_of_the_timeline_leads_to_its_recording_and_another_mark_says_why_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marks = (
        HistoryMark(NOW - 5, "light", MarkKind.CRASH, "KeyError"),
        HistoryMark(NOW - 9, "light", MarkKind.STATE, "running"),
    )

    async def scenario(screen: Screen) -> None:
        places = chosen(screen, monkeypatch)
        await screen.publish(LogWritten(NOW, "light", Level.INFO, "ready"))
        await screen.press("3", "t")
        await screen.until(lambda: "KeyError" in screen.text)
        await screen.press("T", "down", "T")
        assert places == [RecordedPlace("light", NOW - 5, "crash")]
        await screen.until(lambda: "nothing recorded" in screen.text)

    drive(scenario, session(marks=marks))


@pytest.mark.parametrize("read_only", ["", "This screen only looks."])
def test_the_replay_gets_a_private_copy_of_the_recording_which_is_then_removed(
    read_only: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[tuple[Sequence[str], bytes, int]] = []

    async def leave_for(command: Sequence[str], name: str, errors: Path) -> None:
        file = Path(command[command.index("replay") + 1])
        left.append((command, file.read_bytes(), file.stat().st_mode & 0o777))

    async def scenario(screen: Screen) -> None:
        monkeypatch.setattr(screen.app, "leave_for", leave_for)
        await screen.publish(crash(NOW))
        await screen.press("2", "T")
        await screen.until(lambda: left)
        [(command, content, mode)] = left
        assert command[-3:] == ("--step", "--at", "crash")
        assert command[:6] == (sys.executable, "-P", "-m", "tui", "--config", "host.toml")
        assert (content, mode) == (b"all of it", 0o600)
        await screen.until(lambda: not Path(command[command.index("replay") + 1]).parent.exists())
        await screen.press("down", "T")
        await screen.until(lambda: "nothing is recorded of other" in screen.words)

    drive(scenario, session(recordings={("light", NOW): b"all of it"}), read_only=read_only)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--at", "crash"], "add --step"),
        (["--step", "--json"], "does not go with --json"),
        (["--step", "--pytest", "-o", "x.py"], "does not go with --pytest, -o"),
        (["--step"], "this program has no screen"),
    ],
)
def test_options_that_do_not_fit_are_named(
    crashed: Path, arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(next(crashed.rglob("*.recording"))), *arguments]) == 2
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize(
    "place", ["", "call", "call:", "call:x", "end:1", "transfer:-1", "reading:" + "9" * 30, "Crash"]
)
def test_a_place_that_is_none_is_refused_with_what_is_allowed(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["replay", "x.recording", "--step", "--at", place])
    assert "call:N" in capsys.readouterr().err


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Path:
    """The folder of a host with a flaky driver, whose crash is recorded."""
    folder = tmp_path_factory.mktemp("pi")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        (folder / "host.toml").write_text(lit_bus(cache_folder))
        (folder / "plugins").mkdir()
        (folder / "plugins" / "light.py").write_text(FLAKY)
        assert Desk(folder, cache_folder).run("run", "--rounds", "4").status == 0
    return folder


@pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")
def test_from_the_crash_on_the_screen_to_the_line_that_made_the_wrong_value_and_back(
    crashed: Path, tmp_path: Path
) -> None:
    with Tmux([str(PROGRAM)], crashed, XDG_STATE_HOME=str(crashed / "state"), TMPDIR=str(tmp_path)) as terminal:
        terminal.keys("2")
        terminal.until(re.compile("light +(! BACKOFF|X QUARANTINED|! FAILING|! TROUBLE)"))
        terminal.keys("T")
        terminal.until("REPLAY", "raised IndexError", "light = 2")
        assert "[2 Plugins]" not in terminal.text
        terminal.keys("2", "u", "Enter")
        terminal.until("light was set by line 10", "int.from_bytes")
        terminal.keys("?")
        terminal.until("A capital letter goes back in time")
        terminal.keys("Escape", "q")
        terminal.until("[2 Plugins]")
        assert not list(tmp_path.glob("wasi-host-*"))
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")


@pytest.mark.thorough
@pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")
def test_a_reading_of_a_host_on_another_computer_is_stepped_through_here(
    far_desk: Desk, host: Running, server: SshServer, cache_folder: Path
) -> None:
    here = far_desk.folder.parent
    (here / "host.toml").write_text(f'[host]\ncache_folder = "{cache_folder}"\n')
    command = [str(PROGRAM), "--config", str(far_desk.folder / "host.toml"), "--on", COMPUTER]
    with Tmux(command, here, size=(120, 30), TMPDIR=str(here)) as terminal:
        terminal.until(f"on {COMPUTER}", "1 running")
        terminal.keys("1", "Down", "T")
        terminal.until("REPLAY", "count.py, read", "n += 1")
        terminal.keys("q")
        terminal.until(f"on {COMPUTER}", "[1 Readings]")
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")
    assert not list(here.glob("wasi-host-*"))
