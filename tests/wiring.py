"""What is wired to the machine that runs the tests, if anything is: the variables of docs/pi.md."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Something that a test needs to be wired. The values say how to get it."""

    CHIP = "WASI_HOST_TEST_I2C=1:0x76:0xd0=0x61 names a chip with a register whose content is known"
    LINES = "WASI_HOST_TEST_GPIO=16,20 names two GPIO lines that are wired together"
    SPI = "WASI_HOST_TEST_SPI=0.0 names an SPI device with MOSI wired to MISO"
    PORT = "WASI_HOST_TEST_UART=serial0 names a serial port with TX wired to RX"
    SENSORS = "only the simulated Pi and the emulated kernel have a BH1750, an SSD1306, a DHT22 and a BME280"
    SELECT = "only the simulated Pi and the emulated kernel have a loopback that has to be selected"
    MORE = "only the simulated Pi and the emulated kernel have two devices of each kind"


@dataclass(frozen=True, slots=True)
class WiredChip:
    """A chip on an I2C bus."""

    bus: int
    address: int
    register: bytes
    answer: bytes
    """What a read of the register returns."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What is wired. What is None is not."""

    chip: WiredChip | None = None
    lines: tuple[int, int] | None = None
    spi: tuple[int, int] | None = None
    port: str | None = None

    @property
    def parts(self) -> frozenset[Part]:
        """What the tests can use."""
        found = {Part.CHIP: self.chip, Part.LINES: self.lines, Part.SPI: self.spi, Part.PORT: self.port}
        return frozenset(part for part, wired in found.items() if wired is not None)


FORMS = {
    "WASI_HOST_TEST_I2C": re.compile(r"(\d+):(0x[0-9a-f]{2}):(0x[0-9a-f]{2})=(0x[0-9a-f]{2})", re.ASCII),
    "WASI_HOST_TEST_GPIO": re.compile(r"(\d+),(\d+)", re.ASCII),
    "WASI_HOST_TEST_SPI": re.compile(r"(\d+)\.(\d+)", re.ASCII),
    "WASI_HOST_TEST_UART": re.compile(r"(?:/dev/)?([A-Za-z]\w*)", re.ASCII),
}
"""The variables. Another form is a mistake, not a reason to skip tests."""


def wiring_of(environment: Mapping[str, str]) -> Wiring:
    """Return what the variables of an environment say.

    Raises:
        ValueError: one of them cannot be read.
    """
    found = {name: _groups(name, text) for name in FORMS if (text := environment.get(name))}
    i2c, gpio = found.get("WASI_HOST_TEST_I2C"), found.get("WASI_HOST_TEST_GPIO")
    spi, uart = found.get("WASI_HOST_TEST_SPI"), found.get("WASI_HOST_TEST_UART")
    return Wiring(
        WiredChip(*(int(each, 0) for each in i2c[:2]), *(bytes([int(each, 16)]) for each in i2c[2:])) if i2c else None,
        (int(gpio[0]), int(gpio[1])) if gpio else None,
        (int(spi[0]), int(spi[1])) if spi else None,
        uart[0] if uart else None,
    )


def _groups(name: str, text: str) -> tuple[str, ...]:
    match = FORMS[name].fullmatch(text)
    if match is None:
        example = next(part for part in Part if part.startswith(name)).partition(" ")[0]
        raise ValueError(f"{name} is {text!r}; it has to be like {example}")
    return match.groups()


WIRING = wiring_of(os.environ)
"""What is wired to this machine."""
