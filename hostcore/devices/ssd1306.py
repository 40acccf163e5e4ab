"""Solomon Systech SSD1306 OLED controller, 128 x 64, on I2C at 0x3C or 0x3D.

One decoder serves two ends: it is the simulated chip's inside, and it turns recorded traffic to a real display into
the picture on it. Source: SSD1306 data sheet, Rev 1.1 (Apr 2008): section 8.1.5 (I2C), 9 (commands), 10 (their effect),
and the application note on the charge pump at its end. Commands that only the SSD1306B's data sheet has are passed over
with their parameters, so that a parameter is never taken for a command.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from hostcore.devices.base import I2cTarget
from hostcore.devices.ssd1306_memory import DisplayMemory
from hostcore.devices.ssd1306_picture import Picture, compose, panels_of
from hostcore.devices.ssd1306_scroll import Scroller
from hostcore.devices.ssd1306_settings import SETTING_COMMANDS, Settings

if TYPE_CHECKING:
    from hostcore.clock import Clock
    from hostcore.devices.environment import Environment

__all__ = ["Picture", "Settings", "Ssd1306", "Ssd1306Decoder"]

CONTINUATION = 0x80
"""Co of a control byte: one byte, then another control byte; clear: all that follows belongs to it (8.1.5.2)."""
DATA = 0x40
"""D/C# of a control byte: what follows is for the display memory; clear: for the command decoder (8.1.5.2)."""
STATUS_OFF = 0x40
"""Bit 6 of the status byte: the display is off (table 9-2). The other bits are reserved, and 0 here."""
UNKNOWN_KEPT = 64
"""How many unknown commands are remembered."""

PARAMETERS: Mapping[int, int] = {
    0x20: 1, 0x21: 2, 0x22: 2, 0x26: 6, 0x27: 6, 0x29: 5, 0x2A: 5, 0x81: 1, 0x8D: 1, 0xA3: 2, 0xA8: 1,
    0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1,
    0x23: 1, 0x2C: 6, 0x2D: 6, 0xD6: 1,  # SSD1306B: fade and blink, scroll by one column, zoom
}  # fmt: skip
"""Bytes that belong to a command after its opcode, where there are any (table 9-1)."""


class Ssd1306Decoder:
    """The controller behind its interface: takes what is written to it, gives the picture.

    Starts as after a reset, with an empty memory. Takes any bytes whatever. Not for several threads at a time.

    Args:
        height: the panel's rows. None where it is not known, as for traffic on a real bus: the picture is that of the
            smallest panel of this width that has all rows of the multiplex ratio, to which drivers set the height.
        width: the panel's columns; 128x64, 128x32, 96x16, 64x48 and 64x32 exist.
        clock: what scrolling moves by; without one the picture stands still.
        external_vcc: the module supplies the panel by itself; otherwise it is dark without the charge pump.

    Raises:
        ValueError: there is no panel of this size.
    """

    def __init__(
        self, height: int | None = 64, width: int = 128, *, clock: Clock | None = None, external_vcc: bool = False
    ) -> None:
        self._panels = panels_of(width, height)
        self._settings = Settings(external_vcc=external_vcc)
        self._memory = DisplayMemory()
        self._scroller = Scroller(self._memory, clock.monotonic_ns if clock else lambda: 0)
        self._commands = {**_memory_commands(self._memory), **_scroll_commands(self._scroller), 0xE3: _no_operation}
        self._control: int | None = None
        self._command = bytearray()
        self._unknown: deque[int] = deque(maxlen=UNKNOWN_KEPT)
        self._revision = 0
        self._seen: tuple[int, Picture] | None = None

    @property
    def settings(self) -> Settings:
        """The registers as they are now."""
        return self._settings

    @property
    def status(self) -> int:
        """The status byte that a read returns."""
        return 0 if self._settings.on else STATUS_OFF

    @property
    def unknown_commands(self) -> tuple[int, ...]:
        """The latest opcodes that the data sheet does not have, oldest first, at most 64."""
        return tuple(self._unknown)

    @property
    def revision(self) -> int:
        """Grows whenever the picture may have changed."""
        self._catch_up()
        return self._revision

    def picture(self) -> Picture:
        """What a person facing the module sees now."""
        revision = self.revision
        if self._seen is None or self._seen[0] != revision:
            self._seen = revision, self._composed()
        return self._seen[1]

    def _composed(self) -> Picture:
        rows = self._settings.multiplex
        panel = next((panel for panel in self._panels if panel.height >= rows), self._panels[-1])
        return compose(panel, self._settings, self._memory, self._scroller.shift)

    def receive(self, message: bytes) -> None:
        """One whole write message, from the control byte on; the address is not part of it."""
        self.start()
        self.feed(message)

    def start(self) -> None:
        """A (repeated) start: a control byte comes next. A command waits for its parameters beyond it."""
        self._control = None

    def feed(self, data: bytes) -> None:
        """The message's next bytes."""
        self._catch_up()
        position = 0
        while position < len(data):
            if self._control is None:
                self._control = data[position]
                position += 1
                continue
            control = self._control
            end = position + 1 if control & CONTINUATION else len(data)
            self._take(control, data[position:end])
            position = end
            if control & CONTINUATION:
                self._control = None

    def _catch_up(self) -> None:
        self._revision += self._scroller.catch_up(self._settings.frame_ns)

    def _take(self, control: int, payload: bytes) -> None:
        if control & DATA:
            self._revision += self._memory.write(payload)
            return
        for byte in payload:
            self._command.append(byte)
            if len(self._command) > PARAMETERS.get(self._command[0], 0):
                command = bytes(self._command)
                self._command.clear()
                self._execute(command)

    def _execute(self, command: bytes) -> None:
        opcode = command[0]
        if opcode in SETTING_COMMANDS:
            before, self._settings = self._settings, SETTING_COMMANDS[opcode](self._settings, command[-1])
            self._revision += self._settings != before
        elif opcode in self._commands:
            shift = self._scroller.shift
            self._commands[opcode](command)
            self._revision += self._scroller.shift != shift
        else:
            self._unknown.append(opcode)


Command = Callable[[bytes], None]
"""Does a command, given its opcode and parameters."""


def _memory_commands(memory: DisplayMemory) -> dict[int, Command]:
    return {
        **dict.fromkeys(range(0x00, 0x10), lambda command: memory.set_column_low(command[0] & 0x0F)),
        **dict.fromkeys(range(0x10, 0x20), lambda command: memory.set_column_high(command[0] & 0x0F)),
        0x20: lambda command: memory.set_addressing(command[1] & 0x03),
        0x21: lambda command: memory.set_columns(command[1] & 0x7F, command[2] & 0x7F),
        0x22: lambda command: memory.set_pages(command[1] & 0x07, command[2] & 0x07),
        **dict.fromkeys((0xA0, 0xA1), lambda command: memory.set_remap(bool(command[0] & 0x01))),
        **dict.fromkeys(range(0xB0, 0xB8), lambda command: memory.set_page(command[0] & 0x07)),
    }


def _scroll_commands(scroller: Scroller) -> dict[int, Command]:
    return {
        **dict.fromkeys((0x26, 0x27, 0x29, 0x2A), scroller.set_up),
        0x2E: lambda _: scroller.deactivate(),
        0x2F: lambda _: scroller.activate(),
        0xA3: lambda command: scroller.set_area(command[1] & 0x3F, command[2] & 0x7F),
    }


def _no_operation(_: bytes) -> None:
    """E3h."""


class Ssd1306(I2cTarget):
    """A display module with this controller, as the simulated Pi has it.

    Args:
        clock: what scrolling moves by.
        environment: a display senses nothing; taken because every simulated chip is constructed alike.
        height: the panel's rows.
        width: the panel's columns.
        external_vcc: see `Ssd1306Decoder`.

    Attributes:
        decoder: the controller; its `picture()` is what the module shows.
    """

    def __init__(
        self, clock: Clock, environment: Environment, height: int = 64, width: int = 128, external_vcc: bool = False
    ) -> None:
        self.decoder = Ssd1306Decoder(height, width, clock=clock, external_vcc=external_vcc)

    def start(self, reading: bool) -> bool:
        self.decoder.start()
        return True

    def write(self, data: bytes) -> int:
        self.decoder.feed(data)
        return len(data)

    def read(self, length: int) -> bytes:
        return bytes([self.decoder.status]) * length

    def stop(self) -> None:
        """Nothing waits for it: each byte takes effect as it comes."""
