"""Colours and styles, named by what they mean. A colour never stands alone: a word or a shape says the same."""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style

from hostcore.quick_dataclass import dataclass, replace
from tui.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Look:
    """The styles that widgets draw with. They name the 16 ANSI colours; a theme defines these."""

    plain: Style
    muted: Style
    """Details: units, time stamps, column titles."""
    strong: Style
    accent: Style
    good: Style
    warn: Style
    bad: Style
    changed: Style
    """A value that has just changed."""
    key: Style
    """A key to press."""
    alarm: Style
    """The word of an alarm that nobody has acknowledged."""
    cursor: Style
    """The row that keys act on."""
    simulated: Style
    real: Style
    current: Style
    """The tab that is shown."""
    curves: tuple[Style, ...]
    """The curves of a graph. Letters on them tell them apart, too."""
    shade: Style
    """The band from the least to the greatest values around a curve."""


THEMED = Look(
    plain=Style(),
    muted=Style(color="bright_black"),
    strong=Style(bold=True),
    accent=Style(color="cyan"),
    good=Style(color="green"),
    warn=Style(color="yellow"),
    bad=Style(color="red", bold=True),
    changed=Style(color="bright_white", bold=True),
    key=Style(color="cyan", bold=True),
    alarm=Style(color="black", bgcolor="red", bold=True),
    cursor=Style(color="black", bgcolor="cyan", bold=True, dim=False),
    simulated=Style(color="black", bgcolor="yellow", bold=True),
    real=Style(color="black", bgcolor="magenta", bold=True),
    current=Style(color="black", bgcolor="cyan"),
    curves=(Style(color="cyan"), Style(color="magenta"), Style(color="green"), Style(color="yellow")),
    shade=Style(color="cyan", dim=True),
)
"""For themes of ours, which define the 16 colours."""
NATIVE = replace(
    THEMED,
    muted=Style(dim=True),
    changed=Style(bold=True),
    alarm=Style(color="white", bgcolor="red", bold=True),
    real=Style(color="white", bgcolor="magenta", bold=True),
)
"""For the terminal's own colours. Bright black may be its background, so muted text is dim instead."""
CONSOLE = replace(
    THEMED,
    muted=Style(color="cyan"),
    accent=Style(color="bright_white"),
    good=Style(color="bright_green"),
    warn=Style(color="bright_yellow"),
    bad=Style(color="bright_red"),
    key=Style(color="bright_white"),
    alarm=Style(color="bright_white", bgcolor="red", bold=True),
    curves=tuple(Style(color=f"bright_{each}") for each in ("cyan", "magenta", "green", "yellow")),
    shade=Style(color="cyan"),
    real=Style(color="bright_white", bgcolor="magenta", bold=True),
)
"""For the Linux console, whose dim text is a grey that is hard to read, and whose blue is, too.

Cyan is muted, the console's own grey is plain, and white is what should be seen: keys, names, what is strong.
"""
COLOURLESS = Look(
    plain=Style(),
    muted=Style(dim=True),
    strong=Style(bold=True),
    accent=Style(),
    good=Style(),
    warn=Style(bold=True),
    bad=Style(bold=True),
    changed=Style(bold=True),
    key=Style(bold=True),
    alarm=Style(reverse=True, bold=True),
    cursor=Style(reverse=True, dim=False),
    simulated=Style(reverse=True, bold=True),
    real=Style(reverse=True, bold=True),
    current=Style(reverse=True),
    curves=(Style(),) * 4,
    shade=Style(dim=True),
)


@lru_cache(2048)
def clickable(ink: Style, action: str) -> Style:
    """The style of text whose click is an action of its widget. It is kept, because Rich makes one slowly."""
    return ink + Style(meta={"@click": action})


def look_for(terminal: Terminal, native: bool) -> Look:
    """The styles for a terminal.

    Args:
        terminal: what can be drawn.
        native: whether the terminal's own 16 colours are used.
    """
    if terminal.no_color:
        return COLOURLESS
    if terminal.is_console:
        return CONSOLE
    return NATIVE if native else THEMED
