"""The sockets of a simulated I2C bus: each makes its chip when it is first used, or has lost its power."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hostcore.devices.base import I2cTarget


class Socket:
    """The place of one chip.

    Args:
        make: makes the chip, which got its power at a moment of the clock in nanoseconds; None is now.
        powered_ns: the moment for the first chip.
    """

    def __init__(self, make: Callable[[int | None], I2cTarget], powered_ns: int) -> None:
        self._make, self._powered_ns = make, powered_ns
        self._chip: I2cTarget | None = None

    def chip(self) -> I2cTarget:
        """Return the chip."""
        if self._chip is None:
            self._chip = self._make(self._powered_ns)
        return self._chip

    def power_cycle(self) -> None:
        """Take the chip's power away and give it back: it forgets everything, and starts now."""
        self._chip = self._make(None)


class Sockets(Mapping[int, I2cTarget]):
    """The chips of one bus by their addresses.

    Args:
        sockets: their sockets. They may be filled while the bus is in use.
    """

    def __init__(self, sockets: Mapping[int, Socket]) -> None:
        self._sockets = sockets

    def __getitem__(self, address: int) -> I2cTarget:
        return self._sockets[address].chip()

    def __iter__(self) -> Iterator[int]:
        return iter(self._sockets)

    def __len__(self) -> int:
        return len(self._sockets)

    def power_cycle(self, address: int) -> None:
        """Take the power of the chip at an address away and give it back, if there is one."""
        if (socket := self._sockets.get(address)) is not None:
            socket.power_cycle()
