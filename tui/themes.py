"""The themes: 16 colours each, from which everything on the screen takes its own."""

from __future__ import annotations

from functools import cache

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

from hostcore.quick_dataclass import dataclass

OWN = ("ansi-dark", "ansi-light")
"""Textual's themes that use the terminal's own 16 colours, for a dark and for a light ground."""


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a theme, as ``#rrggbb``. Text has a contrast of 4.5 to the ground at least (WCAG 2.2, AA)."""

    name: str
    is_dark: bool
    ground: str
    panel: str
    """Behind the first and the last line."""
    frame: str
    """Around panes without the focus."""
    ink: str
    sixteen: str
    """Black, red, green, yellow, blue, magenta, cyan, white, then their bright forms.

    Black is the ground, also in a light theme, because it is the text on a coloured ground. White is the text, bright
    black is muted text, and cyan is the accent.
    """

    @property
    def terminal(self) -> TerminalTheme:
        """The 16 colours, for what is drawn by their names."""
        return _terminal_theme(self)

    @property
    def theme(self) -> Theme:
        """The same colours, for Textual's own widgets."""
        _, red, green, yellow, blue, _, cyan, _, muted, *_ = self.sixteen.split()
        return Theme(
            name=self.name, dark=self.is_dark, primary=cyan, secondary=blue, accent=cyan, warning=yellow, error=red,
            success=green, foreground=self.ink, background=self.ground, surface=self.panel, panel=self.panel,
            variables={"frame": self.frame, "frame-focus": cyan, "frame-note": muted},
        )  # fmt: skip


@cache
def _terminal_theme(colours: Colours) -> TerminalTheme:
    """The 16 colours for Textual, which asks for them whenever it draws a widget."""
    listed = [_rgb(colour) for colour in colours.sixteen.split()]
    return TerminalTheme(_rgb(colours.ground), _rgb(colours.ink), listed[:8], listed[8:])


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


DARK = Colours(
    "wasi-dark", True, "#11151a", "#1f262e", "#3a4552", "#c9d1d9",
    "#11151a #f2726f #7fc77f #e0b64f #6aa5f0 #c792ea #5cc3d0 #c9d1d9 "
    "#7d8793 #ff8f8a #9be09b #f5d07a #8fbcff #dcb0ff #86dfe9 #ffffff",
)  # fmt: skip
LIGHT = Colours(
    "wasi-light", False, "#fafbfc", "#e6e9ec", "#b6bec7", "#24292f",
    "#fafbfc #b3201d #1a6b2d #7a5200 #0b57b8 #7c3aad #0a6a78 #24292f "
    "#626c77 #8f1512 #0f5420 #5f4000 #084592 #5f2a88 #06525d #000000",
)  # fmt: skip
THEMES = (
    DARK,
    LIGHT,
    Colours(
        "nord", True, "#2e3440", "#3b4252", "#5b677d", "#d8dee9",
        "#2e3440 #e08a92 #a3be8c #ebcb8b #8fb3d9 #c9a3c2 #88c0d0 #d8dee9 "
        "#98a3b8 #f0a0a8 #b9d4a2 #f5dba0 #a9c8ea #dcb8d5 #a3d6e4 #eceff4",
    ),
    Colours(
        "gruvbox", True, "#282828", "#3c3836", "#665c54", "#ebdbb2",
        "#282828 #fb6a55 #b8bb26 #fabd2f #83a598 #d3869b #8ec07c #ebdbb2 "
        "#a89984 #ff8370 #cdd04a #ffd060 #9fc0b3 #e6a3b5 #a8d896 #fbf1c7",
    ),
    Colours(
        "night", True, "#000000", "#1c1c1c", "#707070", "#f0f0f0",
        "#000000 #ff7b7b #6fe06f #ffd75f #7fb8ff #e09cff #5fe0f0 #f0f0f0 "
        "#a8a8a8 #ff9d9d #98f098 #ffe58f #a6ceff #edc0ff #96effa #ffffff",
    ),
    Colours(
        "sand", False, "#fbf4e4", "#eee5cf", "#b9ab8a", "#3b3a32",
        "#fbf4e4 #ab2a1f #4d6a0a #805500 #1f5f9e #8a3a7a #176b66 #3b3a32 "
        "#6b6655 #8c1f16 #3a5206 #644200 #15497c #6c2b5f #0f5450 #1d1c17",
    ),
    Colours(
        "paper", False, "#ffffff", "#ececec", "#8c8c8c", "#101010",
        "#ffffff #a80000 #005c12 #6b4700 #003fa8 #6a1b9a #005a68 #101010 "
        "#565656 #800000 #00440c #503500 #002f80 #4f1275 #004450 #000000",
    ),
)  # fmt: skip
"""All of ours, beside the terminal's own."""
BY_NAME = {each.name: each for each in THEMES}
