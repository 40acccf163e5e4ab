"""``wasi-host fetch``: a plugin's libraries come from an index, or from a folder."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.command import Desk
from tests.fetching import pip_settings, plugin_source
from tests.package_index import index, never_answer, package
from tests.waiting import until

pytestmark = pytest.mark.thorough

SETTINGS = '[host]\ncache_folder = "cache"\n[libraries]\nfolder = "wheels"\n'


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    made = Desk(tmp_path / "desk", cache_folder)
    made.write("host.toml", SETTINGS)
    made.write("plugins/plain.py", "def read():\n    return 1\n")
    return made


def test_libraries_are_fetched_and_carried_to_a_pi_without_a_network(
    desk: Desk, tmp_path: Path, cache_folder: Path
) -> None:
    source = plugin_source("driver", "smbus2")
    desk.write("plugins/sensor.py", source)
    with index(package("driver")) as served:
        fetched = desk.run("fetch", environment=pip_settings(tmp_path, served.url))
    assert fetched.status == 0
    assert "sensor.lock: driver 1.0 (" in fetched.out
    assert "resolving the libraries of sensor" in fetched.err
    exported = desk.run("fetch", "sensor", "--to", tmp_path / "stick")
    assert (exported.status, exported.err) == (0, "")
    assert exported.out.startswith(f"{tmp_path / 'stick' / 'sensor.lock'}: driver 1.0 (")

    pi = Desk(tmp_path / "pi", cache_folder)
    pi.write("host.toml", SETTINGS)
    pi.write("plugins/sensor.py", source)
    imported = pi.run("fetch", "plugins/sensor.py", "--from", tmp_path / "stick")
    assert (imported.status, imported.err) == (0, "")
    assert (pi.folder / "plugins/sensor.lock").read_bytes() == (desk.folder / "plugins/sensor.lock").read_bytes()


def test_one_plugin_that_cannot_work_does_not_keep_others_from_theirs(desk: Desk, tmp_path: Path) -> None:
    desk.write("plugins/first.py", plugin_source("numpy"))
    desk.write("plugins/second.py", plugin_source("driver"))
    with index(package("driver")) as served:
        done = desk.run("fetch", environment=pip_settings(tmp_path, served.url))
    assert done.status == 1
    assert "wasi-host: first.py: numpy has native code" in done.err
    assert not (desk.folder / "plugins/first.lock").exists()
    assert (desk.folder / "plugins/second.lock").exists()


def test_a_plugin_of_the_settings_that_has_no_file_is_left_out(desk: Desk) -> None:
    desk.write("host.toml", f"{SETTINGS}[plugins.gone]\n")
    done = desk.run("fetch")
    assert (done.status, done.out, done.err) == (0, "No plugin names libraries.\n", "")


def test_without_libraries_there_is_nothing_to_do(desk: Desk) -> None:
    done = desk.run("fetch")
    assert (done.status, done.out, done.err) == (0, "No plugin names libraries.\n", "")
    assert "no such plugin; there are: plain" in desk.run("fetch", "kettle").err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_fetch_leaves_no_lock_and_no_process(
    desk: Desk, tmp_path: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("plugins/sensor.py", plugin_source("driver"))
    with index({}, never_answer) as served:
        for name, value in pip_settings(tmp_path, served.url).items():
            monkeypatch.setenv(name, value)
        patient = Desk(desk.folder, Path(str(tmp_path / "cache" / "wasi-host")))
        with patient.running("fetch", "sensor") as running:
            until(lambda: bool(served.asked), 60.0)
            outcome = running.stop(number)
            assert not running.left_behind()
    assert outcome.status == {signal.SIGKILL: -9}.get(number, 130)
    assert "Traceback" not in outcome.err
    assert not (desk.folder / "plugins/sensor.lock").exists()
    if number != signal.SIGKILL:
        assert list((desk.folder / "wheels").iterdir()) == []
