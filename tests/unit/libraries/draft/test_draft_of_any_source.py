"""Whatever the source of a library is, a draft of a driver comes of it, and none of its code runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.libraries.draft.outline import MAX_SOURCE, MAX_TOTAL, outline
from hostcore.libraries.draft.supplies import Wiring
from hostcore.libraries.draft.writing import MOST_NAMES, Library, draft
from tests.drafts import THERMOMETER, drafted


def test_a_library_without_a_driver_is_imported_and_its_names_are_listed() -> None:
    made = drafted({"nmea": "class Sentence: ...\ndef parse(line): ...\ndef _helper(): ..."})
    assert (made.what, made.permissions) == ("", ())
    assert "\nimport nmea\n" in made.source
    assert "    # nmea.parse\n    # nmea.Sentence\n    return {}\n" in made.source


def test_modules_that_are_not_python_here_are_left_out() -> None:
    hostile = {
        "deep": "x = " + "(" * 100_000,
        "zero": "a = 1\0",
        "future": "match lambda: 0 => 1",
        "lib_ab12": THERMOMETER,
    }
    assert drafted(hostile).what == "lib_ab12.AB12"


def test_of_a_library_that_is_too_large_a_part_is_looked_at() -> None:
    filling = "#" * (MAX_SOURCE - 1) + "\n"
    assert drafted({"lib_ab12": THERMOMETER, "large": filling + "class AB12: ..."}).what == "lib_ab12.AB12"
    many = {f"part{number}": filling for number in range(MAX_TOTAL // MAX_SOURCE)}
    assert drafted({**many, "lib_ab12": THERMOMETER}).what == ""


def test_classes_that_inherit_in_a_circle_do_no_harm() -> None:
    made = drafted({"lib": "class AB12(Other):\n def __init__(self, i2c): ...\nclass Other(AB12): ..."})
    assert made.what.startswith("lib.")


WORDS = st.sampled_from(
    ["i2c", "address", "temperature", "get_x", "pin", "a\nb", "'''", '"""\nimport os\n"""', "\x1b[2J", "\u2028"]
)


@given(st.lists(WORDS, max_size=4).map(" ".join), WORDS)
def test_the_words_of_a_docstring_stay_words(summary: str, more: str) -> None:
    source = f"class AB12:\n def __init__(self, i2c): ...\n @property\n def temperature(self):\n  {summary + more!r}"
    made = drafted({"lib": source})
    assert '"temperature": sensor.temperature,' in made.source
    assert "\x1b" not in made.source and "\u2028" not in made.source
    assert made.source.count("import os") in (0, 1) and "\nimport os" not in made.source


@given(st.text())
def test_any_source_gives_a_draft(source: str) -> None:
    assert draft(Library("lib", "1", "lib", outline({"lib": source})), Wiring()).source


@pytest.mark.parametrize(
    ("package", "chip"),
    [
        ("adafruit-circuitpython-sht4x", "sht4x"),
        ("pimoroni-bme280", "bme280"),
        ("sparkfun-qwiic-tmp102", "tmp102"),
        ("mpu6050-raspberrypi", "mpu6050"),
        ("rpi-bme280", "bme280"),
        ("bme680", "bme680"),
    ],
)
def test_the_name_of_a_package_names_its_chip(package: str, chip: str) -> None:
    from hostcore.authoring.library import chip_of

    assert chip_of(package) == chip


@pytest.mark.parametrize("module", ["class", "lib.lambda", "None"])
def test_a_module_that_no_statement_can_import_is_left_out(module: str) -> None:
    made = drafted({module: THERMOMETER, "lib_other": "def start(): ..."})
    assert made.what == ""
    assert "import lib_other\n" in made.source


@pytest.mark.parametrize("name", ["sensor", "setup", "board"])
def test_a_class_with_a_name_that_the_draft_uses_itself_gets_another_one(name: str) -> None:
    made = drafted({"lib_ab12": THERMOMETER.replace("AB12", name)})
    assert f"from lib_ab12 import {name} as {name}_class\n" in made.source
    assert f"    sensor = {name}_class(board.I2C())\n" in made.source


def test_only_the_modules_of_the_names_that_it_lists_are_imported() -> None:
    assert drafted({f"lib_{number}": "def start(): ..." for number in range(100)}).source.count("import ") == MOST_NAMES


def test_a_library_with_old_escapes_warns_nobody(recwarn: pytest.WarningsRecorder) -> None:
    drafted({"lib_ab12": "PATTERN = '\\d'\n"})
    assert not recwarn.list
