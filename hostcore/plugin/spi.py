"""An SPI transaction of a plugin: one effect, which can use a GPIO line besides the bus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hostcore.backends.spi import (
    SpiDevice,
    SpiOperation,
    SpiSelect,
    SpiSettings,
    SpiTransfer,
    SpiWrite,
    is_answered,
    length_of,
)
from hostcore.buses.effects import Asked, Done
from hostcore.events import Message
from hostcore.permissions import Permission
from hostcore.place import GPIO, BusName, Place
from hostcore.plugin.bounds import spi_request
from hostcore.plugin.gate import Gate


def spi_transaction(
    gate: Gate, bus: int, chip_select: int, operations: Sequence[SpiOperation], settings: SpiSettings
) -> tuple[bytes, ...]:
    """Do `SpiDevice.transaction`. Drives `settings.line` meanwhile, if there is one; this needs its own permission."""

    def wanted() -> Permission:
        device, line = spi_request(bus, chip_select, operations, settings)
        if line is not None:
            gate.kit.access.require(line)
        return device

    def transact(device: SpiDevice) -> Done[tuple[bytes, ...]]:
        with _selected(gate, settings):
            received = device.transaction(operations, settings)
        return Done(received, _interleaved(operations, received))

    return gate.perform(
        Place(BusName.spi(bus), chip_select),
        wanted,
        gate.buses.spi_device,
        transact,
        Asked(
            tuple([Message(True, each.data) for each in operations if isinstance(each, SpiWrite | SpiTransfer)]),
            tuple([length_of(each) for each in operations if is_answered(each)]),
            settings,
        ),
    )


@contextmanager
def _selected(gate: Gate, settings: SpiSettings) -> Iterator[None]:
    """Drive the line that selects the chip, if there is one, for the time of the block."""
    if settings.line is None:
        yield
        return
    place = Place(GPIO, settings.line)
    line, active = gate.buses.gpio_line(place), settings.select is SpiSelect.HIGH
    with gate.buses.held(place, gate.kit.limit):  # always after the bus, so that no two plugins wait for each other
        line.write(active)
        try:
            yield
        finally:
            line.write(not active)


def _interleaved(operations: Sequence[SpiOperation], received: Sequence[bytes]) -> tuple[Message, ...]:
    answers = iter(received)
    messages = []
    for each in operations:
        if isinstance(each, SpiWrite | SpiTransfer):
            messages.append(Message(True, each.data))
        if is_answered(each):
            messages.append(Message(False, next(answers)))
    return tuple(messages)
