"""What plugins keep: when it is written, what survives, and what becomes of files that nobody can use."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.errors import ConfigError, KeptStateError
from hostcore.events import KeptStateWritten
from hostcore.kept_state.folder import StateFolder
from hostcore.kept_state.state import MOST_BYTES
from hostcore.kept_state.store import StateStore


class Desk:
    """A store on a virtual clock, its folder, and what it said."""

    def __init__(self, path: Path, known: Callable[[], Collection[str] | None] = lambda: None) -> None:
        self.path, self.clock = path, VirtualClock()
        self.events: list[KeptStateWritten] = []
        self.warnings: list[str] = []
        folder = StateFolder(path)
        self.store = StateStore(folder, self.clock, self.events.append, self.warnings.append, known)

    def file(self, plugin: str) -> Path:
        return self.path / f"{plugin}.json"

    def after(self, seconds: float) -> None:
        """Let the store do what is due after so many seconds."""
        self.clock.advance(seconds)
        self.store.work()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "states")


def test_a_state_outlasts_the_host(desk: Desk) -> None:
    desk.store.of("light").save('{"baseline":5}')
    desk.store.work()
    assert Desk(desk.path).store.of("light").load() == '{"baseline":5}'


def test_a_plugin_that_saved_nothing_has_no_state_and_no_file(desk: Desk) -> None:
    assert desk.store.of("light").load() is None
    assert desk.store.work(everything=True) is None
    assert not desk.path.exists()


def test_the_first_save_is_written_at_once_and_the_next_ones_a_minute_later(desk: Desk) -> None:
    state = desk.store.of("light")
    for number in range(10):
        state.save(str(number))
        desk.after(10)
    assert [each.saves for each in desk.events] == [1, 6]
    desk.after(60)
    assert desk.file("light").read_text() == "9"
    assert [each.saves for each in desk.events] == [1, 6, 3]


def test_each_plugin_has_a_minute_of_its_own(desk: Desk) -> None:
    desk.store.of("light").save("1")
    desk.after(30)
    desk.store.of("air").save("2")
    desk.store.work()
    assert [each.plugin for each in desk.events] == ["light", "air"]


def test_an_orderly_stop_writes_the_newest_value_at_once(desk: Desk) -> None:
    state = desk.store.of("light")
    state.save("1")
    desk.store.work()
    state.save("2")
    desk.store.work(everything=True)
    assert desk.file("light").read_text() == "2"


def test_a_value_that_did_not_change_is_not_written_again(desk: Desk) -> None:
    state = desk.store.of("light")
    state.save("1")
    desk.store.work()
    state.save("1")
    desk.after(600)
    assert len(desk.events) == 1


def test_an_event_tells_of_each_write(desk: Desk) -> None:
    desk.store.of("light").save('"°"')
    desk.store.work()
    assert desk.events == [KeptStateWritten(desk.clock.wall_ns(), "light", len('"°"'.encode()), 1)]


def test_only_the_owner_can_read_the_files(desk: Desk) -> None:
    desk.store.of("light").save("1")
    desk.store.work()
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(desk.file("light").stat().st_mode) == 0o600


def test_a_new_instance_sees_what_the_one_before_saved_and_the_disk_has_not_yet(desk: Desk) -> None:
    desk.store.of("light").save("1")
    assert desk.store.of("light").load() == "1"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is an empty text, not JSON"),
        (b'{"baseline": 5', "the file is not JSON"),
        (b"NaN", "NaN is not JSON"),
        (b"\xff\xfe", "the file is not UTF-8 text"),
        (b"[" * 2000 + b"]" * 2000, "nested too deeply"),
        (b" " * (MOST_BYTES + 1), "it has more than 65,536 bytes"),
    ],
)
def test_a_damaged_file_is_put_aside_and_reported_once(desk: Desk, content: bytes, words: str) -> None:
    desk.path.mkdir()
    desk.file("light").write_bytes(content)
    assert desk.store.of("light").load() is None
    assert desk.store.of("light").load() is None
    (warning,) = desk.warnings
    assert words in warning
    assert "light starts without the state that it kept" in warning
    assert "it is now called light.json.damaged" in warning
    assert (desk.path / "light.json.damaged").read_bytes() == content
    desk.store.of("light").save("1")
    desk.store.work()
    assert desk.file("light").read_text() == "1"


def test_something_that_is_no_file_is_put_aside(desk: Desk) -> None:
    desk.path.mkdir()
    os.mkfifo(desk.file("light"))
    assert desk.store.of("light").load() is None
    assert "a pipe (FIFO), allowed is an ordinary file" in desk.warnings[0]


def test_a_folder_that_cannot_be_written_is_reported_once_and_tried_again_every_minute(desk: Desk) -> None:
    desk.path.write_text("a file is in the way")
    state = desk.store.of("light")
    for number in range(5):
        state.save(str(number))
        desk.after(60)
    (warning,) = desk.warnings
    assert "the state that light keeps cannot be written to" in warning
    assert "name another one as folder of [state] in host.toml" in warning
    desk.path.unlink()
    desk.after(60)
    assert desk.file("light").read_text() == "4"
    assert desk.events[0].saves == 5


def test_the_state_of_a_plugin_whose_file_is_gone_is_deleted_after_a_minute(desk: Desk) -> None:
    desk.store.of("light").save("1")
    desk.store.work()
    (desk.path / "light.json.damaged").touch()
    desk.store.delete("light")
    desk.after(59)
    assert desk.file("light").exists()
    desk.after(1)
    assert [*desk.path.iterdir()] == []
    assert desk.warnings == ["the state that light kept is deleted, because the plugin's file is gone"]
    assert desk.store.of("light").load() is None


def test_a_plugin_whose_file_comes_back_within_a_minute_has_its_state(desk: Desk) -> None:
    desk.store.of("light").save("1")
    desk.store.work()
    desk.store.delete("light")
    desk.after(59)
    assert desk.store.of("light").load() == "1"
    desk.after(600)
    assert desk.file("light").exists()
    assert not desk.warnings


def test_the_last_words_of_a_plugin_that_is_gone_leave_no_file(desk: Desk) -> None:
    state = desk.store.of("light")
    state.save("1")
    desk.store.work()
    desk.store.delete("light")
    desk.after(60)
    state.save("2")
    desk.after(600)
    assert not desk.file("light").exists()


def test_states_of_plugins_that_nobody_knows_are_deleted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, lambda: {"light"})
    for plugin in ("light", "gone"):
        desk.file(plugin).write_text("1")
    (tmp_path / "notes.txt").touch()
    desk.store.delete_strangers()
    desk.after(60)
    assert {each.name for each in tmp_path.iterdir()} == {"light.json", "notes.txt"}


def unreadable() -> Collection[str] | None:
    raise ConfigError("cannot read the folder", file="host.toml")


@pytest.mark.parametrize("known", [lambda: None, unreadable])
def test_nothing_is_deleted_if_the_plugins_are_not_known(
    tmp_path: Path, known: Callable[[], Collection[str] | None]
) -> None:
    desk = Desk(tmp_path, known)
    desk.file("light").write_text("1")
    desk.store.delete_strangers()
    desk.after(600)
    assert desk.file("light").exists()


def test_without_a_folder_states_live_as_long_as_the_store() -> None:
    store = StateStore(None, VirtualClock(), lambda _event: None, lambda _text: None)
    store.start()
    store.of("light").save("1")
    store.delete("air")
    assert store.of("light").load() == "1"
    assert store.stop()


def test_a_copy_goes_its_own_way(desk: Desk) -> None:
    state = desk.store.of("light")
    state.save("1")
    copy = state.copy()
    copy.save("2")
    assert (state.load(), copy.load()) == ("1", "2")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(values=st.lists(VALUES, min_size=1, max_size=4), pauses=st.lists(st.floats(0, 200), min_size=4, max_size=4))
def test_after_a_stop_the_file_has_the_newest_of_any_values(
    tmp_path_factory: pytest.TempPathFactory, values: list[object], pauses: list[float]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("states"))
    for value, pause in zip(values, pauses, strict=False):
        desk.store.of("light").save(json.dumps(value))
        desk.after(pause)
    desk.store.work(everything=True)
    kept = Desk(desk.path).store.of("light").load()
    assert kept is not None
    assert json.loads(kept) == values[-1]


def test_what_is_kept_is_told_with_its_size_and_whether_it_is_on_the_disk(desk: Desk) -> None:
    desk.store.of("light").save("12")
    desk.store.work()
    desk.store.of("light").save("123")
    desk.store.of("new").save("1")
    desk.store.of("silent").load()
    told = [(each.plugin, each.size_bytes, each.is_on_disk, each.written_ns is None) for each in desk.store.kept()]
    assert told == [("light", 3, False, False), ("new", 1, False, True)]
    assert (desk.store.text("light"), desk.store.text("silent"), desk.store.text("other")) == ("123", None, None)


def test_a_cleared_state_is_gone_and_what_the_old_instance_saves_later_is_lost(desk: Desk) -> None:
    old = desk.store.of("light")
    old.save("1")
    desk.store.work()
    desk.store.clear("light")
    assert not desk.file("light").exists()
    new = desk.store.of("light")
    old.save("2")
    desk.after(120)
    assert (new.load(), desk.store.kept()) == (None, ())
    new.save("3")
    desk.after(120)
    assert desk.file("light").read_text() == "3"


def test_a_state_that_cannot_be_deleted_is_told(desk: Desk) -> None:
    desk.store.of("light").save("1")
    desk.store.work()
    desk.path.chmod(0o500)
    try:
        if os.geteuid():
            with pytest.raises(KeptStateError, match="what light keeps cannot be deleted from"):
                desk.store.clear("light")
    finally:
        desk.path.chmod(0o700)


def test_a_name_leads_nowhere_else(desk: Desk) -> None:
    desk.store.of("light").save("1")
    desk.store.work()
    outside = desk.path.with_name("mine.json")
    outside.write_text("1")
    assert desk.store.text("../mine") is None
    desk.store.clear("../mine")
    assert outside.exists()
