"""The screen on a real terminal: how it comes, what it costs, and how it leaves."""

from __future__ import annotations

import os
import re
import signal

import pytest

from tests.screen_process import LEFT, ScreenProcess
from tui.terminal import CONSOLE_GLYPHS

ALTERNATE_SCREEN_OFF = b"\x1b[?1049l"
CURSOR_ON = b"\x1b[?25h"
SEQUENCE = re.compile(r"\x1b(?:\[[?<>=]?[\d;]*\$?[a-zA-Z]|\][^\x07]*\x07|.)")
COLOUR = re.compile(rb"\x1b\[((?:\d+;)*(?:3|4|9|10)\d(?:;\d+)*)m")


def begin(process: ScreenProcess) -> None:
    """Wait for the first frame."""
    process.read_until(b"Readings", b"Quit")


@pytest.mark.parametrize("way", ["q", "ctrl+c", "SIGTERM"])
def test_it_leaves_the_terminal_clean_and_lets_the_plugins_be_stopped(way: str) -> None:
    with ScreenProcess() as process:
        begin(process)
        if way == "SIGTERM":
            os.kill(process.pid, signal.SIGTERM)
        else:
            process.type(b"q" if way == "q" else b"\x03")
        assert (process.end(), process.last_words()) == (0, LEFT)
        tail = process.written + process.read_for(0.1)
        assert ALTERNATE_SCREEN_OFF in tail and CURSOR_ON in tail


def test_a_terminal_that_hangs_up_ends_it_in_order() -> None:
    with ScreenProcess() as process:
        begin(process)
        process.hang_up()
        assert (process.end(), process.last_words()) == (0, LEFT)


def test_a_crash_of_the_screen_leaves_the_terminal_clean_and_is_told() -> None:
    with ScreenProcess() as process:
        begin(process)
        process.publish("no reading at all")
        assert (process.end(), process.last_words()) == (1, LEFT)
        tail = process.written + process.read_for(0.1)
        assert tail.rindex(ALTERNATE_SCREEN_OFF) < tail.rindex(b"Error")


def test_nothing_is_written_while_nothing_changes_and_little_when_a_value_does() -> None:
    with ScreenProcess((120, 40)) as process:
        begin(process)
        process.publish(21.5)
        process.read_until(b"21.5")
        process.read_for(1.5)
        process.publish(21.7)
        changed = process.read_for(1.5)
        assert b"7" in changed
        assert len(changed) < 400, changed
        begin_of_silence = len(process.written)
        process.read_for(0.8)
        ages = SEQUENCE.sub("", process.written[begin_of_silence:].decode())
        assert len(ages) < 20, "at most the uptime and an age"


def test_keys_that_come_in_one_piece_over_a_slow_line_are_all_heeded() -> None:
    with ScreenProcess() as process:
        begin(process)
        process.type(b"3/quick")
        process.read_until(b"[3 Log]", b"quick", b"find quick")
        process.type(b"\x1b")
        process.read_until(b"Quit")
        process.type(b"4z12q")
        assert process.end() == 0


def test_the_console_gets_sixteen_colours_and_its_own_glyphs() -> None:
    with ScreenProcess(TERM="linux") as process:
        begin(process)
        process.publish(21.5)
        process.read_until(b"21.5")
        for keys in (b"2", b"3", b"4", b"5", b"6", b"?"):
            process.type(keys)
            process.read_for(0.3)
        text = process.written.decode()
        assert not re.search(r"\x1b\[[\d;]*[34]8[;:]", text), "neither 256 colours nor 16 million"
        glyphs = set(SEQUENCE.sub("", text)) - {"\r", "\n"}
        assert not {each for each in glyphs if not each.isascii() and each not in CONSOLE_GLYPHS}
        process.type(b"\x1b")
        process.read_for(0.5)
        process.type(b"q")
        assert process.end() == 0
        assert process.written.endswith(b"\x1b[2J\x1b[H"), "it has no second screen to go back from, so it is cleared"


def test_who_wants_no_colour_gets_none() -> None:
    with ScreenProcess(NO_COLOR="1") as process:
        begin(process)
        process.publish(21.5)
        process.read_until(b"21.5")
        codes = {code for found in COLOUR.finditer(process.written) for code in found.group(1).split(b";")}
        assert codes <= {b"1", b"2", b"7", b"39", b"49"}, "bold, dim, reverse, and the terminal's own two colours"


def test_another_encoding_gets_no_byte_it_does_not_know() -> None:
    with ScreenProcess(PYTHONUTF8="0", PYTHONIOENCODING="iso8859-1:strict") as process:
        process.read_until(b"Quit")
        process.publish(21.5)
        process.read_until(b"\xb0C")
        assert b"=" * 40 + b"+" in process.written, "the frame, for which it has no characters"


def test_a_resize_draws_everything_anew() -> None:
    with ScreenProcess() as process:
        begin(process)
        process.read_for(0.3)
        for size, words in (((120, 40), b"No display has been written to yet."), ((60, 18), b"[1 Readings]")):
            process.read_until()  # what was written so far does not count
            process.resize(*size)
            process.read_until(words, b"SIMULATED", b"Quit")
