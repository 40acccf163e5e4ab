"""The help: every pane and every key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.segment import Segment

from tui.document import wrapped
from tui.lines import Line
from tui.look import Look

KEY_WIDTH = 14

EVERYWHERE = (
    ("1 to 8", "go to a pane"),
    ("Tab", "next pane; Shift+Tab: previous pane"),
    ("z", "zoom: this pane on the whole screen, and back"),
    ("W", "wrap: long rows go on below, and back. Else the one under the cursor is shown whole at the bottom"),
    ("F", "freeze: hold the screen still while the host goes on, and back"),
    ("R", "reset the statistics: counts and extremes of this screen start over"),
    ("arrows", "move; also PgUp, PgDn, Home, End, j and k"),
    ("Esc", "close, cancel, clear the filters, end the zoom"),
    ("a", "acknowledge the most urgent alarm"),
    ("S", "the simulated world: set what chips measure, unplug them"),
    ("n", "add a driver for a chip that the scan found, or an empty one"),
    (
        ":",
        "type what to do: restart light, scan i2c-1, graph bme680.temperature, sort now, theme gruvbox. Tab completes; "
        "words may be shortened; Up and Down bring earlier lines back. The words of the commands work, too: "
        "relay fan on, world temperature 30",
    ),
    (
        ":layout",
        "save NAME keeps which panes are shown, their order and filters; layout NAME brings them back. "
        "hide oled takes a pane away, show oled brings it back",
    ),
    ("Ctrl+P", "look for anything that can be done, by any part of its name"),
    ("/", "in a pane or a list: show only the rows with a text or regular expression; Esc shows all again"),
    (
        "mouse",
        "click a tab, a plugin, a row, a key below, or the title of a column to sort by it; a double click opens",
    ),
    ("Ctrl+L", "redraw the screen"),
    ("e", "edit the driver of the chosen row in $VISUAL or $EDITOR, at the line that made it, or that of its trouble"),
    (
        "T",
        "step through the crash, reading or transfer of the chosen row, line by line, forward and back, in a replay of "
        "its recording. The host goes on; q comes back",
    ),
    ("y", "copy the wasi-host command that shows or does the same as the chosen row, for your shell"),
    ("Ctrl+R", "record all that the host says into a file, for wasi-host replay, until you press it again"),
    ("q, Ctrl+C", "stop all plugins and quit; if attached, only leave"),
    ("Q", "if attached: stop the host, after a question"),
)

PANES = (
    (
        "1 Readings",
        "The last reading of every driver. A mark and bold print show a value that has just changed. STALE: no reading "
        "for more than two and a half intervals. ERROR: the driver said why it could not read. Grey: the value is old. "
        "S and SIMULATED: the driver has used a bus of the simulated Pi, so its values may be invented. "
        "F and FAULTS: faults on demand have struck the driver since it was loaded, so its values may be wrong.",
        (
            ("Enter", "draw a graph of the number, and show the transfers that it came from; fold a heading"),
            ("=", "calibrate a number: type what it really is; host.toml gets the offset, and the driver stays"),
            ("A", "an alarm for a number: type > 30, < 5 or both; nothing takes it away"),
            ("v", "a small chart of each number, with its gauge if it has limits"),
            ("t", "show the transfers of a driver's last reading, or of its error"),
            ("/", "show only keys that contain a text"),
            ("o, O", "sort by the next column; sort the other way"),
            ("c, C", "copy the value; copy all readings as JSON"),
        ),
    ),
    (
        "The graph of a number",
        "It goes from a minute to a year: live values, and before these the host's stored ones. A line goes through "
        "the means, on a band from least to greatest. A break in a curve: no values. Signs on the axis: x a crash, A "
        "an alarm, ! a finding, F a change of the faults on demand, r a reload, o a change of a plugin's state. A "
        "dashed line is a limit. Letters on the curves tell several numbers apart; numbers of one unit share a scale.",
        (
            ("+, -, wheel", "show less time; show more"),
            ("left, right", "go back or forward in time, or move the cursor; 0: back to now; or pull with the mouse"),
            ("c, click", "a cursor that names its time, the values and the mark there"),
            ("a", "add other numbers, up to 4"),
            ("f, b", "filled or a line; in braille, half blocks or plain characters"),
            ("z", "the graph without the transfers, and back"),
        ),
    ),
    (
        "All charts",
        "A small chart of each number, of the same time. The line below has the least, the greatest and the mean "
        "value, or a gauge if it is known between which values the number can lie.",
        (
            ("arrows, Enter", "choose a number; open its graph"),
            ("+, -", "show less time; show more"),
            ("f, b", "filled or lines; in braille, half blocks or plain characters"),
        ),
    ),
    (
        "2 Plugins",
        "Each driver, display and page runs in a sandbox of its own. + running, ~ loading, - stopped. ! BACKOFF: it "
        "crashed and starts again after the time shown. X QUARANTINED: it crashed too often and waits for you. "
        "! FAILING: it runs, but reports only errors. ! OLD VERSION: the new version of its file could not be taken. "
        "! TROUBLE: a finding concerns it. The memory is all that it sees; it shares most of it with the others.",
        (
            ("Enter", "details: permissions, crashes with traceback, counters, transfers"),
            ("o, O", "sort by the next column; sort the other way"),
            ("s, x", "start, stop"),
            ("r", "restart: load its file again"),
            ("u", "release it from quarantine"),
            (
                "g",
                "grant or refuse the devices that it asks for; says what the scan found there, and who else has them",
            ),
            ("f", "fetch the libraries that its file names, from the network"),
            ("w", "write its recording into a file, for wasi-host replay"),
            ("e", "edit its file in $VISUAL or $EDITOR, at the line of its crash or finding"),
        ),
    ),
    (
        "3 Log",
        "What plugins print and log, and what the host says about them (with a * before the name). 10 000 lines are "
        "kept. Moving up pauses; moving to the last line follows again. The lines of a traceback are one row. "
        "At first it shows the levels of log_level in host.toml.",
        (
            ("f", "follow the newest line, or pause"),
            ("/", "show only lines with a text or regular expression"),
            ("l, p", "filter by level; by plugin"),
            ("x, X", "next error; previous error"),
            ("Enter", "show the whole line, or the whole traceback"),
            ("w", "write the shown lines into a file"),
            ("t", "what happened in the last day, week, month or year: crashes, alarms, findings, reloads, states"),
        ),
    ),
    (
        "4 Traffic",
        "Every transfer on the buses in the words of its chip: the time since the one before on its bus, who made it, "
        "where it went, then W for written or R for read, registers, commands or bytes. BME680?: the chip is only "
        "likely. 0xfe?: its chip file lists no such register. S: the bus is simulated. F: a fault on demand struck. "
        "lost ...: transfers before it are missing. The corner has the time of the row under the cursor.",
        (
            ("x", "show only failed transfers"),
            ("/, p, f", "filter, plugin, follow, as in the log; the text can be an address or a register"),
            ("Enter", "show what each byte means, and the line of the driver that caused it"),
            ("y", "copy the wasi-host command that repeats the transfer"),
            ("w", "write the shown transfers into a file for Wireshark, PulseView or a spreadsheet"),
        ),
    ),
    (
        "5 Bus",
        "The addresses of an I2C bus, as i2cdetect shows them. A number: a device answered. --: no answer. UU: a "
        "kernel driver has it. ??: it answers only sometimes. !!: the bus failed. +: new since the last scan. x-: it "
        "is gone.",
        (
            ("s", "scan; asks first if the hardware is real"),
            ("m", "choose how addresses are probed"),
            ("b", "next bus"),
            ("/", "go to an address: type it in hexadecimal digits, such as 5d"),
            ("i", "identify the chip; asks first if the hardware is real"),
            ("f", "faults on demand: a NACK, a delay, bit flips, ... A red line names those that are on"),
            ("Enter", "show the registers of the address as last seen, and who used them from which line"),
            ("t", "show the transfers of the address"),
        ),
    ),
    (
        "6 OLED",
        "The picture on the display, decoded from the bytes on the bus.",
        (
            ("m", "the whole picture, or dot for dot; arrows then move the visible part"),
            ("d", "next display"),
            ("w", "save the picture as PNG"),
        ),
    ),
    (
        "7 Outputs",
        "Relays, lines with pulse-width modulation (how much of the time they are on), and the colours of LEDs, as "
        "red, green and blue in hexadecimal digits. Plugins drive them, and so do you: the last one wins, and the row "
        "says who it was. Real hardware is asked about first, and the steps of one line once. Shown if host.toml has "
        "outputs.",
        (
            ("Enter, Space", "switch the relay; type the line's duty and frequency; choose a colour for the LEDs"),
            ("+, -", "five percent more or less of a line"),
        ),
    ),
    (
        "8 Problems",
        "What is wrong, the worst first: alarms of host.toml, findings of the diagnosis, plugins that crashed, fail or "
        "run an old version, stuck buses, missing libraries and requests. It stands above the other panes, or in some "
        "lines at the top.",
        (
            ("a", "acknowledge the alarm under the cursor: you have seen it"),
            ("Enter", "show the evidence of a finding, or all that is known of a plugin"),
            ("e, g, f, r, ...", "the keys of pane 2, for the plugin of the problem"),
        ),
    ),
    (
        "The simulated world",
        "The quantities that simulated chips measure, and these chips. Nothing there is real, and no real device is "
        "touched. A quantity that is HELD stays at your value, with its noise, until the host stops. A line above all "
        "panes names it. An unplugged chip is a fault on demand, so it is plugged in again after ten minutes.",
        (
            ("Enter", "type the value of a quantity; unplug a chip, or plug it in"),
            ("+, -", "the next round value above or below"),
            ("o", "let the quantity follow its own course again"),
            ("f", "faults on demand, for the chip under the cursor"),
        ),
    ),
)
RECORDED_TITLE = "A recorded session"
RECORDED = (
    RECORDED_TITLE,
    "wasi-host replay FILE shows what a host said when it was recorded. The clock of the screen is the recorded one, "
    "nothing can be changed, and graphs show only what was recorded. ! in the bar: something went wrong there.",
    (
        ("Space, F", "play, pause"),
        ("<, >", "slower, faster: a quarter to 256 times"),
        (", and .", "10 s back, or on; { and }: a minute; ( and ): to the start, to the end"),
        ("E, P", "the next, the previous crash, finding, alarm or fault of the wires"),
        ("Ctrl+F", "find a text in the log and in events; n and N: the next place, and the one before"),
        ("q", "leave it"),
    ),
)
OF_A_HOST = frozenset({"F", "a", "S", "n", "e", "T", "Ctrl+R", "q, Ctrl+C", "Q"})
"""Keys that work everywhere on the screen of a host. In a recording they do something else, or nothing."""

READ_ONLY = (
    "A read-only screen (wasi-host --read-only, or [screen] in host.toml) only looks. A key that would change "
    "something says why it does not. Leaving it stops the plugins that it has started itself."
)


def help_lines(look: Look, width: int, subject: str = "") -> Iterator[Line]:
    """The whole help.

    Args:
        look: the styles.
        width: cells of a line.
        subject: the title of the part that comes first, before the keys that work everywhere; "" for none.
    """
    for title, text, keys in (*PANES, RECORDED):
        if title == subject:
            yield from part_lines(title, text, keys, look, width)
            yield []
    yield [Segment("Everywhere", look.accent)]
    is_recorded = subject == RECORDED_TITLE
    for key, meaning in EVERYWHERE:
        if not (is_recorded and key in OF_A_HOST):
            yield from _key(key, meaning, look, width)
    if not is_recorded:
        yield from wrapped(READ_ONLY, look.plain, width)
    for title, text, keys in (*PANES, RECORDED):
        if title != subject:
            yield []
            yield from part_lines(title, text, keys, look, width)


def part_lines(title: str, text: str, keys: Iterable[tuple[str, str]], look: Look, width: int) -> Iterator[Line]:
    """One part: its title, its text if there is one, and its keys with what they do."""
    yield [Segment(title, look.accent)]
    if text:
        yield from wrapped(text, look.plain, width)
    for key, meaning in keys:
        yield from _key(key, meaning, look, width)


def _key(key: str, meaning: str, look: Look, width: int) -> Iterator[Line]:
    for place, line in enumerate(wrapped(meaning, look.plain, width - KEY_WIDTH - 2)):
        yield [Segment("  " + (key if place == 0 else "").ljust(KEY_WIDTH), look.key), *line]
