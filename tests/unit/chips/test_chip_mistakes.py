"""Mistakes in chip files: each is named with its line and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.chips.reading.problems import problems_of
from tests.chip_file_text import BUS, COMMANDS, HEAD, REGISTERS, refusal


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
