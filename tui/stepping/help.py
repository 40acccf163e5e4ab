"""The help of the screen of the steps."""

from __future__ import annotations

from collections.abc import Iterator

from tui.document import wrapped
from tui.help import part_lines
from tui.lines import Line
from tui.look import Look

ABOUT = (
    "A replay of a recording: the plugin runs again with the recorded answers. No bus is touched, and nothing here is "
    "live. A capital letter goes back in time as the small one goes forward. Both take the same time, because the "
    "replay was traced once. Times are those of the recording, at the last call of the host before the step."
)
PARTS = (
    (
        "Steps",
        "",
        (
            ("n, N", "the next line of this function, over what it calls; the line before"),
            ("s, S, → ←", "the next line that runs, into functions; the one before"),
            ("o, O", "out of this function; back to the line that called it"),
            ("t, T", "the line that makes the next transfer; the previous one"),
            ("r, R", "the next call of the plugin, such as read; this one's beginning, then the one before"),
            ("c, C", "run to the next breakpoint; back to the previous one"),
            ("x, E", "the crash; the end of the call"),
            ("Backspace", "back to where you were before the last run or search for a value"),
            ("u, d", "look at the caller of this function; back at what it called. Nothing moves in time"),
            ("f", "open the libraries that this line calls, so that steps go into them; fold the one that is shown"),
            ("z", "zoom: this part on the whole screen, and back"),
            ("Tab, 1, 2, 3", "go to another part"),
            ("Esc", "stop the tracing that is under way; end the zoom"),
            ("q", "leave"),
        ),
    ),
    (
        "1 The source",
        ">: the line of the step. A row below it has what it returned or raised, and which libraries it calls. "
        "Bright numbers: lines that ran in the traced calls. Only the driver and its libraries are traced, not the "
        "standard library. After n steps over a function, the values are those after it.",
        (
            ("Enter", "run to the line under the cursor: the next time or, if there is none, the time before"),
            ("b", "set a breakpoint on the line under the cursor, or remove it"),
            ("/", "find a text; / and Enter again find the next one"),
        ),
    ),
    (
        "2 Variables",
        "The variables of the function, the attributes of self, and the globals of its file. * marks a value that has "
        "changed since the step before. An integer is in hexadecimal, too. Values are cut where they are long.",
        (
            ("Enter", "where did this value come from: go back to the line that set it, also in earlier calls"),
            ("w", "all values of the variable through the traced calls; Enter goes to one"),
            ("Space", "show the attributes of an object, or hide them"),
        ),
    ),
    (
        "3 Transfers",
        "Those of the traced calls up to this step, in the words of their chips, the newest at the bottom. S: the bus "
        "was simulated. later: not made yet. GUESS: the answer was not recorded.",
        (
            ("Enter", "run to the line that made the transfer"),
            ("i", "what each of its bytes means"),
        ),
    ),
)


def help_lines(look: Look, width: int, subject: str = "") -> Iterator[Line]:
    """The whole help.

    Args:
        look: the styles.
        width: cells of a line.
        subject: the title of the part that comes first, without its number; "" for none.
    """
    yield from wrapped(ABOUT, look.plain, width)
    first = [each for each in PARTS if subject and each[0].endswith(subject)]
    for title, text, keys in (*first, *(each for each in PARTS if each not in first)):
        yield []
        yield from part_lines(title, text, keys, look, width)
