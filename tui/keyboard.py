"""Turns the bytes from a terminal into events. A sequence that is not known is dropped, and never typed as keys.

Textual's parser ends on a byte that is not UTF-8, types the rest of an unknown sequence as keys (a ``q`` in it would
quit), and keeps a paste of any size. Here each sequence is cut out whole, by the grammar of ECMA-48, and bounded. Only
then does Textual name its key.
"""

from __future__ import annotations

import codecs
import re
import time
from collections.abc import Callable

from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Key, MouseEvent, Paste, Resize
from textual.message import Message
from textual.messages import InBandWindowResize

MAX_PASTE = 4096
"""The most characters of a paste that are kept. Every field of the screen takes one line."""
MAX_SEQUENCE = 32
"""The most characters of a known sequence. Textual's parser gives up after as many."""
MAX_CELL = 65_535
"""The largest coordinate of a mouse report: a terminal has no more cells in a row (struct winsize of the kernel)."""
SILENCE = 3.0
"""Seconds of silence that end a paste or sequence whose end never came. Keys are keys again then."""
ESC = "\x1b"
ALT_BACKSPACE = "\x1b\x7f"
"""It deletes a word in shells, too, and nobody presses Backspace right after Esc."""
STRINGS = "]PX^_"
"""The characters that begin a string after Esc: OSC, DCS, SOS, PM, APC (ECMA-48 5.6). Terminals answer with these."""
BELL, CANCEL, SUBSTITUTE, CTRL_C = "\x07", "\x18", "\x1a", "\x03"
STRING_ENDS = frozenset((BELL, CANCEL, SUBSTITUTE, CTRL_C))
"""The characters that end a string. ECMA-48 ends it with Esc and ``\\``, and xterm with BEL as well."""
_NUMBERED = re.compile(r"\x1b\[(\d*)[\d:]*(?:;[\d:]*)?(;[\d:;]*)?([~ABCDEFHPQRS])")
"""A key by its number, or by its letter (number 1), its modifiers, and a text: https://sw.kovidgoyal.net/kitty/keyboard-protocol/#legacy-functional-keys"""


def forget_screens() -> None:
    """Let go of ended screens: Textual keeps parsers with the keys that they named, and these have their screens."""
    XTermParser._parse_extended_key.cache_clear()


class Keyboard:
    """Reads the bytes of a terminal. For one thread. No input makes it fail, and its memory is bounded.

    Args:
        encoding: the encoding of the terminal. A byte that does not fit is read as U+FFFD.
        now: seconds of a clock that never goes back.
    """

    def __init__(self, encoding: str = "utf-8", now: Callable[[], float] = time.monotonic) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._now = now
        self._latest = now()
        self._parser = XTermParser()
        self._sequence = ""
        self._follows_string = False
        self._paste: _Pasted | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the end of a sequence or paste is still to come."""
        return bool(self._sequence) or self._paste is not None

    def feed(self, data: bytes) -> list[Message]:
        """Return the events that `data` completes."""
        self._latest = self._now()
        text, at = self._decoder.decode(data), 0
        messages: list[Message] = []
        while at < len(text):
            if self._paste is None:
                messages += self._take(text[at])
                at += 1
            elif (end := self._paste.extend(text, at)) is None:
                break
            else:
                at = end
                messages += self._pasted()
        return messages

    def tick(self) -> list[Message]:
        """Return the events that silence completes: Esc, alone or with a key, and a paste that does not go on."""
        silence = self._now() - self._latest
        if 0 < len(self._sequence) <= 2 and silence >= constants.ESCAPE_DELAY:
            return self._complete()
        if silence < SILENCE:
            return []
        self._sequence = ""
        return self._pasted()

    def _pasted(self) -> list[Message]:
        paste, self._paste = self._paste, None
        return [Paste(paste.text.replace("\0", ""))] if paste is not None and paste.text else []

    def _take(self, character: str) -> list[Message]:
        """Take one character outside a paste."""
        if character == ESC:
            return self._begin()
        if not self._sequence:
            return self._parsed(character)
        if self._follows_string and character == "\\":
            self._sequence = ""
            return []
        if not _goes_on(self._sequence, character):
            is_typed = self._sequence[1] not in STRINGS or character == CTRL_C
            self._sequence = ""
            return self._parsed(character) if is_typed else []
        if len(self._sequence) <= MAX_SEQUENCE:
            self._sequence += character
        return self._complete() if _is_whole(self._sequence, character) else []

    def _begin(self) -> list[Message]:
        """Begin a sequence. It ends the one before it."""
        before, self._sequence = self._sequence, ESC
        self._follows_string = len(before) > 1 and before[1] in STRINGS
        return self._parsed_alone(ESC) if before == ESC else []

    def _complete(self) -> list[Message]:
        sequence, self._sequence = self._sequence, ""
        if sequence == BRACKETED_PASTE_START:
            self._paste = _Pasted()
            return []
        if len(sequence) > MAX_SEQUENCE or not _names_its_key(sequence):
            return []
        if len(sequence) == 2 and sequence != ALT_BACKSPACE:
            # Behind a slow connection, Esc and the next key arrive as Alt and a key. No key of the screen has Alt.
            return [*self._parsed_alone(ESC), *self._parsed(sequence[1])]
        return self._parsed_alone(sequence) if len(sequence) <= 2 else self._parsed(sequence)

    def _parsed_alone(self, sequence: str) -> list[Message]:
        """The key of Esc, or of Alt and Backspace, after which nothing comes."""
        return self._parsed(sequence, is_alone=True)

    def _parsed(self, sequence: str, is_alone: bool = False) -> list[Message]:
        """The events of one whole character or sequence, as Textual names them."""
        try:
            messages = list(self._parser.feed(sequence))
            if is_alone and self._parser._timeout_time is not None:
                self._parser._timeout_time = 0.0
                messages += self._parser.tick()
        except Exception:  # noqa: BLE001 - the numbers in a sequence can be anything, such as a code beyond Unicode
            messages = []
            self._parser = XTermParser()
        if self._parser._timeout_time is not None:
            # It does not know the sequence, and would type it as keys.
            self._parser = XTermParser()
        return [message for message in messages if _is_sound(message)]


class _Pasted:
    """The text of a paste that goes on."""

    def __init__(self) -> None:
        self._text = ""
        self._tail = ""  # it may be the beginning of the end mark

    @property
    def text(self) -> str:
        """The text so far, cut to `MAX_PASTE` characters."""
        return (self._text + self._tail)[:MAX_PASTE]

    def extend(self, text: str, start: int) -> int | None:
        """Append the text from `start` on. Returns the place after the end of the paste, or None if it goes on."""
        joined = self._tail + text[start:]
        end = joined.find(BRACKETED_PASTE_END)
        kept = end if end >= 0 else max(0, len(joined) - len(BRACKETED_PASTE_END) + 1)
        self._text += joined[: min(kept, MAX_PASTE - len(self._text))]
        if end >= 0:
            at = start + end + len(BRACKETED_PASTE_END) - len(self._tail)
            self._tail = ""
            return at
        self._tail = joined[kept:]
        return None


def _goes_on(sequence: str, character: str) -> bool:
    """Whether `character` may follow `sequence`. Nothing may follow a string but more of it."""
    introducer = sequence[1:2]
    if not introducer:
        return True
    if introducer in STRINGS:
        return character not in STRING_ENDS
    if sequence.startswith("\x1b[M") or sequence == "\x1b[[":
        return character >= " "
    return " " <= character <= "~"


def _is_whole(sequence: str, character: str) -> bool:
    """Whether `sequence`, which may be cut, is whole with `character`, its last one."""
    introducer = sequence[1]
    if introducer in STRINGS:
        return False
    if introducer not in "[O":
        return True
    if len(sequence) == 2:
        return False
    if sequence.startswith("\x1b[M"):  # three characters of a mouse report as X10 sent it
        return len(sequence) == 6
    if sequence.startswith("\x1b[["):  # a function key of the Linux console
        return len(sequence) == 4
    return "@" <= character <= "~" or sequence in ANSI_SEQUENCES_KEYS


def _names_its_key(sequence: str) -> bool:
    """Whether the numbers in a sequence are those of a key. Textual takes other numbers as the codes of characters."""
    found = _NUMBERED.fullmatch(sequence)
    if found is None or sequence in ANSI_SEQUENCES_KEYS:
        return True
    number, text, letter = found.groups()
    return not text and f"{number or 1}{letter}" in FUNCTIONAL_KEYS


def _is_sound(message: Message) -> bool:
    """Whether the screen can work with an event. The size of the terminal is the kernel's to tell, not the input's."""
    match message:
        case Key(key=key, character=character):
            return _is_text(key + (character or ""))
        case MouseEvent():
            return message.x <= MAX_CELL and message.y <= MAX_CELL
        case Resize() | InBandWindowResize():
            return False
    return True


def _is_text(text: str) -> bool:
    """Whether `text` can be encoded: a terminal can send half a surrogate pair as the code of a key."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
