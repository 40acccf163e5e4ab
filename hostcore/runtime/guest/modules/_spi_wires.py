"""The wires of an SPI bus, whose chips a driver selects by GPIO lines.

A driver selects its chip by a line: it sets `cs.value`, transfers, and sets it back. On this host, other plugins may
use the bus as well. So a selection becomes one transaction of the host, in which the host drives the line. It is sent
when the driver reads, or when it ends the selection. Until then, writes are kept, with the pauses between them.

The lines of the controller's own chip selects (CE0, CE1) always select a chip. `Wires.may_learn` says when another line
is taken for one.

What cannot be kept in one transaction is refused with a RuntimeError: a transfer after the first one that reads, and
another line that is set or read after a write, all while the chip is selected.

Every other line is driven by itself, and every transfer outside a selection is a transaction.
"""

import time
from collections.abc import Callable
from typing import Any, Literal

import _chip_select
import host
from host import spi

CHIP_SELECTS = {0: {8: 0, 7: 1}, 1: {18: 0, 17: 1, 16: 2}}
"""The chip select of each line, by bus (Raspberry Pi kernel, overlays/README: spi0-2cs and spi1-3cs)."""
SHORTEST_PAUSE_NS = 100_000
"""A shorter time between two transfers is taken for the driver's own computing."""
LONGEST = 4096
"""Bytes of one transfer of the host. A longer one outside a selection is sent in parts."""
FASTEST_HZ = 125_000_000
"""The fastest clock that the host offers."""


class _Selection:
    """A chip that is selected at present.

    Args:
        line: the line that selects it.
        level: the level that selects it.
    """

    def __init__(self, line: int, level: bool) -> None:
        self.line, self.level = line, level
        self.kept: list[Any] = []
        """The operations that are still to be sent."""
        self.is_sent = False
        self._last_ns = 0

    def keep(self, operation: Any) -> None:
        """Add an operation, after the pause since the last one."""
        if self.is_sent:
            raise RuntimeError(
                f"another transfer after a read, while GPIO {self.line} still selects the chip. The host ends a "
                "selection with its first read, so that other plugins can use the bus: use one write_readinto for all"
            )
        pause_ns = time.monotonic_ns() - self._last_ns
        if self.kept and pause_ns >= SHORTEST_PAUSE_NS:
            self.kept.append(spi.Delay(pause_ns / 1e9))
        self.kept.append(operation)
        self._last_ns = time.monotonic_ns()


class Wires:
    """The wires of one bus.

    Args:
        bus: its number.
        otherwise: what a transfer outside a selection selects: "low" is `chip_select`, "none" is nothing.
        failed: called when a selection could not be sent at its end.
        chip_select: the chip select of a transfer outside a selection.

    Attributes:
        bus: its number; None once it is closed.
        speed_hz: clock in hertz.
        mode: clock polarity and phase, 0 to 3.
        may_learn: whether a line that goes low now is taken for one that selects a chip. The next transfer ends this.
    """

    def __init__(
        self,
        bus: int,
        otherwise: Literal["low", "none"],
        failed: Callable[[], None] = lambda: None,
        chip_select: int = 0,
    ) -> None:
        self.bus: int | None = bus
        self.speed_hz, self.mode = 100_000, 0
        self.may_learn = False
        self._otherwise: dict[str, Any] = {"select": otherwise, "chip_select": chip_select}
        self._failed = failed
        self._own = CHIP_SELECTS.get(bus, {})
        self._selecting = dict.fromkeys(self._own, False)
        """The level at which each line selects a chip, as far as this is known."""
        self._selection: _Selection | None = None
        _chip_select.listen(self)

    def close(self) -> None:
        """End the use of the bus."""
        self.bus = None
        _chip_select.unlisten(self)

    def write(self, data: bytes) -> None:
        """Send bytes, or keep them until the chip is deselected."""
        self.may_learn = False
        if self._selection is not None:
            self._selection.keep(spi.Write(data))
            return
        for start in range(0, len(data), LONGEST):
            self._transact([spi.Write(data[start : start + LONGEST])])

    def transfer(self, data: bytes) -> bytes:
        """Send what was kept and `data`. Returns the bytes that are received with `data`."""
        self.may_learn = False
        selection = self._selection
        if selection is None:
            parts = [data[start : start + LONGEST] for start in range(0, len(data), LONGEST)]
            return b"".join(self._transact([_full_duplex(part)])[0] for part in parts)
        selection.keep(_full_duplex(data))
        selection.is_sent = True
        return self._send(selection)[0]

    def line_written(self, line: int, level: bool) -> bool:
        """Take a line that selects a chip. `_chip_select` calls this for all lines."""
        selection = self._selection
        if selection is not None:
            if line == selection.line:
                if level is not selection.level:
                    self._deselect(selection)
                return True
            self.line_used(line)
            return False
        if self.may_learn and not level:
            self._selecting.setdefault(line, level)
        if self._selecting.get(line) is level:
            self._selection = _Selection(line, level)
            return True
        return line in self._own

    def line_used(self, line: int) -> None:
        """Refuse the use of another line after writes that were not sent yet: their order would change."""
        if self._selection is not None and self._selection.kept and line != self._selection.line:
            raise RuntimeError(
                f"GPIO {line} is used after a write to the chip that GPIO {self._selection.line} selects. The host "
                "sends all transfers of a selection together: use the line before the first write, or deselect first"
            )

    def _deselect(self, selection: _Selection) -> None:
        self._selection = None
        if selection.kept:
            try:
                self._send(selection)
            except BaseException:
                self._failed()
                raise
        elif not selection.is_sent and selection.line not in self._own:
            host.gpio.write(selection.line, selection.level)
            host.gpio.write(selection.line, not selection.level)

    def _send(self, selection: _Selection) -> list[bytes]:
        operations, selection.kept = selection.kept, []
        return self._transact(operations, selection)

    def _transact(self, operations: list[Any], selection: _Selection | None = None) -> list[bytes]:
        if self.bus is None:
            raise AttributeError("the SPI bus was freed by deinit()")
        if selection is None:
            select = self._otherwise
        elif selection.line in self._own:
            select = {"chip_select": self._own[selection.line]}
        else:
            select = {"line": selection.line, "select": "high" if selection.level else "low"}
        speed_hz = min(int(self.speed_hz), FASTEST_HZ)
        return spi.transaction(operations, bus=self.bus, speed_hz=speed_hz, mode=self.mode, **select)


def _full_duplex(data: bytes) -> Any:
    return spi.Transfer(data) if any(data) else spi.Read(len(data))
