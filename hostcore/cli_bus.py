"""What the commands that put a person's hands on an I2C bus share: the bus, its owners, numbers, questions."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hostcore.backends.base import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, I2cBus, I2cOperation
from hostcore.call_limit import CallLimit
from hostcore.clock import RealClock
from hostcore.config import find_config, load_config
from hostcore.config_model import Config
from hostcore.config_reader import shown
from hostcore.errors import HostError
from hostcore.hardware import Hardware, Place
from hostcore.machine import open_machine
from hostcore.permissions import LAST_BUS, I2cPermission
from hostcore.session import BusFacts

LONGEST_WAIT = 600.0
"""Seconds that a command waits for the bus; in a process of its own nobody else takes it."""
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,8}|0|[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Owner:
    """A plugin that may use an address."""

    plugin: str
    permission: str
    """What grants it that, as host.toml writes it."""


@dataclass(frozen=True, slots=True)
class OpenedBus:
    """An I2C bus of host.toml, opened, and what is known of it."""

    config: Config
    number: int
    """N of i2c-N."""
    facts: BusFacts
    """What stands behind it."""
    bus: I2cBus
    hardware: Hardware
    limit: CallLimit

    @property
    def is_real(self) -> bool:
        """Whether there are real devices on it."""
        return self.facts.kind != "simulated"

    @property
    def title(self) -> str:
        """What it is, for a person."""
        if self.is_real:
            return f"the real bus {self.facts.name} (/dev/{self.facts.name})"
        return f"{self.facts.name}, simulated" + (f": {self.facts.reason}" if self.facts.reason else "")

    def held(self) -> AbstractContextManager[None]:
        """The bus for one transfer, without anybody else."""
        return self.hardware.held(Place(self.facts.name, None), self.limit)

    def transaction(self, address: int, *operations: I2cOperation) -> tuple[bytes, ...]:
        """`I2cBus.transaction`, holding the bus."""
        with self.held():
            return self.bus.transaction(address, operations)

    def owners(self, address: int) -> tuple[Owner, ...]:
        """The enabled plugins that host.toml lets use `address`, in its order."""
        return tuple(
            Owner(plugin.name, str(permission))
            for plugin in self.config.plugins
            for permission in plugin.permissions
            if plugin.enabled
            and isinstance(permission, I2cPermission)
            and permission.bus == self.number
            and permission.first <= address <= permission.last
        )


@contextmanager
def opened(config_file: Path | None, bus: str | None) -> Iterator[OpenedBus]:
    """Open an I2C bus of host.toml, and give it back.

    Args:
        config_file: the settings file that the person named, if any.
        bus: ``1`` or ``i2c-1``; None is the file's first I2C bus.

    Raises:
        HostError: the settings are unusable, there is no such bus, or it does not open.
    """
    config = load_config(find_config(config_file, Path.cwd()))
    number = config.default_i2c_bus if bus is None else _bus_number(bus)
    if number is None:
        raise HostError(f"{config.path} lists no I2C bus; add [buses.i2c-1] there")
    clock = RealClock()
    machine = open_machine(config, clock)
    hardware = Hardware(machine.sources, clock)
    limit = CallLimit(clock, LONGEST_WAIT)
    limit.begin()
    try:
        place = Place(f"i2c-{number}", None)
        device = hardware.i2c_bus(place)
        facts = next(each for each in machine.findings if each.name == place.bus)
        yield OpenedBus(config, number, facts, device, hardware, limit)
    finally:
        hardware.close()


def confirm(question: str, refusal: str, *, yes: bool) -> None:
    """Ask the person on standard error, unless `yes`.

    Args:
        question: what would be done.
        refusal: what did not happen, where the person says no or there is nobody to ask.
        yes: whether that was answered on the command line.

    Raises:
        HostError: no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise HostError(f"{refusal}, since nobody can be asked here; -y does it without asking")
    print(f"{question}? [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    if not answer:
        print(file=sys.stderr)
    if answer.strip().lower() not in {"y", "yes"}:
        raise HostError(refusal)


def number(text: str, low: int, high: int, allowed: str) -> int:
    """A number that a person typed, hexadecimal with 0x before it or else decimal.

    Args:
        text: what was typed.
        low: the least that may be.
        high: the most.
        allowed: the same for a person.

    Raises:
        HostError: it is none, or out of its range.
    """
    if _NUMBER.fullmatch(text) and low <= (value := int(text, 0)) <= high:
        return value
    raise HostError(f"found {shown(text)}, allowed is {allowed}")


def i2c_address(text: str) -> int:
    """A device's address that a person typed.

    Raises:
        HostError: no device can have it.
    """
    first, last = I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS
    return number(text, first, last, f"a 7-bit address from 0x{first:02x} to 0x{last:02x}")


def _bus_number(text: str) -> int:
    allowed = f"an I2C bus such as 1 or i2c-1, up to {LAST_BUS}"
    digits = text.removeprefix("i2c-")
    return number(digits if digits.isdecimal() else text, 0, LAST_BUS, allowed)
