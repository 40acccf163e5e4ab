"""The colours that LEDs can be lit in."""

from __future__ import annotations

from typing import ClassVar

from rich.color import Color as Ink
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from hostcore.actuation import COLORS, Color, LightLeds, parse_color
from tui.desk import Desk
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.row_list import RowList

NAME = 9
"""Cells of a colour's name."""


class ColorList(RowList):
    """A row for each colour that has a name."""

    def row_numbers(self) -> range:
        """All colours."""
        return range(len(COLORS))

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        name, color = list(COLORS.items())[number]
        is_drawn = any(color) and not self.desk.terminal.no_color
        ink = Style(color=Ink.from_rgb(*color)) if is_drawn else self.look.muted
        swatch = "██" if any(color) else "··"
        return [Segment(" "), Segment(swatch, ink), Segment(f" {name:{NAME}}{bytes(color).hex()}")]


class ColorChoice(Screen[LightLeds]):
    """Asks for a colour, and for which LEDs. Its result is None if the person gives up.

    Args:
        desk: the screen around it.
        count: the number of LEDs.
        first: the LED with which a choice of single ones begins.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "light", "Light", key_display="Enter"),
        Binding("right,l", "step(1)", "Which LED", key_display="←→"),
        Binding("left,h", "step(-1)", "Which LED", show=False),
        Binding("a", "all", "All"),
        Binding("number_sign", "digits", "Other colour", key_display="#"),
        Binding("escape,q", "dismiss", "Cancel", key_display="Esc"),
    ]

    def __init__(self, desk: Desk, count: int, first: int) -> None:
        super().__init__()
        self.desk, self._list = desk, ColorList(desk)
        self._count, self._first = count, first
        self._led: int | None = None
        """The only LED that is meant; None for all."""

    def compose(self) -> ComposeResult:
        """The colours and the keys."""
        yield self._list
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._name_leds()
        self._list.focus()

    def _name_leds(self) -> None:
        which = "all LEDs" if self._led is None else f"LED {self._led} of 0 to {self._count - 1}"
        self._list.border_title = Content(f"A colour for {which}")

    def action_step(self, step: int) -> None:
        """Mean the next or previous LED alone."""
        self._led = self._first if self._led is None else (self._led + step) % self._count
        self._name_leds()

    def action_all(self) -> None:
        """Mean all LEDs."""
        self._led = None
        self._name_leds()

    def action_light(self) -> None:
        """Close with the colour under the cursor."""
        self._close(list(COLORS.values())[self._list.cursor])

    def on_row_list_opened(self) -> None:
        """A double click chooses a colour."""
        self.action_light()

    async def action_digits(self) -> None:
        """Ask for a colour without a name."""
        await self.desk.ask("Red, green and blue, such as ff8800", check=parse_color, done=self._typed)

    def _typed(self, text: str) -> None:
        self._close(parse_color(text))

    def _close(self, color: Color) -> None:
        self.dismiss(LightLeds(color) if self._led is None else LightLeds(color, self._led, self._led))
