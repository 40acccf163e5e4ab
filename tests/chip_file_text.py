"""The parts of a chip file, and what reading them gives."""

from __future__ import annotations

import pytest

from hostcore.chips.model import (
    Chip,
)
from hostcore.chips.reading import parse_chip
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
