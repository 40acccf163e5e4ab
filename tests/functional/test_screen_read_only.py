"""A read-only screen: everything can be looked at, and each key that would change something says why it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.cli.commands.screens import ScreenOptions
from hostcore.cli.main import Screen as WaysToShow
from hostcore.cli.main import main
from hostcore.cli.web import WebOptions
from hostcore.events import AccessDenied, Level, LogWritten, Message, Outcome, State, StateChanged, TransferCompleted
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts

WHY = "This screen is read-only: a test wants it."
DRAWING = TransferCompleted(
    NOW, "light", BusName("i2c-1"), 0x3C, (Message(True, b"\x40" + bytes(128)),), Outcome.OK, "", 1000, sequence=1
)


def session(tmp_path: Path, kind: str = "linux") -> ScriptedSession:
    driver = tmp_path / "light.py"
    driver.touch()
    return ScriptedSession(facts=host_facts(kind=kind), known=[replace(plugin_facts("light"), path=driver)])


def story(after: State) -> list[StateChanged | AccessDenied | LogWritten | TransferCompleted]:
    return [
        StateChanged(NOW, "light", State.LOADING, after, "because", lacks_libraries=True),
        AccessDenied(NOW, "light", parse_permission("gpio:4:in"), "it has no permission", 1),
        LogWritten(NOW, "light", Level.INFO, "a line"),
        DRAWING,
    ]


@pytest.mark.parametrize(
    ("after", "keys"),
    [
        (State.STOPPED, "2 s"),
        (State.RUNNING, "2 x"),
        (State.RUNNING, "2 r"),
        (State.QUARANTINED, "2 u"),
        (State.RUNNING, "2 f"),
        (State.RUNNING, "2 e"),
        (State.RUNNING, "2 enter x"),
        (State.RUNNING, "2 enter e"),
        (State.RUNNING, "2 g enter"),
        (State.RUNNING, "3 w"),
        (State.RUNNING, "4 w"),
        (State.RUNNING, "5 s"),
        (State.RUNNING, "5 i"),
        (State.RUNNING, "5 f a"),
    ],
)
def test_a_key_that_would_change_something_says_why_it_does_not(tmp_path: Path, after: State, keys: str) -> None:
    made = session(tmp_path)

    async def scenario(screen: Screen) -> None:
        await screen.publish(*story(after))
        await screen.press(*keys.split())
        await screen.until(lambda: [each.message for each in screen.app._notifications] == [WHY])
        depth = len(screen.app.screen_stack)
        await screen.press("y", "enter")
        assert len(screen.app.screen_stack) <= depth + 1, "no question was asked that y could answer"
        assert not made.changes

    drive(scenario, made, (118, 40), read_only=WHY)
    assert [file.name for file in tmp_path.iterdir()] == ["light.py"]


def test_the_header_says_that_it_is_read_only_and_looking_goes_on(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(*story(State.RUNNING))
        assert "READ-ONLY" in screen.lines[0]
        await screen.press("2", "enter")
        assert "Plugin light" in screen.text
        await screen.press("escape", "4", "y")
        assert "wasi-host" in screen.app.clipboard
        assert not screen.app._notifications or WHY not in {each.message for each in screen.app._notifications}

    drive(scenario, session(tmp_path), (118, 40), read_only=WHY)


def test_a_simulated_bus_is_scanned_all_the_same(tmp_path: Path) -> None:
    made = session(tmp_path, "simulated")

    async def scenario(screen: Screen) -> None:
        await screen.press("5", "s")
        assert made.scans

    drive(scenario, made, read_only=WHY)


class Shown:
    """Notes which screens were asked for."""

    def __init__(self) -> None:
        self.here: list[ScreenOptions] = []
        self.in_browsers: list[ScreenOptions] = []
        self.elsewhere: list[tuple[str, ScreenOptions]] = []
        self.elsewhere_in_browsers: list[tuple[str, ScreenOptions, int | None]] = []
        self.screen = WaysToShow(
            self._show,
            self._serve,
            self._show_on,
            self._serve_on,
            lambda _file: 0,
            lambda _subject: 0,
            lambda *_fleet: 0,
        )

    def _show(self, wanted: ScreenOptions) -> int:
        self.here.append(wanted)
        return 0

    def _serve(self, wanted: ScreenOptions, _web: WebOptions) -> int:
        self.in_browsers.append(wanted)
        return 0

    def _show_on(self, computer: str, wanted: ScreenOptions) -> int:
        self.elsewhere.append((computer, wanted))
        return 0

    def _serve_on(self, computer: str, wanted: ScreenOptions, web: WebOptions) -> int:
        self.elsewhere_in_browsers.append((computer, wanted, web.port))
        return 0


def test_a_command_does_not_pretend_to_be_read_only(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--read-only", "i2c", "write", "1", "0x23", "0x10"], screen=Shown().screen)
    assert end.value.code == 2
    assert "--read-only is for the screen" in capsys.readouterr().err


def test_the_option_reaches_the_screen_here_and_in_browsers() -> None:
    shown = Shown()
    for arguments in ([], ["--read-only"], ["screen"], ["--read-only", "screen"]):
        main(arguments, screen=shown.screen)
    for arguments in (["screen", "--web"], ["--read-only", "screen", "--web"]):
        main(arguments, screen=shown.screen)
    assert [each.read_only for each in shown.here] == [False, True] * 2
    assert [each.read_only for each in shown.in_browsers] == [False, True]


def test_it_reaches_the_screen_of_a_host_on_another_computer_and_so_do_the_settings() -> None:
    shown = Shown()
    main(["--on", "pi@raspberrypi"], screen=shown.screen)
    main(["--on", "pi", "--read-only", "--config", "there.toml", "screen"], screen=shown.screen)
    assert shown.elsewhere == [
        ("pi@raspberrypi", ScreenOptions()),
        ("pi", ScreenOptions(Path("there.toml"), read_only=True)),
    ]
    assert shown.here == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--on", "pi", "scan"], "--on is for the screen and push, not for other commands"),
        (["--on=-oProxyCommand=reboot"], "is not a computer for ssh"),
        (["--on", ""], "is not a computer for ssh"),
    ],
)
def test_another_computer_is_refused_where_it_makes_no_sense(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments, screen=Shown().screen)
    assert end.value.code == 2
    assert words in capsys.readouterr().err


def test_a_layout_reaches_the_screen_here_and_of_another_computer() -> None:
    shown = Shown()
    main(["--layout", "night"], screen=shown.screen)
    main(["--on", "pi", "--layout", "night"], screen=shown.screen)
    assert (shown.here, shown.elsewhere) == (
        [ScreenOptions(layout="night")],
        [("pi", ScreenOptions(layout="night"))],
    )


def test_a_layout_is_refused_where_it_makes_no_sense(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--layout", "night", "screen", "--web"], screen=Shown().screen) == 2
    assert "a browser's screen remembers no layouts" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--layout", "night", "scan"], screen=Shown().screen)
    assert "--layout is for the screen, not for commands" in capsys.readouterr().err


def test_browsers_show_another_computer_too() -> None:
    shown = Shown()
    main(["--on", "pi", "--read-only", "--config", "there.toml", "screen", "--web", "--port", "1"], screen=shown.screen)
    assert shown.elsewhere_in_browsers == [("pi", ScreenOptions(Path("there.toml"), read_only=True), 1)]


def test_a_port_without_a_browser_is_refused_also_for_another_computer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--on", "pi", "screen", "--port", "1"], screen=Shown().screen) == 2
    assert "add --web to show it there" in capsys.readouterr().err
