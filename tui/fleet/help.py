"""The help of the screen of a fleet."""

from __future__ import annotations

from collections.abc import Iterator

from tui.document import wrapped
from tui.help import part_lines
from tui.lines import Line
from tui.look import Look

ABOUT = (
    "What the nodes of a broker publish (docs/fleet.md). This screen changes nothing on them, and works without any "
    "server but the broker. History, crashes, log and traffic stay on each node, which is asked for them."
)
PARTS = (
    (
        "Nodes",
        "The worst first. X OFFLINE: the broker says that it is gone. X CONFLICT: two hosts have this name. ? SILENT: "
        "the broker calls it online, but it says nothing. ! TROUBLE: a plugin is in trouble, or an alarm is raised. ! "
        "FINDINGS: its diagnosis names a cause. ~ was ok: nothing newer is known. Grey: of a time before now. S: it is "
        "simulated, so its readings are invented. plugins: how many are in trouble, of how many. seen: when it was "
        "last heard. load: of each processor. waiting: readings that the broker has not confirmed. lost: readings "
        "that nobody gets. A version with * is not the one that most have. Rows keep their places for three seconds "
        "after a key, and the cursor stays on its node.",
        (
            ("Enter", "all that is known of the node; fold a tag, or unfold it"),
            ("l", "its own screen, over the broker, if it allows that; q comes back"),
            ("s, S", "its own screen, over ssh; S asks for its computer again"),
            ("g", "let the nodes stand below their tags, and back"),
            ("/", "show only nodes with a text in their name, tags, plugins or findings; Esc shows all again"),
            ("o, O", "sort by the next column; sort the other way"),
        ),
    ),
    (
        "A node",
        "What is wrong, its plugins, their newest values, and what happened since it was opened.",
        (
            ("Tab, 1, 2, 3", "go to another part; z gives it the whole screen"),
            ("Enter", "all that is known of a plugin; the graph of a number; a whole event"),
            ("x", "its last crashes, as reports"),
            ("L, t", "its log; its transfers. They come for a minute, and m asks for another one"),
            ("v", "a small chart of each number"),
            ("l, s", "its own screen, over the broker or over ssh"),
            ("Esc", "back to all nodes"),
        ),
    ),
    (
        "Everywhere",
        "",
        (
            ("arrows", "move; also PgUp, PgDn, Home, End, j and k"),
            ("W", "wrap long rows. Else the one under the cursor is shown whole at the bottom"),
            (":", "type what to do, such as open NODE, filter TEXT or sort load. Ctrl+P looks for it by its name"),
            ("mouse", "click a row, a key below, or the title of a column to sort by it; a double click opens"),
            ("Ctrl+L", "redraw the screen"),
            ("q, Ctrl+C", "leave; the nodes go on"),
        ),
    ),
)


def help_lines(look: Look, width: int, subject: str = "") -> Iterator[Line]:
    """The whole help.

    Args:
        look: the styles.
        width: cells of a line.
        subject: the title of the part that comes first; "" for none.
    """
    yield from wrapped(ABOUT, look.plain, width)
    first = [each for each in PARTS if each[0] == subject]
    for title, text, keys in (*first, *(each for each in PARTS if each not in first)):
        yield []
        yield from part_lines(title, text, keys, look, width)
