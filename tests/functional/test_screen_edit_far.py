"""``e`` on a plugin of a host on another computer: a copy of its file in the person's editor, which is sent back."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.errors import HostError
from hostcore.events.facts import DriverFile
from tests.command import PROGRAM, Desk, Running
from tests.screen import Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.ssh_server import COMPUTER, SshServer
from tests.tmux import ENDED, IS_INSTALLED, Tmux
from tui.far_driver import FarDriver

pytest_plugins = ["tests.ssh_fixtures"]

SOURCE = "def read():\n    return {'lux': 1}\n"
SEVEN = SOURCE.replace("1", "7")
EDITOR = """#!/bin/sh
echo "editing $(basename "$1")"
sed -i 's/n += 1/n += 1000/' "$1"
read -r _
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which copies are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    monkeypatch.setattr(tempfile, "tempdir", None)


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("light")], sources={("light", ""): SOURCE})


def copy_of(scripted: ScriptedSession) -> FarDriver:
    return FarDriver(scripted, "light", scripted.driver_file("light"))


class TestTheCopy:
    def test_what_was_saved_is_sent_back_and_no_copy_stays(self, temporary: Path) -> None:
        scripted = session()
        copy = copy_of(scripted)
        assert copy.file.read_text() == SOURCE
        assert copy.file.parent.stat().st_mode & 0o777 == 0o700
        assert not copy.has_changed
        copy.file.write_text(SEVEN)
        assert copy.has_changed
        copy.send_back()
        assert scripted.sources["light", ""] == SEVEN
        assert not list(temporary.iterdir())

    def test_the_text_of_the_person_stays_if_the_host_does_not_take_it(self) -> None:
        scripted = session()
        copy = copy_of(scripted)
        copy.file.write_text(SEVEN)
        scripted.refusal = "the host did not answer within 5 s"
        with pytest.raises(HostError) as caught:
            copy.send_back()
        assert str(caught.value) == f"{scripted.refusal}. Your text is kept in {copy.file}"
        assert copy.file.read_text() == SEVEN

    def test_a_text_that_cannot_be_sent_stays_too(self) -> None:
        copy = copy_of(session())
        copy.file.write_bytes(b"\xff")
        assert copy.has_changed
        with pytest.raises(HostError, match=re.escape("not UTF-8 text (byte 0). Your text is kept in")):
            copy.send_back()

    def test_a_hostile_name_leads_to_no_other_file(self, temporary: Path) -> None:
        with pytest.raises(HostError, match="no plugin can have the name"):
            FarDriver(session(), "../../.profile", DriverFile(".profile", SOURCE, ""))
        assert not list(temporary.iterdir())


class TestTheKey:
    def test_an_editor_that_does_not_open_leaves_no_copy(
        self, temporary: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VISUAL", "no-such-editor")

        async def scenario(screen: Screen) -> None:
            await screen.press("2", "e")
            await screen.until(lambda: "no-such-editor" in screen.text)

        drive(scenario, session(), size=(160, 40), remote=FarHost())
        assert not list(temporary.iterdir())

    def test_a_screen_that_only_looks_opens_none(self) -> None:
        async def scenario(screen: Screen) -> None:
            await screen.press("2", "e")
            assert "this screen only looks" in screen.text

        drive(scenario, session(), size=(160, 40), remote=FarHost(), read_only="this screen only looks")

    @pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")
    def test_the_driver_there_is_edited_here_and_its_new_version_runs(
        self, far_desk: Desk, host: Running, server: SshServer, tmp_path: Path, temporary: Path
    ) -> None:
        editor = tmp_path / "own-editor"
        editor.write_text(EDITOR)
        editor.chmod(0o755)
        command = [str(PROGRAM), "--config", str(far_desk.folder / "host.toml"), "--on", COMPUTER]
        with Tmux(command, far_desk.folder.parent, size=(120, 30), VISUAL=str(editor)) as terminal:
            terminal.until(f"on {COMPUTER}", "1 running")
            terminal.keys("2")
            terminal.until("[2 Plugins]")
            terminal.keys("e")
            terminal.until("editing count.py")
            terminal.keys("Enter")
            terminal.until(f"count is saved on {COMPUTER}")
            terminal.keys("1")
            terminal.until(re.compile(r"n +\d{4,}"))
            terminal.keys("q")
            terminal.until(f"{ENDED} 0")
        assert "n += 1000" in (far_desk.folder / "plugins" / "count.py").read_text()
        assert not [each for each in temporary.iterdir() if each.name.startswith("wasi-host-")]

    @pytest.mark.thorough
    @pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")
    def test_n_writes_an_empty_driver_there_which_is_filled_here(
        self, far_desk: Desk, host: Running, server: SshServer, tmp_path: Path
    ) -> None:
        editor = tmp_path / "own-editor"
        editor.write_text('#!/bin/sh\nprintf \'def read():\\n    return {"made_here": 42}\\n\' > "$1"\n')
        editor.chmod(0o755)
        command = [str(PROGRAM), "--config", str(far_desk.folder / "host.toml"), "--on", COMPUTER]
        with Tmux(command, far_desk.folder.parent, size=(120, 30), VISUAL=str(editor)) as terminal:
            terminal.until(f"on {COMPUTER}", "1 running")
            terminal.keys("n", "End", "Enter")
            terminal.until("Name of the driver: driver")
            terminal.keys("Enter")
            terminal.until(f"driver is saved on {COMPUTER}", re.compile(r"made_here +42"))
            terminal.keys("Escape")
            terminal.until("[1 Readings]")
            terminal.keys("q")
            terminal.until(f"{ENDED} 0")
        assert "made_here" in (far_desk.folder / "plugins" / "driver.py").read_text()


class FarHost:
    """A host on another computer."""

    process, computer = 4711, "pi"

    def stop_host(self) -> None:
        raise AssertionError
