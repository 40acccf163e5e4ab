"""Shared by the commands for I2C buses: the bus, the owners of addresses, numbers and questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from hostcore.backends.base import I2cBus, I2cOperation, I2cRead
from hostcore.backends.i2c import Recovery
from hostcore.buses.call_limit import CallLimit, TimeLimit
from hostcore.buses.choice import choose_buses
from hostcore.buses.probing import ADDRESSES, probes_offered, scan
from hostcore.buses.shared import Buses
from hostcore.cli.lines import say
from hostcore.cli.progress_bar import ScanLine
from hostcore.clock import RealClock
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.control.client import RunningHost, SilentHost, find_host
from hostcore.control.messages import (
    GrantedPermission,
    ScanReport,
    ScanRequest,
    TransferReport,
    TransferRequest,
    UnstickReport,
    UnstickRequest,
    owners_of,
    to_send,
)
from hostcore.errors import CommandLineError, HostError
from hostcore.events import Probed
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, LAST_BUS, BusName, Place
from hostcore.quick_dataclass import dataclass
from hostcore.toml.reader import shown

LONGEST_WAIT = 600.0
"""Seconds that a command waits for a bus that it opened itself. Nothing else in its process uses the bus."""
TRANSFER_SECONDS = 15.0
"""Seconds that a running host may take for a transfer. The host's own limit is shorter."""
SCAN_SECONDS = 60.0
"""Seconds that a running host may take for a scan. The host's own limit is shorter."""
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,8}|0|[1-9][0-9]{0,9}")


class BusAtHand(Protocol):
    """An I2C bus of host.toml that a person can use."""

    @property
    def config(self) -> Config:
        """The settings."""

    @property
    def number(self) -> int:
        """N of i2c-N."""

    @property
    def facts(self) -> BusFacts:
        """The backend of the bus, with the reason."""

    @property
    def is_real(self) -> bool:
        """Whether it is real hardware."""

    @property
    def title(self) -> str:
        """A description for a person."""

    def owners(self, address: int) -> tuple[GrantedPermission, ...]:
        """Return the permissions of plugins that may use `address`."""

    def users(self, address: int) -> tuple[GrantedPermission, ...]:
        """Return the permissions of plugins that may use `address` now, because a host runs them or may run them."""

    def transaction(self, address: int, *operations: I2cOperation) -> tuple[bytes, ...]:
        """Do `I2cBus.transaction`. Blocks until the bus is free and the transaction is complete."""

    def scan(self, mode: ScanMode) -> tuple[Probed, ...]:
        """Probe every address. Blocks until the scan is complete."""

    def unstick(self) -> Recovery:
        """Do `I2cBus.unstick`. Blocks until the bus is free for it."""


@dataclass(frozen=True, slots=True)
class OwnBus:
    """A bus that this process has opened itself. Only the kernel's lock separates it from other processes."""

    config: Config
    number: int
    facts: BusFacts
    buses: Buses
    limit: CallLimit
    is_alone: bool
    """Whether all running hosts are known not to use the bus. A host that does not answer may use it."""

    @property
    def is_real(self) -> bool:
        return self.facts.is_real

    @property
    def title(self) -> str:
        return _title(self.facts)

    def owners(self, address: int) -> tuple[GrantedPermission, ...]:
        """Return the permissions of enabled plugins for `address`, in the order of host.toml."""
        grants = [
            (plugin.name, permission)
            for plugin in self.config.plugins
            if plugin.enabled
            for permission in plugin.permissions
        ]
        return owners_of(grants, self.number, address)

    def users(self, address: int) -> tuple[GrantedPermission, ...]:
        return () if self.is_alone else self.owners(address)

    def transaction(self, address: int, *operations: I2cOperation) -> tuple[bytes, ...]:
        with self._held():
            return self._bus().transaction(address, operations)

    def scan(self, mode: ScanMode) -> tuple[Probed, ...]:
        with ScanLine() as tell:
            return scan(self._bus(), self._held, mode, offered=probes_offered(self.facts), tell=tell)

    def unstick(self) -> Recovery:
        with self._held():
            return self._bus().unstick()

    def _bus(self) -> I2cBus:
        return self.buses.i2c_bus(Place(self.facts.name))

    def _held(self) -> AbstractContextManager[None]:
        return self.buses.held(Place(self.facts.name), self.limit)


@dataclass(frozen=True, slots=True)
class RunningHostBus:
    """A bus of a running host. The host does the transfers, between those of its plugins."""

    config: Config
    number: int
    facts: BusFacts
    host: RunningHost
    force: bool
    """Whether to use addresses that a plugin may use."""

    @property
    def is_real(self) -> bool:
        return self.facts.is_real

    @property
    def title(self) -> str:
        return _title(self.facts, f", through the running host (PID {self.host.report.process})")

    def owners(self, address: int) -> tuple[GrantedPermission, ...]:
        """Return the present permissions for `address` of the host's plugins that are not stopped."""
        return owners_of(self.host.grants(), self.number, address)

    def users(self, address: int) -> tuple[GrantedPermission, ...]:
        return self.owners(address)

    def transaction(self, address: int, *operations: I2cOperation) -> tuple[bytes, ...]:
        request = TransferRequest(self.number, address, to_send(operations), self.force)
        received = self.host.ask(request, TransferReport, TRANSFER_SECONDS).received
        if [len(each) for each in received] != [each.length for each in operations if isinstance(each, I2cRead)]:
            raise self._nonsense()
        return received

    def scan(self, mode: ScanMode) -> tuple[Probed, ...]:
        with ScanLine() as line:
            line.begin(f"the running host (PID {self.host.report.process})")
            probed = self.host.ask(ScanRequest(self.number, mode), ScanReport, SCAN_SECONDS).probed
        addresses = [each.address for each in probed]
        if not addresses or addresses != [address for address in ADDRESSES if address in addresses]:
            raise self._nonsense()
        return probed

    def unstick(self) -> Recovery:
        return self.host.ask(UnstickRequest(self.number), UnstickReport, TRANSFER_SECONDS).recovery

    def _nonsense(self) -> HostError:
        return HostError(f"the running host (PID {self.host.report.process}) sent an answer to another request")


def _title(facts: BusFacts, through: str = "") -> str:
    if facts.is_real:
        return f"the real bus {facts.name} (/dev/{facts.name}){through}"
    return f"{facts.name}, simulated{through}" + (f": {facts.reason}" if facts.reason else "")


@contextmanager
def opened(config_file: Path | None, bus: str | None, *, force: bool = False) -> Iterator[BusAtHand]:
    """Make a context with an I2C bus of host.toml: that of a running host if it has the bus, or opened here.

    Args:
        config_file: the settings file that the person named, if any.
        bus: ``1`` or ``i2c-1``; None for the file's first I2C bus.
        force: also use addresses that a plugin may use.

    Raises:
        HostError: the settings are unusable, there is no such bus, or it does not open.
    """
    config = find_and_load(config_file)
    number = config.default_i2c_bus if bus is None else _bus_number(bus)
    if number is None:
        raise HostError(f"{config.path} lists no I2C bus; add [buses.i2c-1] there")
    clock = RealClock()
    chosen = choose_buses(config, clock)
    facts = next((each for each in chosen.facts if each.name == BusName.i2c(number)), None)
    silent = list[SilentHost]()
    host = find_host(config.path, facts, silent.append) if facts else None
    if facts and host:
        yield RunningHostBus(config, number, facts, host, force)
        return
    for each in silent:
        say(f"wasi-host: {each}; it may use this bus", is_result=False)
    buses = Buses(chosen.sources, clock)
    limit = TimeLimit(clock, LONGEST_WAIT)
    limit.begin()
    try:
        buses.i2c_bus(Place(BusName.i2c(number)))
        assert facts is not None, "a bus that is not in host.toml does not open"
        yield OwnBus(config, number, facts, buses, limit, is_alone=not silent)
    finally:
        buses.close()


def number(text: str, low: int, high: int, allowed: str) -> int:
    """Return a number that a person typed, hexadecimal after 0x, otherwise decimal.

    Args:
        text: the text that was typed.
        low: the lowest number that is allowed.
        high: the highest number that is allowed.
        allowed: the range in words.

    Raises:
        CommandLineError: the text is not a number, or the number is out of range.
    """
    if _NUMBER.fullmatch(text) and low <= (value := int(text, 0)) <= high:
        return value
    raise CommandLineError(f"found {shown(text)}, allowed is {allowed}")


def i2c_address(text: str) -> int:
    """Return an I2C address that a person typed.

    Raises:
        CommandLineError: no device can have this address.
    """
    first, last = I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS
    return number(text, first, last, f"a 7-bit address from 0x{first:02x} to 0x{last:02x}")


def _bus_number(text: str) -> int:
    allowed = f"an I2C bus such as 1 or i2c-1, up to {LAST_BUS}"
    digits = text.removeprefix("i2c-")
    return number(digits if digits.isdecimal() else text, 0, LAST_BUS, allowed)
