"""Drivers are saved in the ways that editors have, while the host runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from hostcore.events import (
    LogWritten,
    PluginCrashed,
    State,
)
from tests.supervised import SupervisedHost
from tests.versions import OTHER, reads, version

pytest_plugins = ["tests.supervised_fixture", "tests.versions_fixture"]


class TestEditors:
    """How editors and other programs write files, and what they leave beside them."""

    def test_rename_into_place(self, running: SupervisedHost) -> None:
        staged = running.folder / "plugins" / "plugin.py.tmp"
        for number in (2, 3):
            staged.write_text(f"def read(): return {{'version': {number}}}", encoding="utf-8")
            staged.replace(running.path("plugin"))
            reads(running, number)
        assert running.states("plugin") == [State.LOADING, State.RUNNING], "it never went away"

    def test_vim_moves_the_old_file_aside_and_writes_a_new_one(self, running: SupervisedHost) -> None:
        path, folder = running.path("plugin"), running.folder / "plugins"
        (folder / ".plugin.py.swp").write_bytes(b"b0VIM 9.0")
        (folder / "4913").touch()
        (folder / "4913").unlink()
        path.rename(folder / "plugin.py~")
        path.write_text("def read(): return {'version': 2}", encoding="utf-8")
        (folder / "plugin.py~").unlink()
        reads(running, 2)
        assert running.states("plugin") == [State.LOADING, State.RUNNING], "it never went away"

    @pytest.mark.parametrize(
        "name", [".plugin.py.swp", "plugin.py~", "4913", "#plugin.py#", ".#plugin.py", "_plugin.py"]
    )
    def test_what_editors_leave_beside_it_is_no_plugin(self, running: SupervisedHost, name: str) -> None:
        (running.folder / "plugins" / name).write_text("def read(): return {'wrong': True}", encoding="utf-8")
        running.write("fresh", OTHER)
        running.reading("fresh")
        assert [facts.name for facts in running.host.plugins()] == ["fresh", "other", "plugin"]
        assert not running.of(LogWritten, "host")

    def test_emacs_locks_a_file_with_a_link_to_nowhere(self, running: SupervisedHost) -> None:
        (running.folder / "plugins" / ".#plugin.py").symlink_to("person@machine.1234:5678")
        running.write("plugin", version(2))
        reads(running, 2)
        assert not running.of(LogWritten, "host")

    def test_an_empty_file_is_about_to_be_written(self, running: SupervisedHost) -> None:
        with running.path("plugin").open("w", encoding="utf-8") as file:
            running.write("fresh", OTHER)
            running.reading("fresh")
            file.write("def read(): return {'version': 2}")
        reads(running, 2)
        assert not [each for each in running.of(LogWritten, "plugin") if "not taken" in each.text]
        assert running.states("plugin") == [State.LOADING, State.RUNNING]

    def test_a_half_written_file_is_completed_later(self, running: SupervisedHost) -> None:
        with running.path("plugin").open("w", encoding="utf-8") as file:
            file.write("def read():\n    return {'version': ")
            file.flush()
            running.line("plugin", "the new version is not taken, the old one runs on: ")
            file.write("2}\n")
        reads(running, 2)
        assert running.states("plugin") == [State.LOADING, State.RUNNING]

    def test_a_new_file_that_is_half_written_runs_when_it_is_complete(self, running: SupervisedHost) -> None:
        with running.path("fresh").open("w", encoding="utf-8") as file:
            file.write("def read():\n    return {'version': ")
            file.flush()
            running.reaches("fresh", State.QUARANTINED)
            file.write("2}\n")
        assert running.reading("fresh") == {"version": 2}

    def test_a_file_that_is_copied_with_its_old_time_is_noticed(self, running: SupervisedHost, tmp_path: Path) -> None:
        source = tmp_path / "backup.txt"
        source.write_text("def read(): return {'version': 2}", encoding="utf-8")
        os.utime(source, (1_000_000_000, 1_000_000_000))
        shutil.copy2(source, running.path("plugin"))
        reads(running, 2)

    def test_a_plugin_that_is_a_link_follows_its_target_when_the_link_is_changed(self, running: SupervisedHost) -> None:
        for number in (2, 3):
            target = running.folder / f"version{number}.txt"
            target.write_text(f"def read(): return {{'version': {number}}}", encoding="utf-8")
            staged = running.folder / "plugins" / "staged"
            staged.symlink_to(target)
            staged.replace(running.path("plugin"))
            reads(running, number)

    def test_a_hundred_saves_in_a_row_end_in_the_last_one(self, running: SupervisedHost) -> None:
        for number in range(2, 102):
            running.write("plugin", version(number))
        reads(running, 101)
        assert not running.of(PluginCrashed)
