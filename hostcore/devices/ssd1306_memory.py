"""The SSD1306's display memory (GDDRAM): 8 pages of 128 columns, and the pointer to the next byte to write.

Source: Solomon Systech SSD1306 data sheet, Rev 1.1, sections 8.7 and 10.1.1 to 10.1.5, 10.1.8, 10.1.13.
"""

from __future__ import annotations

PAGES = 8
"""Pages of eight rows each (section 8.7)."""
COLUMNS = 128
"""Bytes in a page, one for each segment output (section 8.7)."""


VERTICAL = 1
"""A[1:0] of command 20h: the pointer goes down the pages of the window, then on to its next column (section 10.1.3)."""
PAGE = 2
"""A[1:0] of command 20h: the pointer goes along the columns and stays in the page. With 0, horizontal addressing, it
goes on to the window's next page."""


class _Pointer:
    """One half of the address pointer, with the window in which it wraps around.

    The chip compares only with the window's last address. If the pointer is beyond it, or if the window's first address
    is above its last, the pointer runs to the physical end and continues at 0.
    """

    def __init__(self, limit: int) -> None:
        self.at, self._first, self._last, self._limit = 0, 0, limit, limit

    def set_window(self, first: int, last: int) -> None:
        self.at, self._first, self._last = first, first, last

    def run(self) -> int:
        """The number of bytes until the pointer jumps."""
        return (self._last if self.at <= self._last else self._limit) - self.at + 1

    def advance(self, steps: int) -> bool:
        """Advance by 1 to `run()` addresses. Returns True if this passed the window's last address."""
        self.at += steps
        if self.at == self._last + 1:
            self.at = self._first
            return True
        if self.at > self._limit:
            self.at = 0
        return False


class DisplayMemory:
    """The memory and its address pointer, as after a reset. It starts with zeros; that of a real chip holds noise.

    Bytes are stored from SEG127 down to SEG0, which is from left to right for a person: see `ssd1306_picture`.
    """

    def __init__(self) -> None:
        self._ram = bytearray(PAGES * COLUMNS)
        self._column = _Pointer(COLUMNS - 1)
        self._page = _Pointer(PAGES - 1)
        self._addressing = PAGE
        self._remapped = False

    def page(self, number: int) -> bytes:
        """The 128 bytes of page 0 to 7 from SEG127 to SEG0; bit 0 is the page's first row."""
        return bytes(self._ram[number * COLUMNS : (number + 1) * COLUMNS])

    def set_addressing(self, mode: int) -> None:
        """20h: `mode` is 0 to 3; 3 is not valid and changes nothing."""
        if mode <= PAGE:
            self._addressing = mode

    def set_columns(self, first: int, last: int) -> None:
        """21h: the window's column addresses, 0 to 127. Moves the pointer to the first."""
        self._column.set_window(first, last)

    def set_pages(self, first: int, last: int) -> None:
        """22h: the window's pages, 0 to 7. Moves the pointer to the first."""
        self._page.set_window(first, last)

    def set_column_low(self, nibble: int) -> None:
        """00h to 0Fh: the low nibble of the pointer's column.

        According to the data sheet, this, `set_column_high` and `set_page` are for page addressing. But the chip obeys
        them in every mode, and common libraries (u8g2, Tiny4kOLED) rely on that.
        """
        self._column.at = self._column.at & 0x70 | nibble

    def set_column_high(self, nibble: int) -> None:
        """10h to 1Fh: the high nibble of the pointer's column. Its top bit is ignored."""
        self._column.at = (nibble & 0x07) << 4 | self._column.at & 0x0F

    def set_page(self, page: int) -> None:
        """B0h to B7h: the pointer's page."""
        self._page.at = page

    def set_remap(self, remapped: bool) -> None:
        """A0h, A1h: if `remapped`, column address 0 is SEG127. Applies only to data that is written later."""
        self._remapped = remapped

    def write(self, data: bytes) -> bool:
        """Write data bytes, in order. Returns True if they changed the memory.

        The loop runs once per jump of the pointer, so a whole frame takes eight slice assignments.
        """
        vertical = self._addressing == VERTICAL
        along, across = (self._page, self._column) if vertical else (self._column, self._page)
        changed = False
        position = 0
        while position < len(data):
            run = data[position : position + along.run()]
            position += len(run)
            changed |= self._store(run, vertical)
            if along.advance(len(run)) and self._addressing != PAGE:
                across.advance(1)
        return changed

    def _store(self, run: bytes, vertical: bool) -> bool:
        start = self._page.at * COLUMNS
        if vertical:
            start += self._column.at if self._remapped else COLUMNS - 1 - self._column.at
            where = slice(start, start + len(run) * COLUMNS, COLUMNS)
        elif self._remapped:
            where = slice(start + self._column.at, start + self._column.at + len(run))
        else:
            end = start + COLUMNS - self._column.at
            where, run = slice(end - len(run), end), run[::-1]
        if self._ram[where] == run:
            return False
        self._ram[where] = run
        return True

    def rotate(self, first_page: int, last_page: int, columns: int) -> None:
        """Rotate pages by `columns`, as scrolling does. A positive number is towards higher column addresses."""
        to_the_right = (columns if self._remapped else -columns) % COLUMNS
        for number in range(first_page, last_page + 1):
            page = self.page(number)
            self._ram[number * COLUMNS : (number + 1) * COLUMNS] = page[-to_the_right:] + page[:-to_the_right]
