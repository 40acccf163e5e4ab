"""A folder carries a plugin's libraries to a computer without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.errors import FetchError, HostError, LibraryError
from hostcore.libraries.bundle import export_libraries, import_libraries
from hostcore.libraries.lock import Lock, lock_path, write_lock
from hostcore.libraries.store import WheelStore
from tests.fetching import plugin_source
from tests.package_index import Files, package


class Computer:
    """A computer with the plugin."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.plugin, self.store = folder / "sensor.py", WheelStore(folder / "wheels")
        self.plugin.write_text(plugin_source("driver"), encoding="utf-8")
        self.lock = lock_path(self.plugin)

    def have(self, files: Files) -> None:
        """Let it have fetched these wheels."""
        write_lock(self.lock, Lock(("driver",), tuple(self.store.add(*each) for each in files.items())))


@pytest.fixture
def laptop(tmp_path: Path) -> Computer:
    made = Computer(tmp_path / "laptop")
    made.have({**package("driver"), **package("helper")})
    return made


@pytest.fixture
def pi(tmp_path: Path) -> Computer:
    return Computer(tmp_path / "pi")


def refused(pi: Computer, folder: Path) -> str:
    with pytest.raises(LibraryError) as caught:
        import_libraries(pi.plugin, pi.store, folder)
    assert not pi.lock.exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_exported_can_be_imported(laptop: Computer, pi: Computer, tmp_path: Path) -> None:
    folder = tmp_path / "stick" / "libraries"
    lock = export_libraries("sensor", laptop.plugin, laptop.store, folder)
    assert sorted(each.name for each in folder.iterdir()) == [
        "driver-1.0-py3-none-any.whl",
        "helper-1.0-py3-none-any.whl",
        "sensor.lock",
    ]
    assert import_libraries(pi.plugin, pi.store, folder) == lock
    assert pi.lock.read_bytes() == laptop.lock.read_bytes()
    assert all(pi.store.read(each) for each in lock.packages)


def test_libraries_that_are_not_fetched_cannot_be_exported(pi: Computer, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="run: wasi-host fetch sensor"):
        export_libraries("sensor", pi.plugin, pi.store, tmp_path / "stick")
    assert not (tmp_path / "stick").exists()


def test_a_wheel_that_is_missing_here_cannot_be_exported(laptop: Computer, tmp_path: Path) -> None:
    next(laptop.store.folder.glob("*.whl")).unlink()
    with pytest.raises(FetchError, match="run: wasi-host fetch sensor"):
        export_libraries("sensor", laptop.plugin, laptop.store, tmp_path / "stick")
    assert not (tmp_path / "stick").exists()


def test_a_folder_that_cannot_be_written_is_named(laptop: Computer, tmp_path: Path) -> None:
    (tmp_path / "stick").write_text("a file")
    with pytest.raises(HostError, match="stick: cannot be written"):
        export_libraries("sensor", laptop.plugin, laptop.store, tmp_path / "stick")


def test_a_wheel_that_is_not_what_the_lock_says_is_refused(laptop: Computer, pi: Computer, tmp_path: Path) -> None:
    export_libraries("sensor", laptop.plugin, laptop.store, tmp_path / "stick")
    exchanged = package("helper", source="exchanged = True\n")
    for name, content in exchanged.items():
        (tmp_path / "stick" / name).write_bytes(content)
    assert "helper-1.0-py3-none-any.whl: has the SHA-256" in refused(pi, tmp_path / "stick")
    assert not any(pi.store.folder.glob("*.whl")), "nothing is kept if one wheel is wrong"


def test_a_wheel_that_is_missing_in_the_folder_is_named(laptop: Computer, pi: Computer, tmp_path: Path) -> None:
    export_libraries("sensor", laptop.plugin, laptop.store, tmp_path / "stick")
    (tmp_path / "stick" / "helper-1.0-py3-none-any.whl").unlink()
    assert "helper-1.0-py3-none-any.whl: cannot be read: No such file" in refused(pi, tmp_path / "stick")


def test_a_folder_without_the_plugin_is_told(pi: Computer, tmp_path: Path) -> None:
    assert f"{tmp_path}/sensor.lock: no such file; on a computer with a network, run" in refused(pi, tmp_path)
    assert "nowhere/sensor.lock: no such file" in refused(pi, tmp_path / "nowhere")


def test_a_lock_for_other_dependencies_is_refused(laptop: Computer, pi: Computer, tmp_path: Path) -> None:
    export_libraries("sensor", laptop.plugin, laptop.store, tmp_path / "stick")
    pi.plugin.write_text(plugin_source("driver>=2"), encoding="utf-8")
    assert "is for other dependencies than sensor.py names" in refused(pi, tmp_path / "stick")
