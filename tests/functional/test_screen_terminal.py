"""The screen on a real terminal: how it comes, what it costs, and how it leaves."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.screen_process import LEFT, ScreenProcess
from tui.terminal import CONSOLE_GLYPHS
from tui.terminal_app import DEFECT, HUNG_UP

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


def test_it_is_drawn_although_standard_error_leads_elsewhere() -> None:
    with ScreenProcess(losing_errors=True) as process:
        begin(process)
        process.type(b"q")
        assert (process.end(), process.last_words()) == (0, LEFT)
        assert ALTERNATE_SCREEN_OFF in process.written + process.read_for(0.1)


def test_a_terminal_that_takes_no_output_delays_no_end_and_is_restored() -> None:
    with ScreenProcess() as process:
        begin(process)
        process.stall()
        os.kill(process.pid, signal.SIGTERM)
        assert (process.end(reading=False), process.last_words()) == (0, LEFT)
        assert ALTERNATE_SCREEN_OFF in process.read_for(0.1)


def test_a_terminal_that_hangs_up_ends_it_in_order() -> None:
    with ScreenProcess() as process:
        begin(process)
        process.hang_up()
        assert (process.end(), process.last_words()) == (HUNG_UP, LEFT)


def test_a_terminal_that_ends_without_a_signal_ends_it_in_the_same_way() -> None:
    with ScreenProcess(ignoring_hang_up=True) as process:
        begin(process)
        process.hang_up()
        assert (process.end(), process.last_words()) == (HUNG_UP, LEFT)


def test_a_crash_of_the_screen_leaves_the_terminal_clean_and_is_told(tmp_path: Path) -> None:
    with ScreenProcess((160, 40), XDG_STATE_HOME=str(tmp_path)) as process:
        begin(process)
        process.publish("no reading at all")
        assert (process.end(), process.last_words()) == (DEFECT, LEFT)
        tail = process.written + process.read_for(0.1)
        told = tail[tail.rindex(ALTERNATE_SCREEN_OFF) :].decode()
        report = tmp_path / "wasi-host" / "screen-defect.txt"
        assert "Error: " in told and "wasi-host run works" in told and str(report) in told
        assert "Traceback" not in told
        assert "Traceback" in report.read_text()


EVIL = {
    "a Latin-1 letter": b"\xfc",
    "no UTF-8 at all": bytes(range(0x80, 0x100)),
    "NUL": b"\0" * 100,
    "half a sequence": b"\x1b[1;1",
    "ten thousand numbers": b"\x1b[" + b"1;" * 10_000 + b"q",
    "codes beyond Unicode": b"\x1b[1114112u\x1b[0;;55296u\x1b[99999999999999999999u",
    "a mouse outside": b"\x1b[<0;99999999;1M\x1b[<0;60000;60000M\x1b[<0;60000;60000m\x1b[<35;-9;-9M\x1b[<64;500;500M",
    "a mouse as X10 told it": b"\x1b[Mqqq",
    "sizes": b"\x1b[48;0;0;0;0t\x1b[48;65535;65535;1;1t\x1b[48;999999999;9999999;9999;9t",
    "answers about modes": b"\x1b[?2048;1$y\x1b[?2048;2$y\x1b[?2026;4$y\x1b[5;5R\x1b[?1u\x1b[?62;4c",
    "focus": b"\x1b[O\x1b[I" * 50,
    "the terminal's answers": b"\x1b]11;rgb:qqqq/qqqq/qqqq\x07\x1bP>|quick\x1b\\\x1b_Gq\x1b\\",
    "a paste with keys in it": b"\x1b[200~\x1bq\x1b[113u\xfc q\x03\x1b[201~",
    "a paste of megabytes": b"\x1b[200~" + b"quit\r" * 400_000 + b"\x1b[201~",
    "a string without end": b"\x1b]52;c;" + b"q" * 100_000,
}
"""What a terminal may send that is not the key ``q``."""


@pytest.mark.thorough
def test_nothing_that_a_terminal_sends_ends_it_but_the_keys_that_do() -> None:
    with ScreenProcess() as process:
        begin(process)
        before = peak_memory(process.pid)
        for evil in EVIL.values():
            process.send(evil)
        process.publish(21.5)
        process.read_until(b"21.5")
        assert (grown := peak_memory(process.pid) - before) < 16 << 20, f"{grown} bytes for 2.5 MB of input"
        for columns, rows in ((1, 1), (65_535, 65_535), (0, 0), (80, 24)):
            process.resize(columns, rows)
            process.read_for(0.2)
        process.type(b"\x1b[D3/\xfc")  # the arrow key ends the string
        process.read_until("find �".encode())
        process.type(b"\x1b[200~pasted\x1b[201~")
        process.read_until(b"pasted")
        process.type(b"\x03")
        assert (process.end(), process.last_words()) == (0, LEFT)


def peak_memory(pid: int) -> int:
    """The most memory that a process had so far, in bytes."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10


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
        for size, words in (((120, 40), b"No picture of a display has come yet."), ((60, 18), b"[1 Readings]")):
            process.read_until()  # what was written so far does not count
            process.resize(*size)
            process.read_until(words, b"SIMULATED", b"Quit")
