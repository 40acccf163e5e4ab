"""The steps of ``wasi-host selftest`` that reach the buses: I2C scans, and lines and ports that a person has wired."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from hostcore.access.decisions import Reservations
from hostcore.actuators import reserve_actuators
from hostcore.buses.choice import ChosenBuses
from hostcore.buses.probing import grid
from hostcore.buses.shared import Buses
from hostcore.cli.bus import opened
from hostcore.cli.doctor_report import Section
from hostcore.clock import RealClock
from hostcore.config.loading import load_config
from hostcore.errors import HostError
from hostcore.events import Presence, Probed
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.log.safe_text import counted
from hostcore.permissions.buses import GpioMode, GpioPermission, SpiPermission, UartPermission
from hostcore.place import GPIO, BusName, Place
from hostcore.quick_dataclass import dataclass
from hostcore.selftest.model import Result, Verdict
from hostcore.selftest.wires import try_spi, try_uart, try_wire

Wanted = GpioPermission | SpiPermission | UartPermission
MOST_LISTED = 8
"""Addresses that fail in the same way are many, and say nothing more."""
OWN = "the self-test"
LATE = "the self-test has already taken a minute"


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a person has wired for the self-test."""

    lines: tuple[tuple[int, int], ...] = ()
    """Pairs of GPIO lines, each pair wired together."""
    spi: tuple[tuple[int, int], ...] = ()
    """SPI buses and chip selects whose MOSI is wired to MISO."""
    ports: tuple[str, ...] = ()
    """Serial ports whose TX is wired to RX."""


class BusTrial:
    """Tries the buses of a settings file. As a context, it frees them at its end.

    Args:
        settings: the file.
        chosen: its buses.
    """

    def __init__(self, settings: Path, chosen: ChosenBuses) -> None:
        self._settings = settings
        self._facts = {each.name: each for each in chosen.facts}
        self._buses = Buses(chosen.sources, RealClock())
        config = load_config(settings)
        self._owners = Reservations()
        for plugin in config.plugins:
            if plugin.enabled:
                self._owners.know(plugin.name, plugin.permissions)
        reserve_actuators(config, self._owners)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._buses.close()

    def scan(self, facts: BusFacts, *, in_time: bool, may_probe: bool, held_low: bool) -> Result:
        """Probe all addresses of an I2C bus, through the running host if it has the bus. Blocks for up to 30 s.

        Args:
            facts: the bus.
            in_time: whether there is time for it.
            may_probe: whether the person agrees.
            held_low: whether a line of the bus is held low.
        """
        step = f"scan of {facts.name}"
        reasons = (
            (not facts.is_usable, "the bus cannot be used"),
            (held_low, "a line of the bus is held low"),
            (not may_probe, "nobody agreed to probes of a real bus: -y does"),
            (not in_time, LATE),
        )
        if why := next((why for applies, why in reasons if applies), ""):
            return Result(step, Verdict.SKIPPED, why, is_simulated=not facts.is_real)
        try:
            with opened(self._settings, facts.name) as at_hand:
                return _scanned(step, facts, at_hand.scan(ScanMode.AUTO))
        except HostError as error:
            return Result(step, Verdict.FAILED, str(error), is_simulated=not facts.is_real)

    def wired(self, wiring: Wiring, begin: Callable[[str], bool]) -> Iterator[Result]:
        """Try what the person has wired.

        Args:
            wiring: what that is.
            begin: takes the name of each step before it begins, and returns whether there is time for it.
        """
        if wiring == Wiring():
            text = "no line and no port is named as wired: --wire, --spi and --uart do"
            yield Result("wires", Verdict.SKIPPED, text)
        for pair in wiring.lines:
            step = f"GPIO lines {pair[0]} and {pair[1]}"
            lines = [GpioPermission(line, GpioMode.OUT) for line in pair]
            yield self._tried(step, lines, partial(self._wire, step, *pair), begin)
        for number, select in wiring.spi:
            step = f"SPI {number}.{select}"
            yield self._tried(step, [SpiPermission(number, select)], partial(self._spi, step, number, select), begin)
        for port in wiring.ports:
            step = f"serial port {port}"
            yield self._tried(step, [UartPermission(port)], partial(self._uart, step, port), begin)

    def _wire(self, step: str, one: int, other: int) -> Result:
        return try_wire(step, *(self._buses.gpio_line(Place(GPIO, line)) for line in (one, other)))

    def _spi(self, step: str, number: int, select: int) -> Result:
        return try_spi(step, self._buses.spi_device(Place(BusName.spi(number), select)))

    def _uart(self, step: str, port: str) -> Result:
        return try_uart(step, self._buses.uart(Place(BusName.uart(port))))

    def _tried(
        self,
        step: str,
        permissions: Sequence[Wanted],
        do: Callable[[], Result],
        begin: Callable[[str], bool],
    ) -> Result:
        bus = permissions[0].bus_name
        facts = self._facts.get(bus)
        owner = next(filter(None, (self._owners.owner(OWN, each) for each in permissions)), "")
        reasons = (
            (facts is None, f"host.toml has no [buses.{bus}]"),
            (facts is not None and not facts.is_usable, "the bus cannot be used"),
            (facts is not None and not facts.is_real, "the bus is simulated, and nothing is wired to it"),
            (bool(owner), f"it belongs to {owner} in host.toml"),
            (not begin(step), LATE),
        )
        if why := next((why for applies, why in reasons if applies), ""):
            return Result(step, Verdict.SKIPPED, why, is_simulated=facts is not None and not facts.is_real)
        try:
            return do()
        except HostError as error:
            return Result(step, Verdict.FAILED, str(error))


def is_held_low(doctor: Sequence[Section], bus: BusName) -> bool:
    """Whether the doctor found that a line of an I2C bus is held low."""
    checks = (check for section in doctor if section.title == "Bus health" for check in section.checks)
    return any(not check.is_fine and check.name == bus for check in checks)


def _scanned(step: str, facts: BusFacts, probed: tuple[Probed, ...]) -> Result:
    there = [each for each in probed if each.presence in {Presence.PRESENT, Presence.KERNEL}]
    ghosts = [each for each in probed if each.presence is Presence.GHOST]
    faults = [each for each in probed if each.presence is Presence.FAULT]
    text = f"{counted(len(there), 'device')}: {_listed(there)}" if there else "no devices"
    if ghosts:
        text += f"; {_listed(ghosts)} answered only sometimes: {ghosts[0].detail}"
    if faults:
        more = " and others" if len(faults) > MOST_LISTED else ""
        text += f"; the bus failed at {_listed(faults[:MOST_LISTED])}{more}: {faults[0].detail}"
    verdict = Verdict.FAILED if faults or ghosts else Verdict.OK
    numbers = {"devices": len(there), "ghosts": len(ghosts), "faults": len(faults)}
    lines = tuple(grid(probed).splitlines())
    return Result(step, verdict, text, facts=numbers, is_simulated=not facts.is_real, details=lines)


def _listed(probed: list[Probed]) -> str:
    return ", ".join(f"0x{each.address:02x}" for each in probed)
