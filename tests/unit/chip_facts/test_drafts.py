"""Facts are taken out of drivers, which are never run, and written as the tables of a chip file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tomli

from tests.chip_facts import adafruit, pimoroni, st
from tests.chip_facts.as_toml import as_toml
from tests.chip_facts.facts import Facts, Field, Register

HEADER = """
#define TESTER1_I2C_ADD_L   0x31U
#define TESTER1_I2C_ADD_H   0x33U
#define TESTER1_ID          0x5AU
#define TESTER1_WHO_AM_I    0x0FU
#define TESTER1_CTRL        0x20U
typedef struct
{
#if DRV_BYTE_ORDER == DRV_LITTLE_ENDIAN
  uint8_t on            : 1;
  uint8_t not_used_01   : 2;
  uint8_t rate          : 3; /* : 7 is not its width */
  uint8_t self_test     : 2;
#elif DRV_BYTE_ORDER == DRV_BIG_ENDIAN
  uint8_t self_test     : 2;
  uint8_t rate          : 3;
  uint8_t not_used_01   : 2;
  uint8_t on            : 1;
#endif
} tester1_ctrl_t;
#define TESTER1_OUT_X_L_A   0x28U
#define TESTER1_OUT_X_H_A   0x29U
#define TESTER1_PAGE_SEL    0x02U
typedef enum
{
  TESTER1_OFF       = 0,
  TESTER1_10_Hz     = 0x1,
} tester1_rate_t;
typedef enum
{
  TESTER1_TOO_LARGE = 9,
} tester1_self_test_t;
"""

MODULE = """
from adafruit_register.i2c_bits import RWBits
raise SystemExit("this module is read, and never run")
_TESTER2_ADDRESS = const(0x18)
_TESTER2_STATUS = const(0x00)
_TESTER2_CONFIG = const(0x01)
_TESTER2_RESULT = const(0x02)
_TESTER2_LIMIT = const(0x03)

class Tester:
    ready = ROBit(_TESTER2_STATUS, 7)
    _gain = RWBits(2, _TESTER2_CONFIG, 4, register_width=2, lsb_first=False)
    _mode = RWBits(3, _TESTER2_CONFIG, 0, 2, False)
    _raw = ROUnaryStruct(_TESTER2_RESULT, ">h")
    _computed = RWBits(width(), _TESTER2_LIMIT, 0)
"""

DEVICE = """
ADDRESS = 0x29
device = Device([ADDRESS, 0x39], registers=(
    Register("CONTROL", 0x80, fields=(
        BitField("gain", 0b00011100, adapter=LookupAdapter({1: 0b000, 48: 0b110})),
        BitField("on", 0b1),
    )),
    Register("DATA", 0x88, fields=(BitField("first", 0xFFFF << 16),), bit_width=32, read_only=True),
))
"""


def named(facts: Facts, bank: int = 1) -> dict[str, Register]:
    """The registers of a bank by name."""
    return {register.name: register for register in facts.banks[bank - 1]}


def test_header_of_st_gives_addresses_in_seven_bits_and_the_identity() -> None:
    """The header's addresses are in 8-bit form."""
    facts = st.read(HEADER)
    assert (facts.addresses, facts.identity) == ((0x18, 0x19), 0x5A)


def test_fields_of_st_count_from_the_least_significant_bit() -> None:
    """Unused bits count, but are no fields. An enumeration belongs to the field of its name if it fits."""
    assert named(st.read(HEADER))["CTRL"].fields == (
        Field("on", 0, 0),
        Field("rate", 5, 3, {0: "off", 1: "10 hz"}),
        Field("self_test", 7, 6),
    )


def test_low_and_high_byte_of_st_are_one_register() -> None:
    """Their name loses the letter in its middle."""
    assert named(st.read(HEADER))["OUT_X_A"] == Register("OUT_X_A", 0x28, 2, byte_order="little")


def test_number_below_the_one_before_begins_another_bank() -> None:
    """ST lists each bank in ascending order."""
    assert list(named(st.read(HEADER), bank=2)) == ["PAGE_SEL"]


def test_declarations_of_one_register_are_its_fields() -> None:
    """Names lose the prefix of the module and the underscore of private attributes."""
    config = named(adafruit.read(MODULE))["CONFIG"]
    assert config == Register("CONFIG", 0x01, 2, "read-write", "big", fields=(Field("gain", 5, 4), Field("mode", 2, 0)))


def test_whole_register_has_the_size_order_and_sign_of_its_layout() -> None:
    """The layout is that of the struct module."""
    assert named(adafruit.read(MODULE))["RESULT"] == Register("RESULT", 0x02, 2, "read-only", "big", signed=True)


def test_declaration_that_has_to_be_calculated_is_left_out() -> None:
    """Its constant is named as not described."""
    facts = adafruit.read(MODULE)
    assert "LIMIT" not in named(facts)
    assert facts.unused["LIMIT"] == 0x03


def test_masks_of_i2cdevice_become_bits() -> None:
    """A lookup table names the values."""
    control = named(pimoroni.read(DEVICE))["CONTROL"]
    assert control.fields == (Field("gain", 4, 2, {0: "1", 6: "48"}), Field("on", 0, 0))


def test_device_of_i2cdevice_has_addresses_and_wide_registers() -> None:
    """An address may be a constant's name."""
    facts = pimoroni.read(DEVICE)
    assert facts.addresses == (0x29, 0x39)
    assert named(facts)["DATA"] == Register("DATA", 0x88, 4, "read-only", "big", fields=(Field("first", 31, 16),))


@pytest.mark.parametrize("facts", [st.read(HEADER), adafruit.read(MODULE), pimoroni.read(DEVICE)])
def test_draft_is_toml_and_names_its_source_at_each_register(facts: Facts) -> None:
    """Nothing has to be corrected before a reader of TOML accepts it."""
    tables = tomli.loads(as_toml(facts, 'a "quoted" source'))
    assert tables["registers"].keys() == named(facts).keys()
    assert {table["source"] for table in tables["registers"].values()} == {'a "quoted" source'}


@pytest.mark.parametrize("bank", [0, 3])
def test_bank_that_is_not_described_is_an_error(bank: int) -> None:
    """Banks count from 1."""
    with pytest.raises(ValueError, match=f"no bank {bank}.*2 of them"):
        as_toml(st.read(HEADER), "test", bank)


def test_module_without_declarations_gives_the_numbers_of_its_constants() -> None:
    """Older drivers read and write bytes; their constants still are the numbers of registers."""
    draft = as_toml(adafruit.read("_TESTER3_MODE = const(0x2A)"), "test")
    assert draft == "# no register is declared\n# not described: MODE = 0x2a\n"


def test_command_prints_the_draft_of_a_file(tmp_path: Path) -> None:
    """The source is named after the file and its licence."""
    header = tmp_path / "tester1_reg.h"
    header.write_text(HEADER, encoding="utf-8")
    command = [sys.executable, "-m", "tests.chip_facts", "st", str(header)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert tomli.loads(printed)["registers"]["WHO_AM_I"] == {
        "address": 0x0F,
        "source": "ST tester1_reg.h (BSD-3-Clause)",
    }


def test_file_that_is_no_module_is_a_mistake_in_words(tmp_path: Path) -> None:
    """No traceback is printed."""
    module = tmp_path / "broken.py"
    module.write_text("def (", encoding="utf-8")
    command = [sys.executable, "-m", "tests.chip_facts", "adafruit", str(module)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "broken.py" in done.stderr and "Traceback" not in done.stderr
