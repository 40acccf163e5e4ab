"""A chip as its chip file describes it: facts of its data sheet as frozen dataclasses.

docs/chips.md explains the keys of a chip file. Each of them is a field here. `hostcore.chips.reading` makes these
values of a file, and checks that they fit together: a `Field` lies within its `Register`, and a name leads somewhere.
"""

from hostcore.chips.model.chip import (
    AnswerCondition,
    AutoIncrement,
    Chip,
    Condition,
    Identity,
    Measurement,
    Numbers,
    SpiWiring,
    Wiring,
    Writes,
)
from hostcore.chips.model.command import Answer, Command, Crc
from hostcore.chips.model.number import Bits, ByteOrder, Scale
from hostcore.chips.model.register import MOST_BYTES, Access, Field, Register, Role

__all__ = [
    "MOST_BYTES",
    "Access",
    "Answer",
    "AnswerCondition",
    "AutoIncrement",
    "Bits",
    "ByteOrder",
    "Chip",
    "Command",
    "Condition",
    "Crc",
    "Field",
    "Identity",
    "Measurement",
    "Numbers",
    "Register",
    "Role",
    "Scale",
    "SpiWiring",
    "Wiring",
    "Writes",
]
