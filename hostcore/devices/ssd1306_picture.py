"""The picture that a person sees on the panel of an SSD1306.

The picture depends on how the panel is wired to the chip. Common modules are wired like this:

* SEG127 is the leftmost column and COM0 the bottom row. So A1h, C8h gives an upright picture, and A0h, C0h one that is
  turned by 180 degrees.
* Panels with 128x64, 64x48 and 64x32 pixels have their even rows on one side of the chip and their odd rows on the
  other. They need DAh 12h. With 02h, the upper and the lower half of the picture interlace.
* Panels with 128x32 and 96x16 pixels have all rows on one side, in sequence. They need DAh 02h. With 12h, every other
  row of the picture is missing.

Sources: Solomon Systech SSD1306 data sheet, Rev 1.1, section 8.7, tables 10-1 and 10-2 (offset, start line, multiplex
ratio) and table 10-3 (COM pins); for the modules, the start-up sequences of Adafruit_SSD1306 and luma.oled.
"""

from __future__ import annotations

from hostcore.devices.ssd1306_memory import COLUMNS, PAGES, DisplayMemory
from hostcore.devices.ssd1306_scroll import ROWS, VerticalShift
from hostcore.devices.ssd1306_settings import Settings
from hostcore.quick_dataclass import dataclass

SIDE = ROWS // 2
"""The number of COM outputs on each side of the chip."""
_BIT_AS_DIGIT = tuple(bytes(ord("0") + (byte >> bit & 1) for byte in range(256)) for bit in range(8))
"""Translation tables: a page's bytes to the "0"s and "1"s of its row `bit`."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that a person in front of the upright module sees."""

    width: int
    """Pixels per row, a multiple of 8."""
    height: int
    """Number of rows."""
    rows: tuple[bytes, ...]
    """The lit pixels, top row first, 8 per byte, the leftmost in bit 7 (as in PBM, and in Pillow's mode "1").

    The effects of `inverted` and `on` are included.
    """
    on: bool
    """The display is on and has its voltage. Otherwise no pixel is lit."""
    inverted: bool
    """The display inverts the content of its memory."""
    contrast: int
    """Brightness of the lit pixels, 0 to 255. 0 is dim, not dark."""

    def lit(self, x: int, y: int) -> bool:
        """Whether a pixel is lit: `x` from the left (0 to width - 1), `y` from the top (0 to height - 1)."""
        return bool(self.rows[y][x >> 3] << (x & 7) & 0x80)


@dataclass(frozen=True, slots=True)
class Panel:
    """The glass of a module, and how it is wired to the chip."""

    width: int
    """Number of columns."""
    height: int
    """Number of rows."""
    first_column: int
    """The number of unused segment outputs, from SEG127 down, to the left of the first column."""
    alternating: bool
    """Whether even and odd rows are wired to different sides of the chip."""

    def com_output(self, y: int) -> int:
        """The COM output of row `y` from the top, 0 to 63. Outputs 0 to 31 are on one side of the chip."""
        position = self.height - 1 - y
        return position // 2 + SIDE * (position % 2) if self.alternating else position


PANELS = (
    Panel(128, 64, first_column=0, alternating=True),
    Panel(128, 32, first_column=0, alternating=False),
    Panel(96, 16, first_column=0, alternating=False),
    Panel(64, 48, first_column=32, alternating=True),
    Panel(64, 32, first_column=32, alternating=True),
)
"""The panels that are sold with this chip."""


def panels_of(width: int, height: int | None) -> tuple[Panel, ...]:
    """The panels of this width, and of this height unless it is None. At least one; the lowest comes first.

    Raises:
        ValueError: there is no such panel. The message names the known ones.
    """
    panels = [panel for panel in PANELS if panel.width == width and height in (None, panel.height)]
    if not panels:
        known = ", ".join(f"{panel.width}x{panel.height}" for panel in PANELS)
        size = f"{width} pixels wide" if height is None else f"{width}x{height} pixels"
        raise ValueError(f"no SSD1306 panel is {size}; known panels are {known}")
    return tuple(sorted(panels, key=lambda panel: panel.height))


def compose(panel: Panel, settings: Settings, memory: DisplayMemory, shift: VerticalShift) -> Picture:
    """The present picture on `panel`."""
    if settings.lit:
        source = _Source(panel, settings, memory, shift)
        rows = tuple(source.row(y).to_bytes(panel.width // 8) for y in range(panel.height))
    else:
        rows = (bytes(panel.width // 8),) * panel.height
    return Picture(panel.width, panel.height, rows, settings.lit, settings.inverted, settings.contrast)


class _Source:
    """The source of each row of a panel. Rows are integers with the leftmost pixel in the highest bit."""

    def __init__(self, panel: Panel, settings: Settings, memory: DisplayMemory, shift: VerticalShift) -> None:
        self._panel, self._settings, self._shift = panel, settings, shift
        self._memory_rows = [
            int(page.translate(digits), 2) for page in map(memory.page, range(PAGES)) for digits in _BIT_AS_DIGIT
        ]

    def row(self, y: int) -> int:
        """The lit pixels of row `y` of the panel."""
        every_pixel = (1 << self._panel.width) - 1
        display_row = self._display_row(self._com(self._panel.com_output(y)))
        if display_row >= self._settings.multiplex:
            return 0
        if self._settings.all_on:
            return every_pixel
        memory_row = (self._shift.row(display_row) + self._settings.start_line) % ROWS
        pixels = self._memory_rows[memory_row] >> COLUMNS - self._panel.first_column - self._panel.width & every_pixel
        return pixels ^ every_pixel if self._settings.inverted else pixels

    def _com(self, output: int) -> int:
        """The COM signal on this output (table 10-3)."""
        if self._settings.com_sides_swapped:
            output ^= SIDE
        return output % SIDE * 2 + output // SIDE if self._settings.com_alternating else output

    def _display_row(self, com: int) -> int:
        """The row of the display that this COM signal drives; none beyond the multiplex ratio (tables 10-1, 10-2)."""
        position = self._settings.multiplex - 1 - com if self._settings.com_reversed else com
        return (position + self._settings.offset) % ROWS
