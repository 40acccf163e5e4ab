"""A draft of a plugin for a library, made from the names in its source."""

from __future__ import annotations

from textwrap import dedent

from hostcore.libraries.draft.outline import outline
from hostcore.libraries.draft.supplies import Wiring
from hostcore.libraries.draft.writing import Library, draft
from hostcore.libraries.metadata import script_metadata
from tests.drafts import THERMOMETER, drafted, permissions


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


def test_a_chip_on_another_bus_than_the_first_is_reached_through_that_bus() -> None:
    made = drafted({"lib_ab12": THERMOMETER}, wiring=Wiring(i2c=3, is_first_i2c=False, address=0x45))
    assert "import adafruit_extended_bus\n" in made.source
    assert "    sensor = AB12(adafruit_extended_bus.ExtendedI2C(3), address=0x45)\n" in made.source
    assert permissions(made) == ["i2c:3:0x45"]
    assert made.gives_address and made.addresses == (0x44,)


def test_the_class_that_a_trial_has_used_is_taken_before_one_whose_name_fits_better() -> None:
    sources = {"lib_ab12": dedent(THERMOMETER), "lib_ab12_fast": dedent(THERMOMETER.replace("AB12", "Fast"))}
    for known, taken in (
        ("", "lib_ab12.AB12"),
        ("lib_ab12_fast.Fast", "lib_ab12_fast.Fast"),
        ("no.Such", "lib_ab12.AB12"),
    ):
        assert draft(Library("lib-ab12", "1.2.3", "ab12", outline(sources), known), Wiring()).what == taken
