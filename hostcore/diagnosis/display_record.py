"""What an OLED display was told by its drivers: its switches, and how the picture is addressed."""

from __future__ import annotations

from hostcore.decoding.decoded import CommandSent
from hostcore.decoding.ssd1306_commands import Ssd1306Commands
from hostcore.events import TransferCompleted
from hostcore.place import BusKind, BusName

ADDRESSES = (0x3C, 0x3D)
"""The addresses of an SSD1306 or SH1106 (SSD1306 data sheet, section 8.1.5.2)."""
PAGE_MODE = 2
"""Addressing after a reset: the column grows, and the page stays (SSD1306 data sheet, table 9-1, 20h)."""
RESET_CONTRAST = 0x7F
"""The contrast after a reset (SSD1306 data sheet, table 9-1, 81h)."""
SH1106_SUPPLY = 0xAD
"""The command of an SH1106's own voltage converter (SH1106 data sheet, command table)."""
SH1106_STATUS = 0x08
"""The low digit of the status byte that an SH1106 returns to a read. An SSD1306 returns 3 or 6."""


def is_display_address(bus: BusName, address: int | None) -> bool:
    """Whether an OLED display can be there."""
    return bus.kind is BusKind.I2C and address in ADDRESSES


class DisplayRecord:
    """One display, as its commands set it up since the host started. Before that, it is as nobody knows.

    Attributes:
        is_on: whether it was switched on (AFh) or off (AEh) last; None if neither was sent.
        was_on: whether it was ever switched on.
        switched: the transfer that switched it last.
        pump: whether its charge pump was switched on (8Dh) or off last; None if neither was sent.
        has_other_supply: a command for the supply of another chip than the SSD1306 was sent.
        contrast: its contrast (81h), 0 to 255.
        addressing: 0 horizontal, 1 vertical, 2 page (20h); None if no valid one was sent.
        addressed: the transfer that set the addressing.
        pages: the pages that were chosen (B0h to B7h) since the addressing was set.
        has_window: whether a window (21h, 22h) was set since then.
        longest_run: the most bytes of picture without a command for the place between them, since then.
        pictures: transfers with bytes of the picture since the last switch.
        first_picture_ns: when the first of those began.
        last_picture: the newest of them.
        status: the last status byte that was read; None if there was none.
    """

    def __init__(self) -> None:
        self.is_on: bool | None = None
        self.was_on = False
        self.switched: TransferCompleted | None = None
        self.pump: bool | None = None
        self.has_other_supply = False
        self.contrast = RESET_CONTRAST
        self.addressing: int | None = None
        self.addressed: TransferCompleted | None = None
        self.pages: set[int] = set()
        self.has_window = False
        self.longest_run = 0
        self.pictures = 0
        self.first_picture_ns = 0
        self.last_picture: TransferCompleted | None = None
        self.status: int | None = None
        self._run = 0
        self._commands = Ssd1306Commands()

    def take(self, event: TransferCompleted) -> None:
        """Take in a transfer that succeeded."""
        has_picture = False
        for message in event.messages:
            if not message.written:
                self.status = message.data[0] if message.data else self.status
                continue
            for part in self._commands.parts(message.data):
                if isinstance(part, CommandSent) and part.name == "PICTURE":
                    has_picture = True
                    self._run += len(part.arguments)
                elif isinstance(part, CommandSent) and part.code:
                    self._obey(event, part.code[0], part.arguments)
        self.longest_run = max(self.longest_run, self._run)
        if has_picture:
            self.pictures += 1
            self.first_picture_ns = self.first_picture_ns or event.time_ns
            self.last_picture = event

    def _obey(self, event: TransferCompleted, opcode: int, arguments: bytes) -> None:
        if not arguments and opcode in (0x20, 0x81, 0x8D):
            return  # its argument comes with the next message
        if opcode in (0xAE, 0xAF):
            self._switch(event, on=opcode == 0xAF)
        elif opcode == 0x8D:
            self.pump = bool(arguments[0] & 0x04)
        elif opcode == SH1106_SUPPLY:
            self.has_other_supply = True
        elif opcode == 0x81:
            self.contrast = arguments[0]
        elif opcode == 0x20 and arguments[0] <= PAGE_MODE:  # the SH1106 driver of luma.oled sends other values
            self.addressing, self.addressed = arguments[0], event
            self.pages.clear()
            self.has_window, self.longest_run, self._run = False, 0, 0
        else:
            self._place(opcode)

    def _switch(self, event: TransferCompleted, *, on: bool) -> None:
        if self.is_on is not on:
            self.pictures, self.first_picture_ns = 0, 0
        self.is_on, self.was_on, self.switched = on, self.was_on or on, event

    def _place(self, opcode: int) -> None:
        if 0xB0 <= opcode <= 0xB7:
            self.pages.add(opcode & 0x07)
        elif opcode in (0x21, 0x22):
            self.has_window = True
        elif opcode >= 0x20:
            return
        self.longest_run, self._run = max(self.longest_run, self._run), 0
