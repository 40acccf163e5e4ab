"""The library of chip files: what is found where, and what is left out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hostcore.chips import library as library_module
from hostcore.chips import reading
from hostcore.chips.library import Library, library_with, shipped_library
from hostcore.chips.reading import read_chip_file
from hostcore.chips.reading.head import Head, read_head

CHIP = """\
name = "{name}"
maker = "Somebody"
purpose = "thermometer"
source = "data sheet"
addresses = [{address:#x}]
popularity = {popularity}
libraries = {libraries}
[bus]
register_bytes = 1
source = "1"
"""


def write(
    folder: Path, key: str, name: str = "Any", address: int = 0x18, popularity: int = 50, libraries: str = "[]"
) -> None:
    folder.mkdir(exist_ok=True)
    text = CHIP.format(name=name, address=address, popularity=popularity, libraries=libraries)
    (folder / f"{key}.toml").write_text(text, encoding="utf-8")


def test_a_later_folder_adds_chips_and_replaces_them_by_name(tmp_path: Path) -> None:
    write(tmp_path / "shipped", "a", "A")
    write(tmp_path / "shipped", "b", "B")
    write(tmp_path / "own", "b", "My B")
    write(tmp_path / "own", "c", "C")
    library = Library((tmp_path / "shipped", tmp_path / "own"))
    assert library.names() == ("a", "b", "c")
    assert [chip.name for chip in library.all()] == ["A", "My B", "C"]


def test_the_names_are_known_without_reading_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a")
    monkeypatch.setattr(reading, "read_chip_file", None)
    assert Library((tmp_path,)).names() == ("a",)


def test_no_screen_and_no_host_loads_the_reader_of_chip_files_before_it_needs_it() -> None:
    program = "import sys, hostcore.host, tui.app; sys.exit('hostcore.chips.reading' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_one_chip_is_had_by_reading_one_file_once(tmp_path: Path) -> None:
    write(tmp_path, "a")
    write(tmp_path, "b")
    library = Library((tmp_path,))
    chip = library.chip("a")
    (tmp_path / "a.toml").unlink()
    (tmp_path / "b.toml").unlink()
    assert chip is not None and library.chip("a") is chip
    assert library.chip("b") is None and library.chip("c") is None


def test_the_most_common_chip_of_an_address_comes_first(tmp_path: Path) -> None:
    write(tmp_path, "a", "Rare", 0x18, popularity=1)
    write(tmp_path, "b", "Elsewhere", 0x19)
    write(tmp_path, "c", "Common", 0x18, popularity=90)
    library = Library((tmp_path,))
    assert [chip.name for chip in library.at(0x18)] == ["Common", "Rare"]
    assert library.at(0x20) == ()


def test_a_look_for_an_address_reads_only_the_chips_that_may_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a", "Wanted", 0x18)
    write(tmp_path, "b", "Elsewhere", 0x19)
    asked = list[str]()
    monkeypatch.setattr(reading, "read_chip_file", lambda path: asked.append(path.stem) or read_chip_file(path))
    library = Library((tmp_path,))
    assert [chip.name for chip in library.at(0x18)] == ["Wanted"]
    assert library.for_driver("nobody") == () and library.at(0x20) == ()
    assert asked == ["a"]


@pytest.mark.parametrize(
    "broken", ["\xff", "[", "name = 3", 'name = "A"\naddresses = [[1]]', "addresses = [\n[1],\n]", ""]
)
def test_a_file_whose_beginning_tells_nothing_is_read_whole_and_told(tmp_path: Path, broken: str) -> None:
    (tmp_path / "a.toml").write_text(broken, encoding="latin-1")
    write(tmp_path, "b")
    library = Library((tmp_path,))
    assert [chip.key for chip in library.at(0x18)] == ["b"]
    assert len(library.problems) == 1


def test_every_shipped_chip_has_a_head_that_says_the_same() -> None:
    for chip in shipped_library().all():
        head = read_head(library_module.SHIPPED / f"{chip.key}.toml")
        assert head == Head(frozenset(chip.names), frozenset(chip.addresses), frozenset(chip.libraries)), chip.key


def test_a_broken_file_is_left_out_with_one_problem_that_names_line_and_key(tmp_path: Path) -> None:
    write(tmp_path, "a", address=0x80)
    write(tmp_path, "b")
    library = Library((tmp_path,))
    assert [chip.key for chip in (*library.all(), *library.all())] == ["b", "b"]
    (problem,) = library.problems
    assert f"{tmp_path}/a.toml:5: addresses[0]: found 128" in str(problem)


def test_a_folder_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    library = Library((tmp_path / "none",))
    assert (library.all(), library.problems) == ((), ())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0)
    library = Library((folder,))
    assert library.all() == ()
    assert "cannot be read" in str(library.problems[0])


def test_a_pipe_in_the_folder_is_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.toml")
    library = Library((tmp_path,))
    assert library.all() == ()
    assert "cannot be read" in str(library.problems[0])


def test_a_folder_with_too_many_files_is_read_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "MOST_FILES", 2)
    for key in "abc":
        write(tmp_path, key)
    library = Library((tmp_path,))
    assert library.names() == ("a", "b")
    assert "found 3 chip files, allowed are 2" in str(library.problems[0])


class TestWhatADriverIsFor:
    @pytest.fixture
    def library(self, tmp_path: Path) -> Library:
        write(tmp_path, "bme280", "BME280", libraries='["adafruit-circuitpython-bme280"]')
        write(tmp_path, "lsm6ds3", "LSM6DS3", libraries='["adafruit-circuitpython-lsm6ds"]', popularity=60)
        write(tmp_path, "lsm6dso", "LSM6DSO", libraries='["adafruit-circuitpython-lsm6ds"]')
        return Library((tmp_path,))

    @pytest.mark.parametrize("name", ["bme280", "bme280_garden", "my-bme280", "bme-280"])
    def test_its_name_can_tell(self, library: Library, name: str) -> None:
        assert [chip.key for chip in library.for_driver(name)] == ["bme280"]

    @pytest.mark.parametrize("name", ["weather", "bme2800", "bme"])
    def test_another_name_tells_nothing(self, library: Library, name: str) -> None:
        assert library.for_driver(name) == ()

    def test_its_library_can_tell(self, library: Library) -> None:
        assert [chip.key for chip in library.for_driver("weather", ["adafruit-circuitpython-bme280"])] == ["bme280"]

    @pytest.mark.parametrize(("name", "key"), [("sht31", "sht3x"), ("scd41_office", "scd4x"), ("ft6206", "ft6x06")])
    def test_that_is_named_after_one_chip_of_a_family_is_for_the_family(self, name: str, key: str) -> None:
        assert [chip.key for chip in shipped_library().for_driver(name)] == [key]

    def test_its_library_counts_more_than_its_name(self, library: Library) -> None:
        assert [chip.key for chip in library.for_driver("lsm6dso", ["adafruit-circuitpython-bme280"])] == ["bme280"]

    def test_its_name_chooses_among_the_chips_of_its_library(self, library: Library) -> None:
        chips = library.for_driver("lsm6dso", ["adafruit-circuitpython-lsm6ds"])
        assert [chip.key for chip in chips] == ["lsm6dso"]

    def test_all_chips_of_its_library_are_possible_if_its_name_tells_nothing(self, library: Library) -> None:
        chips = library.for_driver("motion", ["adafruit-circuitpython-lsm6ds"])
        assert [chip.key for chip in chips] == ["lsm6ds3", "lsm6dso"]


def test_a_chip_is_found_by_any_of_its_names() -> None:
    found = [shipped_library().named(name) for name in ("bme680", "BME688", "LIS-3DH", "dht20", "nothing")]
    assert [chip and chip.key for chip in found] == ["bme680", "bme680", "lis3dh", "aht20", None]


def test_without_a_folder_of_ones_own_it_is_the_shipped_library() -> None:
    assert library_with(None) is shipped_library()


def test_everybody_with_the_same_folder_shares_a_library(tmp_path: Path) -> None:
    assert library_with(tmp_path) is library_with(tmp_path)
