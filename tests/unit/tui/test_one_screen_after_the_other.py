"""What a screen leaves behind in a program that shows another one after it."""

from __future__ import annotations

import gc
import os
import pty
import weakref
from pathlib import Path

from tui.driver import _Lasting
from tui.keyboard import Keyboard, forget_screens


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_an_ended_screen_has_no_descriptor_of_its_terminal_open() -> None:
    leader, follower = pty.openpty()
    with os.fdopen(follower, "w", encoding="utf-8") as stream:
        before = open_descriptors()
        lasting = _Lasting(stream)
        assert open_descriptors() == before + 1
        del lasting
        assert open_descriptors() == before
    os.close(leader)


def test_textual_keeps_no_parser_of_an_ended_screen() -> None:
    keyboard = Keyboard()
    keyboard.feed(b"\x1b[97;5u")
    parser = weakref.ref(keyboard._parser)
    del keyboard
    forget_screens()
    gc.collect()
    assert parser() is None
