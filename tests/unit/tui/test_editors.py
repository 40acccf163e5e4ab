"""Which editor a person has, and how it is told the line of a file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hostcore.errors import HostError
from tui.editors import MOST_ERRORS, editor_command, run_editor

FILE = Path("/home/pi/plugins/light.py")


def command(line: int = 9, *installed: str, **environ: str) -> tuple[str, ...]:
    """The command on a computer where these programs are installed."""
    return editor_command(FILE, line, environ, lambda name: name if name in installed else None)


@pytest.mark.parametrize(
    ("editor", "arguments"),
    [
        ("vi", ["+9", f"{FILE}"]),
        ("/usr/bin/nano", ["+9", f"{FILE}"]),
        ("emacsclient -t", ["-t", "+9", f"{FILE}"]),
        ("hx", [f"{FILE}:9"]),
        ("code --wait", ["--wait", "--goto", f"{FILE}:9"]),
        ("'/opt/my editor/nano'", ["+9", f"{FILE}"]),
        ("a-new-editor", [f"{FILE}"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(editor: str, arguments: list[str]) -> None:
    found = editor_command(FILE, 9, {"EDITOR": editor}, lambda name: name)
    assert list(found[1:]) == arguments


@pytest.mark.parametrize("editor", ["vi", "hx", "code"])
def test_without_a_line_every_editor_gets_the_file_alone(editor: str) -> None:
    assert command(0, editor, EDITOR=editor) == (editor, str(FILE))


@pytest.mark.parametrize(
    ("editor", "arguments"),
    [
        ("code", ["--wait", "--goto", f"{FILE}:9"]),
        ("subl", ["--wait", f"{FILE}:9"]),
        ("gvim", ["--nofork", "+9", f"{FILE}"]),
        ("vi", ["+9", f"{FILE}"]),
    ],
)
def test_an_editor_with_a_window_is_told_to_wait_for_the_person_where_that_matters(
    editor: str, arguments: list[str]
) -> None:
    found = editor_command(FILE, 9, {"EDITOR": editor}, lambda name: name, waits=True)
    assert list(found[1:]) == arguments


def test_visual_comes_before_editor_and_these_before_what_is_installed() -> None:
    assert command(9, "nano", "vi", "hx", VISUAL="hx", EDITOR="vi")[0] == "hx"
    assert command(9, "nano", "vi", VISUAL=" ", EDITOR="vi")[0] == "vi"
    assert command(9, "vi", "nano")[0] == "nano"
    assert command(9, "nano", "editor")[0] == "editor"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, ["found no editor", "VISUAL or EDITOR"]),
        ({"EDITOR": "vim -u 'x"}, ["EDITOR is", "no command", "try EDITOR=nano"]),
        ({"VISUAL": "gone --wait"}, ["VISUAL is", "'gone' is not installed"]),
        ({"VISUAL": "''"}, ["VISUAL is", "not installed"]),
    ],
)
def test_without_an_editor_the_person_reads_what_to_set(environ: Mapping[str, str], words: list[str]) -> None:
    with pytest.raises(HostError) as error:
        editor_command(FILE, 9, environ, lambda _: None)
    assert all(word in str(error.value) for word in words)


def test_a_file_of_the_working_directory_is_named_in_full() -> None:
    assert editor_command(Path("light.py"), 0, {"EDITOR": "vi"}, str) == ("vi", str(Path.cwd() / "light.py"))


def test_an_editor_that_is_missing_is_named_with_one_that_is_there() -> None:
    with pytest.raises(HostError, match=r"'nano' is not installed; vi is: start again with EDITOR=vi"):
        command(9, "vi", EDITOR="nano")
    with pytest.raises(HostError, match="'nano' is not installed; install one"):
        command(9, EDITOR="nano")


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("raise SystemExit(0)", ""),
        ("raise SystemExit(3)", "the replay ended with status 3"),
        ("raise SystemExit('no such\\nrecording')", "no such recording"),
        ("raise SystemExit('x' * 100_000)", "x" * MOST_ERRORS),
    ],
)
def test_what_a_program_writes_to_standard_error_is_told_when_it_has_failed(
    program: str, problem: str, tmp_path: Path
) -> None:
    command = (sys.executable, "-c", program)
    assert asyncio.run(run_editor(command, "the replay", tmp_path / "errors")) == problem
