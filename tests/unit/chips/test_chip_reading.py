"""A chip file is read into a chip, and files that cannot be one are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.chips.model import (
    Access,
    AnswerCondition,
    AutoIncrement,
    Bits,
    Command,
    Condition,
    Numbers,
    Role,
)
from hostcore.chips.reading import LARGEST_FILE, read_chip_file
from hostcore.errors import ConfigError
from tests.chip_file_text import BUS, COMMANDS, HEAD, REGISTERS, parsed, refusal


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
