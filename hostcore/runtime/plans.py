"""The text in which the Python guest names the steps of a request, and sends bytes (wit/python.wit, `python-wire`).

Every function raises `UnsupportedError` for a text that does not have the form. The message shows its beginning.
"""

from __future__ import annotations

import re

from hostcore.backends.base import I2cOperation, I2cRead, I2cWrite
from hostcore.backends.spi import SpiDelay, SpiOperation, SpiRead, SpiTransfer, SpiWrite
from hostcore.errors import UnsupportedError
from hostcore.late_pattern import late_pattern
from hostcore.pulse import Pulse

MAX_PLAN = 4096
"""Most characters of a plan. 42 I2C operations, 64 SPI operations or 256 pulses need fewer."""
_I2C = late_pattern(r"([rw])(\d{1,10})", re.ASCII)
_SPI = late_pattern(r"([rwtd])(\d{1,10})", re.ASCII)
_PULSE = late_pattern(r"([01]):(\d{1,10})", re.ASCII)


def wire_bytes(data: str) -> bytes:
    """Return the bytes of a text with one latin-1 character each."""
    try:
        return data.encode("latin-1")
    except UnicodeEncodeError:
        raise UnsupportedError("python-wire data holds a character above U+00FF, which is not a byte") from None


def i2c_plan(plan: str, data: bytes) -> list[I2cOperation]:
    """Return the operations of an I2C transaction. `data` holds the bytes of its writes."""
    supply = _Supply(plan, data)
    steps = _steps(plan, _I2C, "w3 r2")
    operations = [I2cRead(length) if kind == "r" else I2cWrite(supply.take(length)) for kind, length in steps]
    supply.end()
    return operations


def spi_plan(plan: str, data: bytes) -> list[SpiOperation]:
    """Return the operations of an SPI transaction. `data` holds the bytes of its writes and transfers."""
    supply = _Supply(plan, data)
    operations: list[SpiOperation] = []
    for kind, number in _steps(plan, _SPI, "w3 r2 t4 d100"):
        match kind:
            case "w":
                operations.append(SpiWrite(supply.take(number)))
            case "t":
                operations.append(SpiTransfer(supply.take(number)))
            case "r":
                operations.append(SpiRead(number))
            case "d":
                operations.append(SpiDelay(number))
    supply.end()
    return operations


def pulse_plan(drive: str) -> list[Pulse]:
    """Return the pulses that a capture drives."""
    return [Pulse(level == "1", duration) for level, duration in _steps(drive, _PULSE, "0:1000000 1:30000")]


class _Supply:
    """The bytes for the steps of a plan, which have to be as many as it names."""

    def __init__(self, plan: str, data: bytes) -> None:
        self._plan, self._data = plan, data
        self._taken = 0

    def take(self, length: int) -> bytes:
        start, self._taken = self._taken, self._taken + length
        return self._data[start : self._taken]

    def end(self) -> None:
        if self._taken != len(self._data):
            raise UnsupportedError(
                f"the plan {self._plan[:80]!r} writes {self._taken} bytes, but {len(self._data)} were given"
            )


def _steps(plan: str, form: re.Pattern[str], example: str) -> list[tuple[str, int]]:
    if len(plan) > MAX_PLAN:
        raise UnsupportedError(f"a plan of {len(plan)} characters; up to {MAX_PLAN} are allowed")
    steps = []
    for step in plan.split():
        match = form.fullmatch(step)
        if match is None:
            raise UnsupportedError(f"the plan {plan[:80]!r} is not of the form {example!r}")
        steps.append((match[1], int(match[2])))
    return steps
