"""The outputs: relays, lines with pulse-width modulation, and LEDs. A person drives them here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size

from hostcore.actuation import USUAL_HZ, Actuation, LightLeds, SetPwm, SwitchRelay
from hostcore.events import LedsShown, PwmSet, RelaySwitched
from hostcore.view.outputs import OFF
from tui.commands import COPY, CommandSource, ShellCommand, Words, drive
from tui.desk import Desk
from tui.filtering import FILTER, FILTERED, FilteredPane
from tui.lines import Line
from tui.outputs.hand import Hand
from tui.text import ago, fit, safe

LEAST_LABEL, MOST_LABEL = 13, 30
"""Cells that the names may take."""
WIDE = 10_000
"""Cells in which all LEDs fit into one row."""
LED = 9
"""Cells of one LED: its colour, the colour in hexadecimal digits, a gap."""
BAR = 10
"""Cells of a bar."""


class OutputsPane(FilteredPane, CommandSource):
    """A row for each relay and each modulated line, then the LEDs, as many in a row as fit. Keys drive them.

    Args:
        desk: the screen around it.
    """

    number = 7
    title = "Outputs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "drive", "Switch or set", key_display="Enter"),
        Binding("plus,equals_sign", "step(1)", "More", key_display="+"),
        Binding("minus", "step(-1)", "Less", key_display="-"),
        FILTER,
        COPY,
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="outputs")
        self._hand = Hand(desk)
        self._rows: list[tuple[Actuation, Line]] = []
        """The rows, each with what would leave its output as it is."""
        self._label_width = LEAST_LABEL

    @property
    def present(self) -> list[Actuation]:
        """What would leave each output as it is: relays, modulated lines, and LEDs."""
        return [actuation for actuation, _ in self._all(WIDE)]

    @property
    def command_words(self) -> Words:
        """What drives the output under the cursor as it is now."""
        present = self._under_cursor()
        return drive(present) if present is not None else ()

    @property
    def shell_command(self) -> ShellCommand | None:
        """The command, or that none lights LEDs in several colours."""
        present = self._under_cursor()
        if isinstance(present, LightLeds) and present.last is not None:
            colors = self.view.outputs.leds[present.first : present.last + 1]
            if len(set(colors)) > 1:
                return ShellCommand("", "No command lights LEDs in several colours at once: wasi-host leds takes one.")
        return super().shell_command

    def row_numbers(self) -> range:
        """All rows."""
        if not self._rows:  # a key can come before the pane is drawn at all
            self._rows = self._wanted(self.content_size.width or self.app.size.width - 2)
        return range(len(self._rows))

    def row(self, number: int, width: int) -> Line:
        """Return one row."""
        return self._rows[number][1]

    def note(self) -> str:
        """The filter, the plugin that set the LEDs, and how many rows are out of sight."""
        shown = self.view.outputs.shown
        parts = self.wanted.note()
        parts += [f"LEDs {self._by(shown)}"] if shown else []
        return ", ".join([*parts, *self.out_of_sight()])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for all rows. Textual calls this."""
        return max(1, len(self._wanted(width)))

    def update(self, now_ns: int) -> None:
        """Show what is new. If the number of rows has changed, lay the screen out again."""
        before = len(self._rows)
        super().update(now_ns)
        if len(self._rows) != before:
            self.refresh(layout=True)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the rows as they are now. If there are others, the cursor stays on its output."""
        chosen = self._under_cursor()
        self._rows = self._wanted(width)
        outputs = [_output(each) for each, _ in self._rows]
        if chosen is not None and (output := _output(chosen)) in outputs:
            self.keep_cursor_on(outputs.index(output))
        if self.wanted.text and not self._rows:
            return [[Segment(FILTERED, self.look.muted)]]
        return super().draw(width, height)

    def _wanted(self, width: int) -> list[tuple[Actuation, Line]]:
        """The rows that pass the filter."""
        found = self.wanted.found_in
        return [row for row in self._all(width) if found("".join(segment.text for segment in row[1]))]

    async def action_drive(self) -> None:
        """Switch the relay under the cursor, or ask how to set the line or to light the LEDs."""
        match self._under_cursor():
            case SwitchRelay() as present:
                self._hand.switch(present)
            case SetPwm() as present:
                await self._hand.ask_for_pwm(present)
            case LightLeds() as present:
                self._hand.ask_for_color(present)

    def action_step(self, step: int) -> None:
        """Give the line under the cursor more (1) or less (-1) duty."""
        if isinstance(present := self._under_cursor(), SetPwm):
            self._hand.step(present, step)

    async def on_row_list_opened(self) -> None:
        """A double click on an output drives it."""
        await self.action_drive()

    def moved(self) -> None:
        """Draw again: the cursor is on another row. Its output is asked about again."""
        self._hand.forget()
        super().moved()

    def _under_cursor(self) -> Actuation | None:
        return self._rows[self.cursor][0] if self.cursor in self.row_numbers() else None

    def _all(self, width: int) -> Iterator[tuple[Actuation, Line]]:
        outputs = self.view.outputs
        names = max((len(f"relay {name}") + 1 for name in outputs.relays), default=0)
        self._label_width = min(max(LEAST_LABEL, names), MOST_LABEL)
        for name, switched in outputs.relays.items():
            is_on = switched is not None and switched.on
            yield SwitchRelay(name, is_on), self._relay(name, switched, is_on)
        for line, modulated in outputs.pwm.items():
            duty, frequency_hz = (modulated.duty, modulated.frequency_hz) if modulated else (0.0, USUAL_HZ)
            yield SetPwm(line, duty, frequency_hz), self._pwm(line, modulated)
        yield from self._leds(outputs.leds, max(1, (width - self._label_width + 1) // LED))

    def _relay(self, name: str, switched: RelaySwitched | None, is_on: bool) -> Line:
        sign = Segment("# on   " if is_on else "- off  ", self.look.good if is_on else self.look.muted)
        return [*self._label(f"relay {name}"), sign, *self._who(switched)]

    def _pwm(self, line: int, modulated: PwmSet | None) -> Line:
        if modulated is None:
            return [*self._label(f"PWM line {line}"), Segment("not set", self.look.muted)]
        filled = round(modulated.duty * BAR)
        bar = Segment("[" + "#" * filled + "." * (BAR - filled) + "]", self.look.accent)
        text = f"{modulated.duty:5.0%}  {modulated.frequency_hz:g} Hz  "
        return [*self._label(f"PWM line {line}"), bar, Segment(text), *self._who(modulated)]

    def _leds(self, colors: tuple[tuple[int, int, int], ...], across: int) -> Iterator[tuple[Actuation, Line]]:
        for first in range(0, len(colors), across):
            part = colors[first : first + across]
            last = first + len(part) - 1
            line = self._label(f"LEDs {first}-{last}" if last > first else f"LED {first}")
            yield LightLeds(part[0], first, last), line + [segment for color in part for segment in self._led(color)]

    def _led(self, color: tuple[int, int, int]) -> Line:
        digits = f"{bytes(color).hex()} "
        if color == OFF:
            return [Segment(f"··{digits}", self.look.muted)]
        ink = self.look.plain if self.desk.terminal.no_color else Style(color=Color.from_rgb(*color))
        return [Segment("██", ink), Segment(digits)]

    def _label(self, text: str) -> Line:
        return [Segment(fit(safe(text), self._label_width - 1) + " ")]

    def _who(self, event: RelaySwitched | PwmSet | None) -> Line:
        return [Segment(self._by(event), self.look.muted)] if event else []

    def _by(self, event: LedsShown | RelaySwitched | PwmSet) -> str:
        simulated = "simulated, " if event.is_simulated else ""
        return f"{simulated}by {safe(self.view.outputs.driver(event))}, {ago(self.desk.now_ns() - event.time_ns)}"


def _output(actuation: Actuation) -> tuple[str, str | int]:
    """Which output it drives: its kind, and its name, line or first LED."""
    match actuation:
        case SwitchRelay(relay):
            return "relay", relay
        case SetPwm(line):
            return "pwm", line
        case LightLeds(first=first):
            return "leds", first
