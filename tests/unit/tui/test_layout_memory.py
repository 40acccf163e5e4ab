"""The file in which screens remember layouts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.errors import ScreenMemoryError
from hostcore.events import Level
from tui.layouts.layout import LONGEST_NAME, Layout, PaneLayout
from tui.layouts.memory import ASIDE, MOST_LAYOUTS, MOST_LEFT, VERSION, Memory
from tui.layouts.place import LARGEST, NAME, last_theme

NIGHT = Layout(
    3, True, (6, 7), (PaneLayout(3, text="err", plugin="light", level=Level.ERROR), PaneLayout(1, "now", True))
)


def opened(folder: Path, settings: str = "pi") -> Memory:
    memory = Memory(folder, settings)
    memory.read()
    return memory


def test_a_layout_comes_back_in_another_process_and_for_other_hosts(tmp_path: Path) -> None:
    opened(tmp_path / "screen").save("night", NIGHT)
    again = opened(tmp_path / "screen", "another host")
    assert (again.names, again.layout("night"), again.problem) == (("night",), NIGHT, "")


def test_how_a_screen_was_left_is_remembered_for_its_host_alone_and_the_theme_for_all(tmp_path: Path) -> None:
    opened(tmp_path).leave("nord", NIGHT)
    opened(tmp_path, "other").leave("nord", Layout(2))
    assert (opened(tmp_path).left, opened(tmp_path).theme) == (NIGHT, "nord")
    assert (opened(tmp_path, "other").left, opened(tmp_path, "third").left) == (Layout(2), None)


def test_a_screen_that_quits_keeps_the_theme_that_another_one_chose_meanwhile(tmp_path: Path) -> None:
    opened(tmp_path).leave("nord", NIGHT)
    first, second = opened(tmp_path), opened(tmp_path, "other")
    second.leave("sand", Layout(2))
    first.leave("nord", Layout(3))
    assert (opened(tmp_path).theme, opened(tmp_path).left) == ("sand", Layout(3))


def test_a_screen_that_is_left_as_it_began_writes_nothing(tmp_path: Path) -> None:
    opened(tmp_path).leave("nord", NIGHT)
    before = (tmp_path / NAME).stat().st_ino
    opened(tmp_path).leave("nord", NIGHT)
    assert (tmp_path / NAME).stat().st_ino == before


def test_two_screens_do_not_undo_each_others_changes(tmp_path: Path) -> None:
    one, two = opened(tmp_path), opened(tmp_path)
    one.save("day", Layout(1))
    two.save("night", NIGHT)
    two.leave("nord", Layout(2))
    assert opened(tmp_path).names == ("day", "night")


def test_a_layout_is_replaced_by_one_of_its_name_and_deleted(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.save("night", Layout(1))
    memory.save("night", NIGHT)
    assert (memory.names, memory.layout("night")) == (("night",), NIGHT)
    memory.delete("night")
    assert opened(tmp_path).names == ()


@pytest.mark.parametrize("name", ["", "two words", "save", "delete", "x" * (LONGEST_NAME + 1), "\x1b[2J"])
def test_a_name_is_one_word_that_a_terminal_can_show(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScreenMemoryError, match="allowed is one word") as refused:
        opened(tmp_path).save(name, NIGHT)
    assert str(refused.value).isprintable() and not list(tmp_path.iterdir())


def test_a_layout_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    with pytest.raises(ScreenMemoryError, match=r"no layout 'day'; save one on the screen: :layout save NAME"):
        memory.layout("day")
    memory.save("night", NIGHT)
    with pytest.raises(ScreenMemoryError, match=r"no layout 'day'; there are: night"):
        memory.delete("day")


def test_the_file_is_bounded(tmp_path: Path) -> None:
    memory = Memory()
    for number in range(MOST_LAYOUTS):
        memory.save(f"l{number}", Layout())
    with pytest.raises(ScreenMemoryError, match="there are 50 layouts already"):
        memory.save("one-more", Layout())
    for number in range(MOST_LEFT + 3):
        opened(tmp_path, str(number)).leave("", Layout(2))
    assert [opened(tmp_path, str(each)).left is None for each in (2, 3)] == [True, False]
    with pytest.raises(ScreenMemoryError, match="more than 262,144 bytes"):
        opened(tmp_path).save("wide", Layout(panes=(PaneLayout(1, text="x" * LARGEST),)))
    assert opened(tmp_path).names == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[1]",
        b"null",
        b"[" * 9999,
        b'{"version": 1, "layouts": 5}',
        b'{"layouts": [{"name": "x"}]}',
        b'{"left": [{"name": "pi", "layout": {"panes": [{"pane": 3, "level": "loud"}]}}]}',
    ],
)
def test_a_damaged_file_is_put_aside_and_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    memory = opened(tmp_path)
    assert "is damaged" in memory.problem and str(tmp_path / ASIDE) in memory.problem and memory.problem.isprintable()
    assert (tmp_path / ASIDE).read_bytes() == content
    memory.save("night", NIGHT)
    assert opened(tmp_path).names == ("night",)


def test_a_file_of_a_later_program_stays_as_it_is(tmp_path: Path) -> None:
    text = json.dumps({"version": VERSION + 1, "layouts": "in another form"})
    (tmp_path / NAME).write_text(text)
    memory = opened(tmp_path)
    assert "is of version 2, and this program reads up to 1" in memory.problem
    memory.save("night", NIGHT)
    assert (memory.names, (tmp_path / NAME).read_text()) == (("night",), text)


def test_keys_of_another_program_of_the_same_version_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"version": 1, "sound": true, "layouts": [{"name": "a", "layout": {"current": 2}}]}')
    assert opened(tmp_path).layout("a") == Layout(2)


def test_a_folder_that_cannot_be_used_is_said_and_the_screen_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    memory = opened(tmp_path / "file")
    assert memory.problem.startswith("The screen starts as new: ")
    with pytest.raises(ScreenMemoryError, match="cannot remember this"):
        memory.save("night", NIGHT)


@given(st.binary(max_size=200))
def test_no_content_of_the_file_ends_the_screen(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("screen")
    (folder / NAME).write_bytes(content)
    assert opened(folder).names == ()


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"theme": 3}', b"\xff", b"[" * 99_999])
def test_a_first_frame_ignores_a_damaged_file(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "wasi-host" / "screen"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(content)
    assert last_theme() == ""


def test_a_first_frame_has_the_theme_that_was_chosen_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert last_theme() == ""
    Memory.of_user("host").leave("nord", None)
    assert last_theme() == "nord"
