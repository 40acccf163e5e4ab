"""What every pane shows and every key does."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment

from tui.document import wrapped
from tui.lines import Line
from tui.look import Look

KEY_WIDTH = 14

EVERYWHERE = (
    ("1 to 7", "go to a pane"),
    ("Tab", "next pane; Shift+Tab the one before"),
    ("z", "the pane on the whole screen, and back"),
    ("arrows", "move; also PgUp, PgDn, Home, End, and j and k"),
    ("Esc", "close, cancel, end a filter, leave the whole screen"),
    ("n", "how to write a first driver"),
    ("Ctrl+P", "all commands; themes"),
    ("Ctrl+L", "draw the screen anew"),
    ("q, Ctrl+C", "stop all plugins and quit"),
)

PANES = (
    (
        "1 Readings",
        "What every driver read last. A mark and bold print show a value that has just changed. STALE: no reading for "
        "more than two and a half intervals. ERROR: the driver said why it could not read. Grey: the value is old.",
        (
            ("Enter", "a graph of the number; folds a heading"),
            ("/", "only keys with a text in them"),
            ("c, C", "copy the value; copy all readings as JSON"),
        ),
    ),
    (
        "2 Plugins",
        "Each driver, display and page runs in a sandbox of its own. + running, ~ loading, ! BACKOFF: it crashed and "
        "starts anew after the time that stands there, X QUARANTINED: it crashed too often and waits for you, "
        "- stopped.",
        (
            ("Enter", "all about it: permissions, crashes with traceback, counters, transfers"),
            ("s, x", "start, stop"),
            ("r", "restart: its file is loaded anew"),
            ("u", "release it from quarantine"),
            ("g", "grant or refuse what it asks for"),
        ),
    ),
    (
        "3 Log",
        "What plugins print and log, and what the host says about them; 10 000 lines are kept. Moving up pauses, the "
        "last line follows again.",
        (
            ("f", "follow the newest line, or pause"),
            ("/", "only lines with a text or regular expression"),
            ("l, p", "by level; by plugin"),
            ("e, E", "next error, previous error"),
            ("Enter", "the whole line"),
            ("w", "write the shown lines into a file"),
        ),
    ),
    (
        "4 Traffic",
        "Every transfer on the buses: > is written to a device, < is read from it, in hexadecimal digits.",
        (
            ("e", "only what went wrong"),
            ("/, p, f", "filter, plugin, follow, as in the log; an address is a text too"),
            ("Enter", "all bytes of the transfer"),
        ),
    ),
    (
        "5 Bus",
        "Who answers on an I2C bus, as i2cdetect shows it: a number answers, -- nobody, UU a kernel driver has it, "
        "?? answers only sometimes, !! the bus failed. + is new since the last scan, x- is gone.",
        (
            ("s", "scan; asks first where the hardware is real"),
            ("m", "how addresses are probed"),
            ("b", "next bus"),
            ("i", "reads what tells chips apart; asks first where the hardware is real"),
            ("Enter", "the transfers of the address"),
        ),
    ),
    (
        "6 OLED",
        "What the display shows, decoded from the bytes on the bus.",
        (
            ("m", "what fits best, or dot for dot; arrows then move the part in sight"),
            ("d", "next display"),
            ("w", "save the picture as PNG"),
        ),
    ),
    (
        "7 Outputs",
        "What plugins drive: relays, lines with pulse-width modulation (how much of the time they are on), and the "
        "colours of LEDs, as red, green and blue in hexadecimal digits. Only where host.toml has any.",
        (),
    ),
)


def help_lines(look: Look, width: int) -> Iterator[Line]:
    """The whole help."""
    yield [Segment("Everywhere", look.accent)]
    for key, meaning in EVERYWHERE:
        yield from _key(key, meaning, look, width)
    for title, text, keys in PANES:
        yield []
        yield [Segment(title, look.accent)]
        yield from wrapped(text, look.plain, width)
        for key, meaning in keys:
            yield from _key(key, meaning, look, width)


def _key(key: str, meaning: str, look: Look, width: int) -> Iterator[Line]:
    for place, line in enumerate(wrapped(meaning, look.plain, width - KEY_WIDTH - 2)):
        yield [Segment("  " + (key if place == 0 else "").ljust(KEY_WIDTH), look.key), *line]
