"""The displays on the buses, decoded from what was written to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostcore.events import Outcome, TransferCompleted
from hostcore.place import BusKind, BusName
from hostcore.view.part import Part, Takers

if TYPE_CHECKING:
    from hostcore.devices.ssd1306 import Picture

ADDRESSES = (0x3C, 0x3D)
"""The addresses that an SSD1306 can have (data sheet, section 8.1.5)."""


class Display:
    """One display. Its driver's settings tell which panel it has.

    Attributes:
        bus: as host.toml names it.
        address: 7 bits.
        transfers: how many were decoded.
        last_ns: when the last of them began.
        is_simulated: whether the bus is one of the simulated Pi.
    """

    def __init__(self, bus: BusName, address: int) -> None:
        from hostcore.devices.ssd1306 import Ssd1306Decoder  # noqa: PLC0415 - the first frame should not wait for it

        self.bus, self.address = bus, address
        self.transfers = self.last_ns = 0
        self.is_simulated = False
        self._decoder = Ssd1306Decoder(height=None)

    @property
    def revision(self) -> int:
        """Grows whenever the picture may have changed."""
        return self._decoder.revision

    def picture(self) -> Picture:
        """The picture that the display shows now, as far as its bytes are known."""
        return self._decoder.picture()

    def receive(self, event: TransferCompleted) -> None:
        """Decode a transfer to it."""
        for message in event.messages:
            if message.written:
                self._decoder.receive(message.data)
        self.transfers += 1
        self.last_ns = event.time_ns
        self.is_simulated = event.is_simulated


class Displays(Part):
    """Every display that a plugin has written to."""

    def __init__(self) -> None:
        self._displays: dict[tuple[BusName, int], Display] = {}

    def takes(self) -> Takers:
        return {TransferCompleted: self.follow}

    def all(self) -> tuple[Display, ...]:
        """The displays, in the order in which they were first written to."""
        return tuple(self._displays.values())

    def follow(self, event: TransferCompleted) -> None:
        """Decode `event` if it is for a display."""
        if event.address not in ADDRESSES or event.bus.kind is not BusKind.I2C or event.outcome is not Outcome.OK:
            return
        if not any(message.written for message in event.messages):
            return
        key = event.bus, event.address
        if key not in self._displays:
            self._displays[key] = Display(*key)
        self._displays[key].receive(event)
