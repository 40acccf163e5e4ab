"""The registers of all devices as they were last seen, folded from the transfers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from hostcore.chips.model import Chip
from hostcore.decoding.accesses import whole_register
from hostcore.decoding.decoded import NOTHING_EARLIER, Earlier, RegisterAccess
from hostcore.decoding.layout import Layout, layout_of
from hostcore.decoding.sites import MOST_SITES, Site, Sites
from hostcore.decoding.ssd1306_commands import Ssd1306Commands
from hostcore.decoding.steps import Step, StepKind, Steps
from hostcore.events import LibraryLine, Outcome, TransferCompleted
from hostcore.place import BusKind

MOST_REGISTERS = 256
"""Registers of one device that are kept. An 8-bit register number has no more."""
KINDS = (BusKind.I2C, BusKind.SPI)
"""The buses whose devices have registers."""


class Cell(NamedTuple):
    """A register as it was last seen."""

    value: int
    """Its raw value, in the register's byte order."""
    time_ns: int
    """When it was seen."""
    plugin: str
    """The plugin whose transfer it was."""
    line: int
    """The line in that plugin's file; 0 if unknown."""
    written: bool
    """Whether it was written; otherwise it was read."""
    size: int = 1
    """Its bytes."""
    library: LibraryLine | None = None
    """The line of a library that made the transfer for the plugin."""


NO_CELLS: Mapping[int, Cell] = MappingProxyType({})
"""No registers were seen."""


def seen_access(chip: Chip | None, number: int, cell: Cell) -> RegisterAccess:
    """Return a register as it was last seen, in the words of its chip.

    Args:
        chip: the chip; None if it is not known.
        number: the register's number.
        cell: its value.
    """
    register = chip.register_at(number) if chip else None
    if register is None or register.size != cell.size:
        return RegisterAccess("", number, cell.written, cell.value.to_bytes(cell.size, "big"), cell.value)
    if register.is_block:
        return RegisterAccess(register.name, number, cell.written, register.bytes_of(cell.value))
    return whole_register(register, register.bytes_of(cell.value), None, written=cell.written)


class RegisterMemory:
    """Remembers the registers of each device. Fold the events into its `Sites` first. For one thread.

    A device without a chip file is taken for one whose registers have one byte, and whose number is written before a
    read. That is a guess.

    Args:
        sites: knows the chips.
    """

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._devices: dict[Site, _Device] = {}

    def takes(self) -> dict[type, Callable[[Any], object]]:
        """The events that matter."""
        return {TransferCompleted: self.take}

    def cells(self, bus: str, address: int) -> Mapping[int, Cell]:
        """Return the registers of the device at an address, by their number."""
        device = self._devices.get((bus, address))
        return MappingProxyType(device.cells) if device else NO_CELLS

    def take(self, transfer: TransferCompleted) -> Earlier:
        """Take in a transfer. Return what its decoding needs of the past."""
        if transfer.address is None or transfer.outcome is Outcome.DENIED or transfer.bus.kind not in KINDS:
            return NOTHING_EARLIER
        site = transfer.bus, transfer.address
        chip = self._sites.chip(*site).chip
        device = self._devices.get(site)
        if device is None or device.chip is not chip:
            if device is None and len(self._devices) >= MOST_SITES:
                return NOTHING_EARLIER
            device = self._devices[site] = _Device(chip)
        return device.take(transfer)


class _Device:
    """The registers of one device."""

    __slots__ = ("_earlier", "_steps", "cells", "chip")

    def __init__(self, chip: Chip | None) -> None:
        self.chip = chip
        self.cells: dict[int, Cell] = {}
        self._steps = Steps(layout_of(chip) if chip is not None else None, NOTHING_EARLIER)
        self._earlier = NOTHING_EARLIER

    def take(self, transfer: TransferCompleted) -> Earlier:
        steps, earlier, values = self._steps, self._earlier, dict[int, int]()
        is_done = transfer.outcome is Outcome.OK
        if steps.layout is None:
            if is_done:
                self._guess(transfer)
            return NOTHING_EARLIER
        for step in steps.of(transfer):
            if step.kind is StepKind.DISPLAY:
                display = Ssd1306Commands(steps.begun)
                for _ in display.parts(step.data):
                    pass
                steps.begun = display.begun
            elif is_done and step.kind in (StepKind.REGISTERS_READ, StepKind.REGISTERS_WRITTEN):
                self._keep(steps.layout, step, transfer, values)
        if (steps.pointer, steps.increments, steps.command, steps.begun) != earlier[:4]:
            self._earlier = Earlier(steps.pointer, steps.increments, steps.command, steps.begun)
        return earlier._replace(values=values) if values else earlier

    def _keep(self, layout: Layout, step: Step, transfer: TransferCompleted, values: dict[int, int]) -> None:
        """Remember the registers of a step. Put the values that they had, if they have fields, into `values`."""
        written = step.kind is StepKind.REGISTERS_WRITTEN
        for span in layout.spans(step.number, len(step.data), step.increments):
            data, register = step.data[span.start : span.end], span.register
            if register is None:
                for offset, byte in enumerate(data[:MOST_REGISTERS]):
                    self._set(span.number + offset, _cell(byte, 1, transfer, written))
            elif len(data) == register.size and not span.offset:
                before = self.cells.get(register.address)
                if before is not None and register.fields and before.size == register.size:
                    values.setdefault(register.address, before.value)
                self._set(register.address, _cell(register.raw(data), register.size, transfer, written))

    def _guess(self, transfer: TransferCompleted) -> None:
        """Remember the bytes that were read after one byte was written: to most sensors that is a register's number."""
        for ask, answer in pairwise(transfer.messages):
            if ask.written and len(ask.data) == 1 and not answer.written:
                for offset, byte in enumerate(answer.data[:MOST_REGISTERS]):
                    self._set((ask.data[0] + offset) % MOST_REGISTERS, _cell(byte, 1, transfer, written=False))

    def _set(self, number: int, cell: Cell) -> None:
        if number in self.cells or len(self.cells) < MOST_REGISTERS:
            self.cells[number] = cell


def _cell(value: int, size: int, transfer: TransferCompleted, written: bool) -> Cell:
    return Cell(value, transfer.time_ns, transfer.plugin, transfer.source_line, written, size, transfer.library)
