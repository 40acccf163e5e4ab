"""The registers of the SSD1306 that control the panel: all but those of the display memory and of scrolling.

Source: Solomon Systech SSD1306 data sheet, Rev 1.1, section 9 (command table, reset values) and section 10.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hostcore.quick_dataclass import dataclass, replace

OSCILLATOR_HZ = 370_000
"""Typical display clock before division (table 13-1, FOSC). D5h A[7:4] changes it; the data sheet has only a graph."""
BANK0_CLOCKS = 50
"""Display clocks per row, without its two pre-charge phases (section 8.3)."""
MIN_MULTIPLEX = 16
"""The smallest multiplex ratio (A8h)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The registers that the commands set. The defaults are the reset values."""

    on: bool = False
    """AEh, AFh: whether the display is on. Off is its sleep mode."""
    pump: bool = False
    """8Dh A[2]: whether the charge pump is enabled."""
    pumped: bool = False
    """Whether the pump was enabled when the display was switched on. Only then does it supply the panel.

    The application note gives the sequence 8Dh, 14h, AFh. If the pump is enabled later, another AFh is needed.
    """
    external_vcc: bool = False
    """Whether the module supplies the panel, so that it does not need the pump. This is wiring, not a register."""
    contrast: int = 0x7F
    """81h: 0 to 255."""
    all_on: bool = False
    """A4h, A5h: whether all pixels are lit, regardless of the memory."""
    inverted: bool = False
    """A6h, A7h: whether a 0 in the memory is lit."""
    start_line: int = 0
    """40h to 7Fh: the row of the memory, 0 to 63, that is row 0 of the display."""
    multiplex: int = 64
    """A8h: the number of rows that are driven, 16 to 64."""
    com_reversed: bool = False
    """C0h, C8h: whether the COM outputs are scanned from COM[multiplex - 1] to COM0."""
    offset: int = 0
    """D3h: the number of COM outputs by which the display's rows move up, 0 to 63."""
    com_alternating: bool = True
    """DAh A[4]: whether even rows are on one side of the chip and odd rows on the other."""
    com_sides_swapped: bool = False
    """DAh A[5]: whether the COM outputs of the left and the right side are swapped."""
    clock_divide: int = 1
    """D5h A[3:0]: the display clock is the oscillator's clock divided by this, 1 to 16."""
    oscillator: int = 8
    """D5h A[7:4]: the frequency setting of the oscillator, 0 to 15."""
    phase_1: int = 2
    """D9h A[3:0]: discharge period in display clocks, 1 to 15; 0 is not valid."""
    phase_2: int = 2
    """D9h A[7:4]: pre-charge period in display clocks, 1 to 15; 0 is not valid."""
    vcomh: int = 2
    """DBh A[6:4]: the deselect level. 0, 2 and 3 are about 0.65, 0.77 and 0.83 of VCC."""

    @property
    def lit(self) -> bool:
        """Whether the panel is on and has its voltage."""
        return self.on and (self.pumped or self.external_vcc)

    @property
    def frame_ns(self) -> int:
        """Duration of one frame in nanoseconds: 9.3 ms after a reset (section 8.3)."""
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
"""Takes the settings and the last byte of a command (its opcode or its only parameter). Returns the new settings."""

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
