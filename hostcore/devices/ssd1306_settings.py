"""What the SSD1306's commands set about driving the panel; everything but the display memory and its scrolling.

Source: Solomon Systech SSD1306 data sheet, Rev 1.1, section 9 (command table, reset values) and section 10.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

OSCILLATOR_HZ = 370_000
"""Typical display clock before division (table 13-1, FOSC); D5h A[7:4] moves it by an amount given only as a graph."""
BANK0_CLOCKS = 50
"""Display clocks of a row's current drive, beside its two pre-charge phases (section 8.3)."""
MIN_MULTIPLEX = 16
"""The smallest multiplex ratio (A8h)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The registers behind the commands; the defaults are the reset values."""

    on: bool = False
    """AEh, AFh: the display is on; off is its sleep mode."""
    pump: bool = False
    """8Dh A[2]: the charge pump is enabled."""
    pumped: bool = False
    """The pump was already enabled when the display was switched on, so that it now supplies the panel.

    The application note on the pump gives the sequence 8Dh, 14h, AFh; enabling it later takes another AFh.
    """
    external_vcc: bool = False
    """The module supplies the panel by itself and has no need of the pump. Not a register but wiring."""
    contrast: int = 0x7F
    """81h: 0 to 255."""
    all_on: bool = False
    """A4h, A5h: every pixel lit, whatever the memory holds."""
    inverted: bool = False
    """A6h, A7h: a 0 in the memory is lit."""
    start_line: int = 0
    """40h to 7Fh: the memory's row, 0 to 63, that is row 0 of the display."""
    multiplex: int = 64
    """A8h: how many rows are driven, 16 to 64."""
    com_reversed: bool = False
    """C0h, C8h: the COM outputs are scanned from COM[multiplex - 1] to COM0."""
    offset: int = 0
    """D3h: the display's rows move up by so many COM outputs, 0 to 63."""
    com_alternating: bool = True
    """DAh A[4]: even rows come out on one side of the chip, odd rows on the other."""
    com_sides_swapped: bool = False
    """DAh A[5]: the left and the right side's COM outputs change places."""
    clock_divide: int = 1
    """D5h A[3:0]: the display clock is the oscillator's divided by this, 1 to 16."""
    oscillator: int = 8
    """D5h A[7:4]: the oscillator's frequency setting, 0 to 15."""
    phase_1: int = 2
    """D9h A[3:0]: discharge period in display clocks, 1 to 15; 0 is invalid."""
    phase_2: int = 2
    """D9h A[7:4]: pre-charge period in display clocks, 1 to 15; 0 is invalid."""
    vcomh: int = 2
    """DBh A[6:4]: the deselect level; 0, 2 and 3 are about 0.65, 0.77 and 0.83 of VCC."""

    @property
    def lit(self) -> bool:
        """Whether the panel is on and has its voltage."""
        return self.on and (self.pumped or self.external_vcc)

    @property
    def frame_ns(self) -> int:
        """How long one frame takes, in nanoseconds: 9.3 ms after a reset (section 8.3)."""
        clocks = self.clock_divide * (self.phase_1 + self.phase_2 + BANK0_CLOCKS) * self.multiplex
        return clocks * 1_000_000_000 // OSCILLATOR_HZ


def _switch(now: Settings, byte: int) -> Settings:
    on = bool(byte & 0x01)
    return replace(now, on=on, pumped=on and now.pump)


def _pump(now: Settings, byte: int) -> Settings:
    pump = bool(byte & 0x04)
    return replace(now, pump=pump, pumped=pump and now.pumped)


def _multiplex(now: Settings, byte: int) -> Settings:
    ratio = (byte & 0x3F) + 1
    return replace(now, multiplex=ratio) if ratio >= MIN_MULTIPLEX else now


def _com_pins(now: Settings, byte: int) -> Settings:
    return replace(now, com_alternating=bool(byte & 0x10), com_sides_swapped=bool(byte & 0x20))


def _clock(now: Settings, byte: int) -> Settings:
    return replace(now, clock_divide=(byte & 0x0F) + 1, oscillator=byte >> 4)


SettingCommand = Callable[[Settings, int], Settings]
"""The settings before a command, and its last byte (the opcode itself, or its one parameter), to those after it."""

SETTING_COMMANDS: Mapping[int, SettingCommand] = {
    **dict.fromkeys(range(0x40, 0x80), lambda now, byte: replace(now, start_line=byte & 0x3F)),
    0x81: lambda now, byte: replace(now, contrast=byte),
    0x8D: _pump,
    **dict.fromkeys((0xA4, 0xA5), lambda now, byte: replace(now, all_on=bool(byte & 0x01))),
    **dict.fromkeys((0xA6, 0xA7), lambda now, byte: replace(now, inverted=bool(byte & 0x01))),
    0xA8: _multiplex,
    **dict.fromkeys((0xAE, 0xAF), _switch),
    **dict.fromkeys((0xC0, 0xC8), lambda now, byte: replace(now, com_reversed=bool(byte & 0x08))),
    0xD3: lambda now, byte: replace(now, offset=byte & 0x3F),
    0xD5: _clock,
    0xD9: lambda now, byte: replace(now, phase_1=byte & 0x0F, phase_2=byte >> 4),
    0xDA: _com_pins,
    0xDB: lambda now, byte: replace(now, vcomh=byte >> 4 & 0x07),
}
"""The commands that set these registers, by opcode."""
