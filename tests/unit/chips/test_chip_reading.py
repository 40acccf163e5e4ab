"""A chip file is read into a chip, or refused with an error that names the line, the key, and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.chips.model import (
    Access,
    AnswerCondition,
    AutoIncrement,
    Bits,
    Chip,
    Command,
    Condition,
    Numbers,
    Role,
)
from hostcore.chips.reading import LARGEST_FILE, parse_chip, read_chip_file
from hostcore.chips.reading.problems import problems_of
from hostcore.errors import ConfigError
from hostcore.toml.reader import KeyPath

HEAD = """\
name = "Some1"
maker = "Somebody"
purpose = "thermometer"
source = "data sheet"
addresses = [0x18]
"""
BUS = """\
[bus]
register_bytes = 1
source = "1"
"""
REGISTERS = """\
[registers.CONFIG]
address = 0x01
reset = 0x60
source = "2"
fields.MODE = { bits = "6:5", values = { 0 = "asleep", 3 = "once a second" } }
[registers.STATUS]
address = 0x02
access = "read-only"
role = "status"
source = "3"
fields.READY = { bits = "7" }
[registers.OUT]
address = 0x04
size = 2
bits = "12:0"
signed = true
unit = "°C"
scale = 0.0625
low = -40.0
high = 125.0
source = "4"
[registers.WHO]
address = 0x0f
source = "5"
"""
COMMANDS = """\
[commands.MEASURE]
code = "2400"
answer_bytes = 6
source = "6"
answer = [{ name = "humidity", at = 3, size = 2, unit = "%" }]
"""


def parsed(text: str) -> Chip:
    return parse_chip("some1", KeyPath("some1.toml", text))


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parsed(text)
    return str(caught.value)


class TestWhatAFileSays:
    def test_the_least_that_a_file_can_say(self) -> None:
        chip = parsed(HEAD + BUS)
        assert (chip.key, chip.name, chip.addresses, chip.bus.register_bytes) == ("some1", "Some1", (0x18,), 1)
        assert (chip.bus.numbers, chip.bus.auto_increment) == (Numbers.BYTES, AutoIncrement.ALWAYS)
        assert (chip.registers, chip.commands, chip.identity, chip.measurement) == ((), (), (), None)

    def test_a_register_with_its_fields(self) -> None:
        config, *_ = parsed(HEAD + BUS + REGISTERS).registers
        assert (config.name, config.address, config.reset, config.access) == ("CONFIG", 1, 0x60, Access.READ_WRITE)
        (mode,) = config.fields
        assert (mode.name, mode.bits, mode.words(0x60)) == ("MODE", Bits(6, 5), "once a second")
        assert mode.words(0x20) == "1", "a value without a name is a number"

    def test_a_measured_value_in_its_unit(self) -> None:
        out = parsed(HEAD + BUS + REGISTERS).register("OUT")
        assert out is not None
        assert out.bits is not None and out.bits.signed and out.scale.unit == "°C"
        assert out.value(out.raw(b"\x00\x10")) == 1.0
        assert out.value(out.raw(b"\xff\xf0")) == -1.0, "the upper bits are no part of the number"

    def test_the_byte_order_is_that_of_the_bus_unless_a_register_has_its_own(self) -> None:
        bus = BUS + 'byte_order = "little"\n'
        both = (
            '[registers.A]\naddress = 0\nsource = "x"\nsize = 2\n[registers.B]\naddress = 2\nsource = "x"\nsize = 2\n'
        )
        first, second = parsed(HEAD + bus + both + 'byte_order = "big"\n').registers
        assert (first.raw(b"\x01\x02"), second.raw(b"\x01\x02")) == (0x0201, 0x0102)

    def test_a_left_justified_value(self) -> None:
        text = '[registers.A]\naddress = 0\nsize = 3\nshift = 4\nidle = 0x800000\nsource = "x"\n'
        (register,) = parsed(HEAD + BUS + text).registers
        assert register.number(0x800000) == 0x80000

    def test_a_command_with_its_answer(self) -> None:
        (command,) = parsed(HEAD + BUS + COMMANDS).commands
        assert command.code == b"\x24\x00"
        assert command.answer[0].raw(bytes([1, 2, 3, 4, 5, 6])) == 0x0405
        assert command.answer[0].raw(b"\x01\x02") is None

    def test_the_longest_code_is_the_command(self) -> None:
        more = COMMANDS + '[commands.SHORT]\ncode = "24"\nsource = "x"\n'
        chip = parsed(HEAD + BUS + more)
        names = [
            command.name if (command := chip.command_of(written)) else None for written in (b"\x24\x00", b"\x24", b"")
        ]
        assert names == ["MEASURE", "SHORT", None]

    def test_how_a_measurement_begins_and_ends(self) -> None:
        text = '[measurement]\nsource = "7"\nresults = ["OUT"]\n'
        text += 'start = [{ register = "CONFIG", field = "MODE", not = 0 }, { command = "MEASURE" }]\n'
        text += 'ready = { register = "STATUS", field = "READY", value = 1 }\n'
        chip = parsed(HEAD + BUS + REGISTERS + COMMANDS + text)
        assert chip.measurement is not None
        setting, command = chip.measurement.start
        assert isinstance(setting, Condition) and isinstance(command, Command)
        assert setting.holds(0x60) and not setting.holds(0x80)
        assert setting.words == "CONFIG.MODE is not 0 (asleep)"
        assert chip.results == (chip.register("OUT"),)

    def test_a_state_in_an_answer(self) -> None:
        text = '[measurement]\nsource = "7"\nready = { answer = "humidity", not = 0 }\n'
        chip = parsed(HEAD + BUS + COMMANDS + text)
        assert chip.measurement is not None
        assert chip.measurement.ready == AnswerCondition("humidity", 0, negated=True)

    def test_an_identity(self) -> None:
        text = '[[identity]]\nregister = "WHO"\nvalues = [0x33, 0x44]\nsource = "5"\n'
        chip = parsed(HEAD + BUS + REGISTERS + text)
        assert chip.identity[0].answers == (b"\x33", b"\x44")

    def test_registers_are_found_by_any_of_their_numbers(self) -> None:
        chip = parsed(HEAD + BUS + REGISTERS)
        out = chip.register("OUT")
        assert (chip.register_at(4), chip.register_around(5), chip.register_at(5)) == (out, out, None)

    def test_a_number_can_be_a_whole_register(self) -> None:
        both = (
            '[registers.A]\naddress = 0\nsource = "x"\nsize = 2\n[registers.B]\naddress = 1\nsource = "x"\nsize = 2\n'
        )
        chip = parsed(HEAD + BUS + 'numbers = "registers"\n' + both)
        assert [chip.register_around(number) for number in (0, 1, 2)] == [*chip.registers, None]

    def test_a_fifo_has_one_number_however_long_it_is(self) -> None:
        both = '[registers.FIFO]\naddress = 0\nrole = "fifo"\nsource = "x"\nsize = 6\n'
        chip = parsed(HEAD + BUS + both + '[registers.B]\naddress = 1\nsource = "x"\n')
        assert [register.role for register in chip.registers] == [Role.FIFO, None]

    def test_reserved_numbers(self) -> None:
        chip = parsed(HEAD + 'reserved = ["0x20-0x22", "0x30"]\n' + BUS)
        assert [number for number in range(0x40) if chip.is_reserved(number)] == [0x20, 0x21, 0x22, 0x30]

    def test_names_on_pypi_are_written_as_pypi_does(self) -> None:
        assert parsed(HEAD + 'libraries = ["RPi.bme280", "My_Lib"]\n' + BUS).libraries == ("rpi-bme280", "my-lib")


@pytest.mark.parametrize(
    ("wrong", "line", "words"),
    [
        ('unit = "°C"\n', 9, "unit: unknown key"),
        ("[bus]\n", 6, "bus: missing here: register_bytes, source"),
        (BUS.replace("1\n", "3\n", 1), 7, "bus.register_bytes: found 3, allowed is a whole number from 0 to 2 bytes"),
        (BUS + "increment_bit = 0x80\n", 6, 'bus: allowed is increment_bit together with auto_increment = "bit"'),
        (BUS + 'auto_increment = "bit"\n', 6, 'bus: allowed is increment_bit together with auto_increment = "bit"'),
        (
            BUS.replace("1\n", "2\n", 1) + 'writes = "pairs"\n',
            6,
            'bus: allowed is writes = "pairs" only together with register_bytes = 1',
        ),
        (BUS + '[registers.A]\nsource = "x"\n', 9, "registers.A: missing here: address"),
        (BUS + "[registers.A]\naddress = 256\n", 9, "registers.A: missing here: source"),
        (
            BUS + '[registers.A]\naddress = 256\nsource = "x"\n',
            10,
            "registers.A.address: found 0x100, allowed is up to 0xff for its last byte",
        ),
        (
            BUS + '[registers.A]\naddress = 255\nsource = "x"\nsize = 2\n',
            10,
            "registers.A.address: found 0xff, allowed is up to 0xff for its last byte",
        ),
        (
            BUS.replace("1\n", "0\n", 1) + '[registers.A]\naddress = 1\nsource = "x"\n',
            10,
            "registers.A.address: found 0x01, allowed is 0, because register_bytes is 0",
        ),
        (BUS + '[registers."A B"]\naddress = 0\nsource = "x"\n', 9, "found 'A B', allowed is a name: a letter"),
        (
            BUS + REGISTERS + '[registers.X]\naddress = 5\nsource = "x"\n',
            34,
            "registers.X.address: found the number 0x05, which OUT has too, allowed is one of its own",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nreset = 0x100\n',
            12,
            "registers.A.reset: found 0x100, allowed is up to 0xff, which fits into 8 bits",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nsize = 9\nreset = 1\n',
            13,
            "registers.A.reset: found in a register of 9 bytes, allowed is up to 8 bytes",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nfields.F = { bits = "8" }\n',
            12,
            "registers.A.fields.F.bits: found bit 8, allowed is up to 7: the number has 8 bits",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nfields.F = { bits = "3:4" }\n',
            12,
            "registers.A.fields.F.bits: found '3:4', allowed is bits, the highest first, such as '7:4'",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nfields.F = { bits = "4:3", values = { 4 = "x" } }\n',
            12,
            "registers.A.fields.F.values: found the value 4, allowed is one that fits into 2 bits",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nfields.F = { bits = "4:3", values = { two = "x" } }\n',
            12,
            "registers.A.fields.F.values.two: found 'two', allowed is a value of the field: a whole number",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nfields.F.bits = "4:3"\nfields.G.bits = "3"\n',
            13,
            "registers.A.fields.G: found bits that F has too, allowed are bits of its own",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nzero_bits = 0x01\nreset = 0x03\n',
            12,
            "registers.A.zero_bits: found 0x01, allowed are bits that are 0 in `reset`",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nscale = 0\n',
            12,
            "registers.A.scale: found 0, allowed is a number other than 0",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nlow = 3.0\nhigh = 2.0\n',
            12,
            "registers.A.low: found 3.0, allowed is a number up to `high`, which is 2",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nlow = 300.0\n',
            12,
            "registers.A.low: found 300, allowed is a value that the number can mean: 0 to 255",
        ),
        (
            BUS + '[registers.A]\naddress = 0\nsource = "x"\nbits = "6:0"\nshift = 1\n',
            13,
            "registers.A.shift: found beside bits, allowed is one of them",
        ),
        (
            BUS + REGISTERS + '[[identity]]\nregister = "WHOM"\nvalue = 1\nsource = "x"\n',
            34,
            "identity[0].register: found 'WHOM', allowed is a register of this file: CONFIG, STATUS, OUT or WHO; did",
        ),
        (
            BUS + REGISTERS + '[[identity]]\nregister = "WHO"\nsource = "x"\n',
            33,
            "identity[0]: allowed is either value or values, with at least one number",
        ),
        (
            BUS
            + REGISTERS
            + '[measurement]\nsource = "x"\nbusy = { register = "STATUS", field = "BUSY", value = 1 }\n',
            35,
            "measurement.busy.field: found 'BUSY', allowed is a field of this file: READY",
        ),
        (
            BUS + REGISTERS + '[measurement]\nsource = "x"\nbusy = { register = "STATUS" }\n',
            35,
            "measurement.busy: allowed is either value or not",
        ),
        (
            BUS + '[measurement]\nsource = "x"\nstart = { command = "GO" }\n',
            11,
            "measurement.start.command: found 'GO', allowed is a command of this file: none",
        ),
        (
            BUS + COMMANDS.replace("2400", "24 00"),
            10,
            "commands.MEASURE.code: found '24 00', allowed is 1 to 8 bytes in hex, such as '2400'",
        ),
        (
            BUS + COMMANDS + '[commands.B]\ncode = "2400"\nsource = "x"\n',
            15,
            "commands.B.code: found 2400, which MEASURE has too, allowed is a code of its own",
        ),
        (
            BUS + COMMANDS.replace("answer_bytes = 6", "answer_bytes = 4"),
            13,
            "commands.MEASURE.answer[0].size: found a value that ends with byte 5, allowed are the 4 of answer_bytes",
        ),
        (
            BUS + '[crc]\nbits = 12\npolynomial = 1\ninitial = 0\nsource = "x"\n',
            10,
            "crc.bits: found 12, allowed is 8 or 16",
        ),
        (
            BUS + '[crc]\nbits = 8\npolynomial = 0x131\ninitial = 0\nsource = "x"\n',
            11,
            "crc.polynomial: found 0x131, allowed is up to 0xff, which fits into 8 bits",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_is_allowed(wrong: str, line: int, words: str) -> None:
    found = refusal(HEAD + wrong if wrong.startswith("[") else HEAD + BUS + wrong)
    assert found.startswith(f"some1.toml:{line}: ")
    assert words in found


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("name", '""', "allowed is a text of one line, up to 40 characters"),
        ("name", '"\\u001b[31m"', "allowed is a text of one line"),
        ("addresses", "[]", "allowed is at least one address, and each once"),
        ("addresses", "[0x18, 0x18]", "allowed is at least one address, and each once"),
        ("addresses", "[0xEC]", "found 236, allowed is a whole number from 8 to 119 (0x08 to 0x77: 7 bits"),
    ],
)
def test_who_the_chip_is_has_to_be_right(key: str, value: str, words: str) -> None:
    lines = [f"{key} = {value}" if line.startswith(f"{key} =") else line for line in HEAD.splitlines()]
    assert words in refusal("\n".join(lines) + "\n" + BUS)


class TestFiles:
    def test_a_file_names_the_chip(self, tmp_path: Path) -> None:
        file = tmp_path / "some1.toml"
        file.write_text(HEAD + BUS, encoding="utf-8")
        assert read_chip_file(file).key == "some1"

    @pytest.mark.parametrize("name", ["Some1.toml", "some-1.toml", "some1.txt", f"{33 * 'a'}.toml"])
    def test_other_names_are_refused(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text(HEAD + BUS, encoding="utf-8")
        with pytest.raises(ConfigError, match=r"allowed are 1 to 32 small letters and digits, then \.toml"):
            read_chip_file(tmp_path / name)

    def test_a_file_that_is_too_large_is_not_read(self, tmp_path: Path) -> None:
        file = tmp_path / "some1.toml"
        file.write_bytes(b"#" * (LARGEST_FILE + 1))
        with pytest.raises(ConfigError, match="cannot be read"):
            read_chip_file(file)

    def test_more_registers_than_any_chip_has_are_refused(self) -> None:
        many = "".join(f"R{number} = {{}}\n" for number in range(4097))
        assert "found 4097 registers, allowed are up to 4096" in refusal(f"{HEAD}{BUS}[registers]\n{many}")


class TestAllProblemsOfAFile:
    def test_each_is_told_with_its_line(self, tmp_path: Path) -> None:
        file = tmp_path / "some1.toml"
        text = (
            HEAD.replace('"thermometer"', "3")
            + BUS
            + "speed = 1\n"
            + REGISTERS.replace("0x60", "600").replace('"7"', '"9"')
        )
        file.write_text(text, encoding="utf-8")
        assert [(problem.line, problem.key) for problem in problems_of(file)] == [
            (3, "purpose"),
            (9, "bus.speed"),
            (12, "registers.CONFIG.reset"),
            (20, "registers.STATUS.fields.READY.bits"),
        ]

    def test_what_only_follows_from_another_mistake_is_not_told(self, tmp_path: Path) -> None:
        file = tmp_path / "some1.toml"
        identity = '[[identity]]\nregister = "WHO"\nvalue = 0x33\nsource = "5"\n'
        file.write_text(HEAD + BUS + REGISTERS.replace("0x0f", "0x1000000") + identity, encoding="utf-8")
        assert [problem.key for problem in problems_of(file)] == ["registers.WHO.address"]

    @pytest.mark.parametrize(
        ("wrong", "key"),
        [
            ('register_byte = 1\nnumbers = "registers"', "bus.register_byte"),
            ('register_bytes = 1\nnumbers = "register"', "bus.numbers"),
            ('register_bytes = 3\nnumbers = "registers"', "bus.register_bytes"),
            ('register_bytes = 1\nnumbers = "registers"\nincrement_bit = 0x80', "bus"),
            ('numbers = "registers"', "bus"),
        ],
    )
    def test_a_mistake_in_the_bus_makes_no_register_seem_wrong(self, tmp_path: Path, wrong: str, key: str) -> None:
        file = tmp_path / "some1.toml"
        close = "".join(f'[registers.R{each}]\naddress = {each}\nsize = 2\nsource = "3"\n' for each in range(3))
        file.write_text(HEAD + BUS.replace("register_bytes = 1", wrong) + close, encoding="utf-8")
        assert [problem.key for problem in problems_of(file)] == [key]

    def test_a_correct_file_has_none(self, tmp_path: Path) -> None:
        file = tmp_path / "some1.toml"
        file.write_text(HEAD + BUS + REGISTERS, encoding="utf-8")
        assert problems_of(file) == ()

    def test_a_file_that_is_not_toml_has_one(self, tmp_path: Path) -> None:
        file = tmp_path / "some1.toml"
        file.write_text("name = \n", encoding="utf-8")
        (problem,) = problems_of(file)
        assert problem.line == 1
