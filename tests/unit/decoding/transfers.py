"""Transfers for the tests of decoding, and a chip for those that need none of a data sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hostcore.chips.library import shipped_library
from hostcore.chips.model import Chip
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.place import BusName

I2C = BusName("i2c-1")
SPI = BusName("spi-0")


def wrote(data: bytes) -> Message:
    return Message(True, data)


def read(data: bytes) -> Message:
    return Message(False, data)


def transfer(
    *messages: Message,
    address: int | None = 0x76,
    bus: BusName = I2C,
    plugin: str = "air",
    outcome: Outcome = Outcome.OK,
    sequence: int = 1,
    time_ns: int = 1_000,
    **more: Any,
) -> TransferCompleted:
    return TransferCompleted(time_ns, plugin, bus, address, messages, outcome, "", 500_000, sequence=sequence, **more)


def shipped(name: str) -> Chip:
    """A chip of the chip files that come with the host."""
    chip = shipped_library().chip(name)
    assert chip is not None, f"there is no chip file {name}.toml"
    return chip


def raw_of(parts: Sequence[Any]) -> bytes:
    """All bytes that the parts of a decoded transfer stand for."""
    return b"".join(part.raw for part in parts)
