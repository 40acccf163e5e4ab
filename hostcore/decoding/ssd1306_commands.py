"""The commands of SSD1306 and SH1106 displays, by name.

Source: Solomon Systech SSD1306 data sheet, Rev 1.1, sections 8.1.5 (control bytes) and 9 (command table).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hostcore.chips.model import Chip
from hostcore.decoding.decoded import CommandSent, Part, Plain
from hostcore.devices.ssd1306 import CONTINUATION, DATA, PARAMETERS

CHIPS = ("SSD1306", "SH1106")
"""The chips whose messages begin with a control byte like this."""
_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x00, 0x0F, "COLUMN_LOW"),
    (0x10, 0x1F, "COLUMN_HIGH"),
    (0x40, 0x7F, "START_LINE"),
    (0xB0, 0xB7, "PAGE"),
)
"""First opcode, last opcode, name of the commands that carry their argument in the opcode."""
_NAMES: Mapping[int, str] = {
    0x20: "ADDRESSING", 0x21: "COLUMNS", 0x22: "PAGES", 0x23: "FADE", 0x26: "SCROLL_RIGHT", 0x27: "SCROLL_LEFT",
    0x29: "SCROLL_UP_RIGHT", 0x2A: "SCROLL_UP_LEFT", 0x2C: "SCROLL_ONE_RIGHT", 0x2D: "SCROLL_ONE_LEFT",
    0x2E: "SCROLL_OFF", 0x2F: "SCROLL_ON", 0x81: "CONTRAST", 0x8D: "CHARGE_PUMP", 0xA0: "SEGMENTS_NORMAL",
    0xA1: "SEGMENTS_REVERSED", 0xA3: "SCROLL_AREA", 0xA4: "SHOW_MEMORY", 0xA5: "ALL_LIT", 0xA6: "NORMAL",
    0xA7: "INVERTED", 0xA8: "MULTIPLEX", 0xAE: "DISPLAY_OFF", 0xAF: "DISPLAY_ON", 0xC0: "ROWS_NORMAL",
    0xC8: "ROWS_REVERSED", 0xD3: "OFFSET", 0xD5: "CLOCK", 0xD6: "ZOOM", 0xD9: "PRECHARGE", 0xDA: "COM_PINS",
    0xDB: "VCOMH", 0xE3: "NOP",
}  # fmt: skip
_WORDS: Mapping[tuple[int, int], str] = {
    (0x20, 0): "horizontal",
    (0x20, 1): "vertical",
    (0x20, 2): "page",
    (0x8D, 0x10): "off",
    (0x8D, 0x14): "on",
}
"""Meanings of arguments, by opcode and argument."""


def is_display(chip: Chip) -> bool:
    """Whether a chip takes these commands."""
    return any(name in CHIPS for name in (chip.name, *chip.also))


class Ssd1306Commands:
    """Reads the messages of one display. A command and its arguments may come in several messages.

    Args:
        begun: the opcode and arguments of a command that earlier messages began.

    Attributes:
        begun: the same after the messages that were read.
    """

    def __init__(self, begun: bytes = b"") -> None:
        self.begun = begun

    def parts(self, message: bytes) -> Iterator[Part]:
        """Yield the commands of one write message, and the bytes for the picture."""
        raw = b""
        for control, payload in _blocks(message):
            raw += bytes((control,))
            if control & DATA and payload:
                yield CommandSent("PICTURE", b"", payload, raw + payload, note=f"{len(payload)} bytes of picture")
                raw = b""
                continue
            for byte in payload:
                raw, self.begun = raw + bytes((byte,)), self.begun + bytes((byte,))
                if len(self.begun) > PARAMETERS.get(self.begun[0], 0):
                    yield _command(self.begun, raw)
                    raw = self.begun = b""
        if raw:
            yield _command(self.begun, raw) if self.begun else Plain(True, raw)


def _blocks(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Each control byte with the bytes that belong to it."""
    at = 0
    while at < len(message):
        control = message[at]
        end = at + 2 if control & CONTINUATION else len(message)
        yield control, message[at + 1 : end]
        at = end


def _command(code: bytes, raw: bytes) -> CommandSent:
    opcode, arguments = code[0], code[1:]
    name = _NAMES.get(opcode, "")
    note = _WORDS.get((opcode, arguments[0]), "") if arguments else ""
    for first, last, ranged in _RANGES:
        if first <= opcode <= last:
            name, note = ranged, str(opcode - first)
    return CommandSent(name, code[:1], arguments, raw, note=note)
