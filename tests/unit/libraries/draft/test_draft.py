"""A draft of a plugin for a library, made from the names in its source."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.libraries.draft.outline import MAX_SOURCE, MAX_TOTAL, outline
from hostcore.libraries.draft.supplies import Wiring
from hostcore.libraries.draft.writing import MOST_NAMES, Draft, Library, draft
from hostcore.libraries.metadata import script_metadata


def drafted(modules: Mapping[str, str], chip: str = "ab12", wiring: Wiring = Wiring()) -> Draft:  # noqa: B008 - frozen
    sources = {name: dedent(source) for name, source in modules.items()}
    made = draft(Library(f"lib-{chip}", "1.2.3", chip, outline(sources)), wiring)
    compile(made.source, "draft.py", "exec")
    return made


def permissions(made: Draft) -> list[str]:
    return [str(each) for each in made.permissions]


THERMOMETER = '''
    from micropython import const

    _DEFAULT = const(0x44)


    class Mode:
        def __init__(self, number: int) -> None: ...


    class AB12:
        """Driver of the chip."""

        def __init__(self, i2c_bus: I2C, address: int = _DEFAULT) -> None: ...

        @property
        def temperature(self) -> float:
            """The temperature in degrees Celsius."""

        @property
        def relative_humidity(self) -> float:
            """
            The humidity in percent.
            More words.
            """

        @property
        def temperature_offset(self) -> float: ...

        @property
        def mode(self) -> int: ...

        @mode.setter
        def mode(self, new: int) -> None: ...

        def reset(self) -> None: ...
'''


def test_the_class_gets_its_bus_and_each_measurement_becomes_a_value() -> None:
    made = drafted({"lib_ab12": THERMOMETER})
    assert made.what == "lib_ab12.AB12"
    assert "from lib_ab12 import AB12\n" in made.source
    assert "    sensor = AB12(board.I2C())\n" in made.source
    assert '        "temperature": sensor.temperature,  # The temperature in degrees Celsius.\n' in made.source
    assert '        "humidity": sensor.relative_humidity,  # The humidity in percent.\n' in made.source
    for setting in ("offset", "mode", "reset"):
        assert setting not in made.source
    assert "likely:" not in made.source


def test_its_metadata_names_the_library_and_asks_for_the_chip() -> None:
    made = drafted({"lib_ab12": THERMOMETER})
    metadata = script_metadata(made.source)
    assert metadata is not None
    assert metadata.dependencies == ("lib-ab12",)
    assert metadata.permissions == ("i2c:1:0x44",)
    assert permissions(made) == ["i2c:1:0x44"]


def test_an_address_and_a_bus_of_the_persons_choice_are_used() -> None:
    made = drafted({"lib_ab12": THERMOMETER}, wiring=Wiring(i2c=3, address=0x5C))
    assert "AB12(board.I2C(), address=0x5C)" in made.source
    assert permissions(made) == ["i2c:3:0x5c"]


def test_of_a_base_class_and_its_forms_for_i2c_and_spi_the_one_for_i2c_is_chosen() -> None:
    made = drafted(
        {
            "lib.basic": """
                class AB12:
                    def __init__(self, implementation: Union[I2C_Impl, SPI_Impl]): ...
                    @property
                    def pressure(self) -> float: ...

                class AB12_SPI(AB12):
                    def __init__(self, spi: SPI, cs: DigitalInOut, baudrate: int = 100000): ...

                class AB12_I2C(AB12):
                    def __init__(self, i2c: I2C, address: int = 0x76): ...
            """
        }
    )
    assert made.what == "lib.basic.AB12_I2C"
    assert '"pressure": sensor.pressure' in made.source, "it inherits the measurement"
    assert "# It also has AB12_SPI.\n" in made.source


def test_a_chip_on_spi_gets_a_chip_select() -> None:
    made = drafted(
        {
            "lib": """
                class AB12:
                    def __init__(self, spi: SPI, cs: DigitalInOut): ...
                    @property
                    def temperature(self): ...
            """
        }
    )
    assert "sensor = AB12(board.SPI(), cs=digitalio.DigitalInOut(board.CE0))\n" in made.source
    assert "import board\nimport digitalio\n" in made.source
    assert permissions(made) == ["spi:0.0"]


def test_a_sensor_on_a_pin_gets_a_likely_one_and_asks_for_pulses_if_it_times_them() -> None:
    made = drafted(
        {
            "lib": """
                class DHTBase:
                    def __init__(self, dht11: bool, pin: Pin, trig_wait: int, use_pulseio: bool): ...
                    @property
                    def humidity(self): ...
                class DHT11(DHTBase):
                    def __init__(self, pin: Pin, use_pulseio: bool = True): ...
                class DHT22(DHTBase):
                    def __init__(self, pin: Pin, use_pulseio: bool = True): ...
            """
        },
        chip="dht",
    )
    assert "sensor = DHT22(board.D4)  # likely: check pin\n" in made.source
    assert permissions(made) == ["gpio:4:pulses"]
    assert "# It also has DHT11.\n" in made.source


def test_a_converter_is_read_through_its_first_channel() -> None:
    made = drafted(
        {
            "lib.base": "class AB1x:\n def __init__(self, i2c: 'I2C', address: int = 0x48): ...",
            "lib.ab12": "from .base import AB1x\nclass AB12(AB1x):\n @property\n def rates(self): ...",
            "lib.analog_in": """
                class AnalogIn:
                    def __init__(self, ads: AB1x, positive_pin: int, negative_pin: Optional[int] = None): ...
                    @property
                    def voltage(self) -> float: ...
            """,
        }
    )
    assert (
        "    sensor = AB12(board.I2C())\n    channel = AnalogIn(sensor, 0)  # likely: the first input\n" in made.source
    )
    assert '"voltage": channel.voltage' in made.source


def test_methods_without_arguments_measure_too_and_a_chip_is_begun_first() -> None:
    made = drafted(
        {
            "qwiic_ab12": """
                _ADDRESSES = [0x77, 0x76]
                class QwiicAb12(object):
                    available_addresses = _ADDRESSES
                    def __init__(self, address=None, i2c_driver=None): ...
                    def begin(self): ...
                    def is_connected(self): ...
                    def get_temperature_celsius(self): ...
                    def get_temperature_fahrenheit(self): ...
                    def read_humidity(self):
                        \"\"\"!
                        Reads the humidity.
                        \"\"\"
                    def get_reference_pressure(self): ...
                    def get_range(self, wide): ...
            """
        }
    )
    assert "    sensor = QwiicAb12()\n    sensor.begin()\n" in made.source
    assert '"temperature": sensor.get_temperature_celsius(),\n' in made.source
    assert '"humidity": sensor.read_humidity(),  # Reads the humidity.\n' in made.source
    assert "fahrenheit" not in made.source and "reference" not in made.source and "range" not in made.source
    assert permissions(made) == ["i2c:1:0x77"], "the library opens the bus itself"


def test_an_update_that_keeps_its_results_in_a_part_is_made_before_they_are_read() -> None:
    made = drafted(
        {
            "ab12": """
                from . import constants
                class AB12:
                    def __init__(self, i2c_addr=constants.PRIMARY):
                        self.settings = Settings()
                        self.data = FieldData()
                    def get_sensor_data(self): ...
            """,
            "ab12.constants": """
                PRIMARY = 0x76
                class Settings:
                    def __init__(self):
                        self.target_temperature = None
                class FieldData:
                    def __init__(self):
                        self.temperature = None
                        self.status = None
            """,
        }
    )
    assert "    sensor.get_sensor_data()\n" in made.source
    assert '        "temperature": sensor.data.temperature,\n    }' in made.source
    assert permissions(made) == ["i2c:1:0x76"]


def test_an_address_without_a_default_is_taken_from_the_librarys_own_example() -> None:
    made = drafted(
        {"ab12": "class ab12:\n def __init__(self, address, bus=1): ...\n def get_temp(self): ...\nprint(ab12(0x68))"}
    )
    assert "sensor = ab12(address=0x68)  # likely: check address\n" in made.source
    assert '"temperature": sensor.get_temp()' in made.source


def test_a_display_and_a_strip_show_something() -> None:
    display = drafted(
        {"lib": "class AB12_I2C(framebuf.FrameBuffer):\n def __init__(self, width: int, height: int, i2c: I2C): ..."}
    )
    assert "    display = AB12_I2C(width=128, height=64, i2c=board.I2C())  # likely" in display.source
    assert "def update(readings: dict) -> None:\n" in display.source and "    display.show()\n" in display.source
    strip = drafted(
        {"pix": "class Pixels(adafruit_pixelbuf.PixelBuf):\n def __init__(self, pin: Pin, n: int): ..."}, "pix"
    )
    assert "    pixels = Pixels(board.D10, n=8)" in strip.source and "pixels.fill(" in strip.source
    assert permissions(strip) == ["leds"]


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
