"""Target: bytes that arrive from the terminal, through the screen's parser into a running screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from hostcore.events import Level, LogWritten, ReadingPublished, State, StateChanged
from tests.fuzz.headless import HeadlessScreen
from tests.fuzz.mutation import BOUNDARIES, bytes_mutated
from tests.fuzz.target import Check, Target
from tests.screen import NOW, Screen
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tui.keyboard import Keyboard

NAMES = (
    "A",
    "B",
    "C",
    "D",
    "H",
    "F",
    "Z",
    "2~",
    "3~",
    "5~",
    "6~",
    "11~",
    "15~",
    "1;5A",
    "1;2P",
    "I",
    "O",
    "200~",
    "201~",
)
"""The ends of common sequences: arrows, function keys, focus, and the brackets of a paste."""
LETTERS = "abcdefghijklmnoprstuvwxyz/?:,.+-* \r\t\x1b\x7f12345670"
"""Keys of the panes and their prompts, without the one that quits."""
FORMS = (
    "\x1b[<{};{};{}M",
    "\x1b[<{};{};{}m",
    "\x1b[M{}{}{}",
    "\x1b[{};{}R",
    "\x1b[{};{}u",
    "\x1b[{};{};{}u",
    "\x1b[{}:{};{}u",
)
"""Reports with numbers: the mouse, the cursor, keys of the kitty protocol."""
REPORTS = (
    "\x1b[?2026;{}$y",
    "\x1b[?2048;{}$y",
    "\x1b[48;{};{};{};{}t",
    "\x1b]11;rgb:{}/{}/{}\x1b\\",
    "\x1bP{}|{}\x1b\\",
    "\x1b[?{}c",
)
BAD = (b"\xfc", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x92", b"\xff\xfe", b"\xed\xa0\x80", b"\x80", b"\xc0\x80", b"\x00")
"""Bytes that are no UTF-8, or its beginning."""
PLUGINS = ("light", "crasher")


def make(chance: Random) -> bytes:
    """Some keys, pastes, reports and broken bytes."""
    made = b"".join(_piece(chance) for _ in range(chance.randint(1, 12)))
    return bytes_mutated(chance, made) if chance.random() < 0.3 else made


def _piece(chance: Random) -> bytes:
    match chance.randrange(8):
        case 0 | 1 | 2:
            return "".join(chance.choice(LETTERS) for _ in range(chance.randint(1, 6))).encode()
        case 3:
            return b"\x1b[" + chance.choice(NAMES).encode()
        case 4:
            numbers = (chance.choice((*BOUNDARIES, *range(40), -1)) for _ in range(4))
            return chance.choice(FORMS + REPORTS).format(*numbers).encode()
        case 5:
            return chance.choice(BAD)
        case 6:
            pasted = "".join(chance.choice("aÄ✓\r\n\t\x1b[🔎\u202e\0") for _ in range(chance.choice((1, 20, 200))))
            return b"\x1b[200~" + pasted.encode() + chance.choice((b"\x1b[201~", b""))
        case _:
            return chance.randbytes(chance.randint(1, 12))


@contextmanager
def ready(_folder: Path) -> Iterator[Check]:
    """A screen with two plugins."""
    screen = HeadlessScreen(_session)

    def check(content: bytes) -> None:
        async def type_all(shown: Screen) -> None:
            _fill(shown)
            await shown.pilot.pause()
            driver, keyboard = shown.app._driver, Keyboard()
            assert driver is not None
            half = len(content) // 2
            for event in (*keyboard.feed(content[:half]), *keyboard.feed(content[half:]), *keyboard.tick()):
                driver.process_message(event)

        screen.play(type_all)

    yield check
    screen.close()


def _session() -> ScriptedSession:
    return ScriptedSession(facts=host_facts(leds=4, relays=("fan",)), known=[plugin_facts(each) for each in PLUGINS])


def _fill(screen: Screen) -> None:
    """Show something in the panes that keys can move through."""
    screen.app.view.fold(
        [
            ReadingPublished(NOW, "light", {"illuminance": 250.0, "inner": {"x": 1}}),
            StateChanged(NOW, "crasher", State.LOADING, State.QUARANTINED, "it gave up"),
            LogWritten(NOW, "light", Level.INFO, "a line"),
        ]
    )


TARGET = Target("keys", 5, make, ready, batch=100)
