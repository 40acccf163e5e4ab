"""Colours and styles, named by what they mean. A colour never stands alone: a word or a shape says the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

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
    cursor=Style(color="black", bgcolor="cyan", bold=True, dim=False),
    simulated=Style(color="black", bgcolor="yellow", bold=True),
    real=Style(color="bright_white", bgcolor="magenta", bold=True),
    current=Style(color="black", bgcolor="cyan"),
    curves=(Style(color="cyan"), Style(color="magenta"), Style(color="green"), Style(color="yellow")),
    shade=Style(color="cyan", dim=True),
)
"""For themes of ours, which define the 16 colours."""
NATIVE = replace(
    THEMED,
    muted=Style(dim=True),
    changed=Style(bold=True),
    real=Style(color="white", bgcolor="magenta", bold=True),
)
"""For the terminal's own colours. Bright black may be its background, so muted text is dim instead."""
CONSOLE = replace(
    THEMED,
    muted=Style(color="cyan"),
    accent=Style(color="bright_cyan"),
    good=Style(color="bright_green"),
    warn=Style(color="bright_yellow"),
    bad=Style(color="bright_red"),
    key=Style(color="bright_cyan"),
    curves=tuple(Style(color=f"bright_{each}") for each in ("cyan", "magenta", "green", "yellow")),
    shade=Style(color="cyan"),
)
"""For the Linux console, whose dim text is a grey that is hard to read."""
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
    cursor=Style(reverse=True, dim=False),
    simulated=Style(reverse=True, bold=True),
    real=Style(reverse=True, bold=True),
    current=Style(reverse=True),
    curves=(Style(),) * 4,
    shade=Style(dim=True),
)


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _sixteen(ground: str, ink: str, colours: str) -> TerminalTheme:
    """A palette.

    Args:
        ground: the background, as ``#rrggbb``.
        ink: the text.
        colours: black, red, green, yellow, blue, magenta, cyan, white, then their bright forms.
    """
    listed = [_rgb(colour) for colour in colours.split()]
    return TerminalTheme(_rgb(ground), _rgb(ink), listed[:8], listed[8:])


DARK_COLOURS = _sixteen(
    "#11151a", "#c9d1d9",
    "#11151a #f2726f #7fc77f #e0b64f #6aa5f0 #c792ea #5cc3d0 #c9d1d9 "
    "#7d8793 #ff8f8a #9be09b #f5d07a #8fbcff #dcb0ff #86dfe9 #ffffff",
)  # fmt: skip
LIGHT_COLOURS = _sixteen(
    "#fafbfc", "#24292f",
    "#fafbfc #b3201d #1a6b2d #7a5200 #0b57b8 #7c3aad #0a6a78 #24292f "
    "#626c77 #8f1512 #0f5420 #5f4000 #084592 #5f2a88 #06525d #000000",
)  # fmt: skip
DARK = Theme(
    name="wasi-dark",
    primary="#5cc3d0",
    secondary="#6aa5f0",
    accent="#5cc3d0",
    warning="#e0b64f",
    error="#f2726f",
    success="#7fc77f",
    foreground="#c9d1d9",
    background="#11151a",
    surface="#171c22",
    panel="#1f262e",
    variables={"frame": "#3a4552", "frame-focus": "#5cc3d0", "frame-note": "#7d8793"},
)
LIGHT = Theme(
    name="wasi-light",
    dark=False,
    primary="#0a6a78",
    secondary="#0b57b8",
    accent="#0a6a78",
    warning="#7a5200",
    error="#b3201d",
    success="#1a6b2d",
    foreground="#24292f",
    background="#fafbfc",
    surface="#f1f3f5",
    panel="#e6e9ec",
    variables={"frame": "#b6bec7", "frame-focus": "#0a6a78", "frame-note": "#626c77"},
)


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
