"""The recordings of a host that stops: on the disk, found by their plugin's name, and only if that is wanted."""

from __future__ import annotations

import stat
from pathlib import Path

from hostcore.events import State
from hostcore.recording.contents import read_recording
from hostcore.session import Order
from tests.command import Desk
from tests.supervised import COUNTER, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]


def kept(folder: Path) -> list[Path]:
    """All files of kept recordings."""
    return sorted((folder / "state" / "wasi-host" / "recordings").glob("*/*"))


def test_a_stop_keeps_what_each_plugin_did_for_a_replay(supervised: SupervisedHost, cache_folder: Path) -> None:
    for name in ("one", "two"):
        supervised.write(name, COUNTER)
    supervised.start()
    for name in ("one", "two"):
        supervised.reading(name, lambda reading: reading["count"] >= 3)
    assert supervised.stop()
    assert [(each.name, stat.S_IMODE(each.stat().st_mode)) for each in kept(supervised.folder)] == [
        ("one.recording", 0o600),
        ("two.recording", 0o600),
    ]
    outcome = Desk(supervised.folder, cache_folder).run("replay", "two")
    assert "no host runs; " in outcome.err and "is from its stop or a person's request, " in outcome.err
    assert "all as recorded" in outcome.out


def test_a_stop_of_one_plugin_keeps_its_recording_while_the_host_goes_on(supervised: SupervisedHost) -> None:
    supervised.write("one", COUNTER)
    supervised.start()
    supervised.reading("one", lambda reading: reading["count"] >= 3)
    supervised.host.order("one", Order.STOP)
    supervised.reaches("one", State.STOPPED)
    assert supervised.stop()
    (file,) = kept(supervised.folder)
    assert len(read_recording(file.read_bytes()).calls) >= 2


def test_host_toml_can_turn_it_off(supervised: SupervisedHost) -> None:
    supervised.configure({"recording": {"at_stop": False}})
    supervised.write("one", COUNTER)
    supervised.start()
    supervised.reading("one")
    assert supervised.stop()
    assert kept(supervised.folder) == []


def test_a_folder_that_cannot_be_written_is_told_and_the_stop_goes_on(supervised: SupervisedHost) -> None:
    (supervised.folder / "state" / "wasi-host").mkdir(parents=True)
    (supervised.folder / "state" / "wasi-host" / "recordings").write_text("")
    supervised.write("one", COUNTER)
    supervised.start()
    supervised.reading("one")
    assert supervised.stop()
    assert supervised.line("one", "its recording is not kept: ").by_host
