"""Solomon Systech SSD1306 OLED controller, 128 x 64, on I2C at 0x3C or 0x3D.

The decoder has two uses: it is the core of the simulated chip, and it turns recorded traffic to a real display into a
picture. Source: SSD1306 data sheet, Rev 1.1 (Apr 2008): section 8.1.5 (I2C), 9 (commands), 10 (their effect), and the
application note on the charge pump at its end. Commands that only the SSD1306B has are ignored together with their
parameters, so that a parameter is never taken for a command.
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
"""Co of a control byte. Set: one byte and then another control byte follow. Clear: only bytes follow (8.1.5.2)."""
DATA = 0x40
"""D/C# of a control byte. Set: the next bytes are for the display memory. Clear: they are commands (8.1.5.2)."""
STATUS_OFF = 0x40
"""Bit 6 of the status byte: the display is off (table 9-2). The other bits are reserved, here 0."""
UNKNOWN_KEPT = 64
"""The number of unknown commands that are stored."""

PARAMETERS: Mapping[int, int] = {
    0x20: 1, 0x21: 2, 0x22: 2, 0x26: 6, 0x27: 6, 0x29: 5, 0x2A: 5, 0x81: 1, 0x8D: 1, 0xA3: 2, 0xA8: 1,
    0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1,
    0x23: 1, 0x2C: 6, 0x2D: 6, 0xD6: 1,  # SSD1306B: fade and blink, scroll by one column, zoom
}  # fmt: skip
"""The number of parameter bytes of each command that has any (table 9-1)."""


class Ssd1306Decoder:
    """The controller without its wires: takes the bytes that are written to it, and gives the picture.

    It starts as after a reset, with an empty memory, and accepts all bytes. Only one thread may use it at a time.

    Args:
        height: rows of the panel. None if they are not known, as for traffic on a real bus. The picture is then that of
            the lowest panel that has all the rows that the driver uses: drivers set the multiplex ratio to them.
        width: columns of the panel. There are panels with 128x64, 128x32, 96x16, 64x48 and 64x32 pixels.
        clock: the clock for scrolling. Without a clock the picture does not scroll.
        external_vcc: the module supplies the panel's voltage. Otherwise the panel is dark without the charge pump.

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
        """The present content of the registers."""
        return self._settings

    @property
    def status(self) -> int:
        """The status byte, which a read returns."""
        return 0 if self._settings.on else STATUS_OFF

    @property
    def unknown_commands(self) -> tuple[int, ...]:
        """The last opcodes that are not in the data sheet, oldest first, at most 64."""
        return tuple(self._unknown)

    @property
    def revision(self) -> int:
        """Grows whenever the picture may have changed."""
        self._catch_up()
        return self._revision

    def picture(self) -> Picture:
        """The present picture, as a person in front of the module sees it."""
        revision = self.revision
        if self._seen is None or self._seen[0] != revision:
            self._seen = revision, self._composed()
        return self._seen[1]

    def _composed(self) -> Picture:
        rows = self._settings.multiplex
        panel = next((panel for panel in self._panels if panel.height >= rows), self._panels[-1])
        return compose(panel, self._settings, self._memory, self._scroller.shift)

    def receive(self, message: bytes) -> None:
        """Receive a whole write message, from the control byte on, without the address."""
        self.start()
        self.feed(message)

    def start(self) -> None:
        """A start or repeated start: a control byte comes next. An incomplete command still waits for parameters."""
        self._control = None

    def feed(self, data: bytes) -> None:
        """Receive the next bytes of the message."""
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
"""Carries out a command, given its opcode and parameters."""


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
    """A simulated display module with this controller.

    Args:
        clock: the clock for scrolling.
        environment: not used.
        height: rows of the panel.
        width: columns of the panel.
        external_vcc: see `Ssd1306Decoder`.

    Attributes:
        decoder: the controller; its `picture()` is the picture of the module.
    """

    title = "SSD1306"

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
        """Do nothing: each byte has taken effect at once."""
