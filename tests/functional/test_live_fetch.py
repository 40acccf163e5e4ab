"""A running host fetches the libraries of a plugin on demand, and starts it when they are here."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.errors import HostError
from hostcore.events import FetchEnded, PluginReloaded, ReadingPublished, State, StateChanged
from tests.supervised import COUNTER, SupervisedHost
from tests.waiting import soon
from tests.wheels import wheel_content, wheel_file

pytestmark = pytest.mark.thorough

pytest_plugins = ["tests.supervised_fixture"]

USES_LAMP = """
# /// script
# dependencies = ["bright-lamp"]
# ///
import lamp

def read():
    return {"glow": lamp.GLOW}
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which pip finds packages, without a network."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def offer_lamp(index: Path) -> None:
    (index / wheel_file("bright-lamp")).write_bytes(wheel_content("bright-lamp", {"lamp.py": "GLOW = 7\n"}))


def lacks_libraries(supervised: SupervisedHost) -> StateChanged:
    return supervised.wait_for(StateChanged, "shine", lambda event: event.lacks_libraries)


def test_a_plugin_that_was_not_fetched_says_so_and_starts_once_it_is(supervised: SupervisedHost, index: Path) -> None:
    offer_lamp(index)
    supervised.write("shine", USES_LAMP)
    supervised.start()
    changed = lacks_libraries(supervised)
    assert changed.after is State.QUARANTINED
    assert changed.cause.endswith("run: wasi-host fetch shine")
    supervised.host.fetch("shine")
    assert supervised.wait_for(FetchEnded, "shine").error == ""
    assert supervised.reading("shine") == {"glow": 7}
    assert not supervised.of(StateChanged, "shine")[-1].lacks_libraries


def test_a_fetch_that_fails_tells_why_and_the_others_keep_reading(supervised: SupervisedHost, index: Path) -> None:
    supervised.write("shine", USES_LAMP)
    supervised.write("other", COUNTER)
    supervised.start()
    lacks_libraries(supervised)
    supervised.host.fetch("shine")
    assert "bright-lamp" in supervised.wait_for(FetchEnded, "shine").error
    assert not supervised.path("shine").with_suffix(".lock").exists()
    supervised.skip()
    supervised.wait_for(ReadingPublished, "other")


def test_a_new_version_that_needs_a_library_waits_for_it_while_the_old_one_reads(
    supervised: SupervisedHost, index: Path
) -> None:
    offer_lamp(index)
    supervised.write("shine", COUNTER)
    supervised.start()
    supervised.reading("shine")
    supervised.write("shine", USES_LAMP)
    changed = lacks_libraries(supervised)
    assert changed.after is State.RUNNING
    assert "the libraries are not fetched yet" in changed.rejected
    supervised.reading("shine", lambda reading: "count" in reading)
    supervised.host.fetch("shine")
    supervised.wait_for(PluginReloaded, "shine")
    assert supervised.reading("shine", lambda reading: "glow" in reading) == {"glow": 7}
    assert not supervised.of(StateChanged, "shine")[-1].lacks_libraries


@pytest.mark.parametrize("plugin", ["shine", "sealed"])
def test_what_cannot_be_fetched_is_refused_at_once(supervised: SupervisedHost, plugin: str) -> None:
    supervised.start()
    with pytest.raises(HostError, match=f"no plugin is called '{plugin}'"):
        supervised.host.fetch(plugin)


@pytest.fixture
def silent_index(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """An index that takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.getsockname()[1]}/simple")
        yield server


def test_the_host_stops_soon_while_an_index_does_not_answer(
    supervised: SupervisedHost, silent_index: socket.socket
) -> None:
    supervised.write("shine", USES_LAMP)
    supervised.start()
    lacks_libraries(supervised)
    supervised.host.fetch("shine")
    connection, _ = silent_index.accept()  # pip asks
    with soon():
        assert supervised.stop()
    connection.close()
    assert not supervised.threads()
    assert [each.name for each in (supervised.folder / "plugins").iterdir()] == ["shine.py"]
