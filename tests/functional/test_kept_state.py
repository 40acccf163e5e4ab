"""`host.state` of a whole host: restarts, crashes, deleted and disabled plugins, and runs that must leave no trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.events import KeptStateWritten, PluginReloaded, PluginsChanged, ReadingPublished, State
from hostcore.session import Order
from tests.command import Desk
from tests.supervised import COUNTER, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

KEEPER = """
from host import state
def read():
    count = state.load(0) + 1
    state.save(count)
    return {"count": count}
"""


def files(folder: Path) -> list[Path]:
    """All files of kept states."""
    return sorted((folder / "state" / "wasi-host" / "state").glob("*/*"))


def counts(supervised: SupervisedHost) -> list[int]:
    """What the plugin counted so far."""
    return [int(event.reading["count"]) for event in supervised.of(ReadingPublished, "keeper")]


@pytest.fixture
def keeper(supervised: SupervisedHost) -> SupervisedHost:
    """A host whose plugin has counted to three."""
    supervised.write("keeper", KEEPER)
    supervised.write("other", COUNTER)
    supervised.start()
    supervised.reading("keeper", lambda reading: reading["count"] >= 3)
    return supervised


def test_a_plugin_goes_on_where_it_was_when_the_host_starts_again(keeper: SupervisedHost) -> None:
    assert keeper.stop()
    last = counts(keeper)[-1]
    assert [file.name for file in files(keeper.folder)] == ["keeper.json"]
    keeper.skip()
    keeper.start()
    assert keeper.reading("keeper")["count"] > last


def test_it_is_told_when_the_first_value_is_on_the_disk(keeper: SupervisedHost) -> None:
    told = keeper.of(KeptStateWritten, "keeper") or [keeper.wait_for(KeptStateWritten, "keeper")]
    assert [each.size_bytes for each in told] == [1]
    assert [len(file.read_bytes()) for file in files(keeper.folder)] == [1]


def test_a_person_clears_it_while_the_plugin_runs_and_the_plugin_begins_again(keeper: SupervisedHost) -> None:
    supervisor = keeper.host._supervisor
    assert [each.plugin for each in supervisor.kept()] == ["keeper"]
    assert int(supervisor.text("keeper") or 0) >= 3
    keeper.host.order("other", Order.STOP)
    keeper.reaches("other", State.STOPPED)
    supervisor.clear("keeper")
    assert keeper.reading("keeper", lambda reading: reading["count"] == 1)
    supervisor.clear("other")
    assert keeper.stop()
    assert State.LOADING not in keeper.states("other")[keeper.states("other").index(State.STOPPED) :]
    assert counts(keeper)[-1] < 1000 and [file.name for file in files(keeper.folder)] == ["keeper.json"]


def test_a_crash_and_a_new_version_of_the_file_lose_nothing(keeper: SupervisedHost) -> None:
    keeper.write("keeper", KEEPER.replace("return", "count // (count % 2)\n    return"))
    keeper.wait_for(PluginReloaded, "keeper")
    keeper.crash("keeper")
    keeper.write("keeper", KEEPER)
    last = counts(keeper)[-1]
    keeper.reading("keeper", lambda reading: reading["count"] > last + 2)
    assert counts(keeper) == sorted(set(counts(keeper)))


def test_a_deleted_plugin_takes_its_state_along_at_the_next_stop(keeper: SupervisedHost) -> None:
    keeper.path("keeper").unlink()
    keeper.wait_for(PluginsChanged, where=lambda event: "keeper" not in event.names)
    assert keeper.stop()
    assert files(keeper.folder) == []
    assert "the state that keeper kept is deleted" in keeper.story()


def test_a_plugin_that_was_deleted_while_no_host_ran_loses_its_state_with_the_next_host(keeper: SupervisedHost) -> None:
    assert keeper.stop()
    keeper.path("keeper").unlink()
    keeper.start()
    keeper.reading("other")
    assert keeper.stop()
    assert files(keeper.folder) == []


def test_a_disabled_plugin_keeps_its_state(keeper: SupervisedHost) -> None:
    keeper.configure({"plugins.keeper": {"enabled": False}})
    keeper.wait_for(PluginsChanged, where=lambda event: "keeper" not in event.names)
    assert keeper.stop()
    before = files(keeper.folder)[0].read_text()
    keeper.start()
    keeper.reading("other")
    keeper.skip()
    assert keeper.stop()
    assert [file.read_text() for file in files(keeper.folder)] == [before]


def test_a_plugin_whose_folder_is_gone_keeps_its_state(keeper: SupervisedHost) -> None:
    (keeper.folder / "plugins").rename(keeper.folder / "taken out")
    keeper.wait_for(PluginsChanged, where=lambda event: "keeper" not in event.names)
    assert keeper.stop()
    assert [file.name for file in files(keeper.folder)] == ["keeper.json"]


def test_a_restart_by_a_person_loses_nothing(keeper: SupervisedHost) -> None:
    keeper.host.order("keeper", Order.RESTART)
    last = counts(keeper)[-1]
    keeper.reading("keeper", lambda reading: reading["count"] > last + 2)
    assert counts(keeper) == sorted(set(counts(keeper)))


def test_a_try_and_a_trial_begin_without_a_state_and_leave_the_real_one_alone(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    desk = Desk(tmp_path, cache_folder)
    desk.write("host.toml", "[host]\ninterval = 0.05\n")
    desk.write("plugins/keeper.py", KEEPER)
    assert '"count": 1' in desk.run_here("run", "--rounds", "1").out
    before = {file: file.read_text() for file in files(tmp_path)}
    assert before
    with desk.running("try", "plugins/keeper.py") as running:
        assert '"count": 1' in running.stdout.readline()
    assert "No fault applies to keeper" in desk.run_here("test", "keeper").out
    assert {file: file.read_text() for file in files(tmp_path)} == before
