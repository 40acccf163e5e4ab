"""The pictures on the displays, decoded from the bytes that plugins sent to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.view.bus_health import BusStatus
from hostcore.view.displays import Display
from tui.desk import Desk
from tui.lines import Line
from tui.pane import Pane
from tui.raster import Ink, Raster
from tui.text import time_of_day

if TYPE_CHECKING:
    from hostcore.devices.ssd1306 import Picture  # the first frame should not wait for it

DIM = 64
"""A contrast below this is drawn dim."""
NO_DISPLAY = (
    "No picture of a display has come yet.",
    "What a plugin sends to an SSD1306 at 0x3c or 0x3d",
    "appears here, as the panel would show it.",
)


class OledPane(Pane):
    """One display at a time.

    Args:
        desk: the screen around it.
    """

    number = 6
    title = "OLED"
    has_cursor = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "ink", "Dots"),
        Binding("d", "next", "Display"),
        Binding("w", "save", "Save PNG"),
        Binding("left", "pan(-8, 0)", "Left", show=False),
        Binding("right", "pan(8, 0)", "Right", show=False),
        Binding("up", "pan(0, -8)", "Up", show=False),
        Binding("down", "pan(0, 8)", "Down", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="oled")
        self._place = 0
        self._ink = self._preferred
        self._x = self._y = 0
        self._lines: list[Line] = []
        self._lines_for: object = None

    @property
    def _preferred(self) -> Ink | None:
        """How a picture is drawn at first: dot for dot where only braille would keep its small text readable."""
        inks = self.desk.terminal.inks
        return None if Ink.BRAILLE in inks else inks[0]

    @property
    def chosen(self) -> Display | None:
        """The display that is shown; None if there is none."""
        displays = self.view.displays.all()
        return displays[self._place % len(displays)] if displays else None

    def row_numbers(self) -> range:
        """The lines of the picture."""
        self._draw()
        return range(len(self._lines))

    def row(self, number: int, width: int) -> Line:
        """Return one line of the picture."""
        return self._lines[number]

    def note(self) -> str:
        """The display, and the state of its panel."""
        display = self.chosen
        if display is None:
            return ""
        picture = display.picture()
        words = [f"{display.bus} 0x{display.address:02x}"]
        words += ["simulated"] if display.is_simulated else []
        words += self._stuck_words(display) or ["on" if picture.on else "OFF"]
        words += ["inverted"] if picture.inverted else []
        words += [f"contrast {picture.contrast}"]
        words += [f"{self._ink.value}, {self._pan_words(picture)}"] if self._ink else []
        count = len(self.view.displays.all())
        words += [f"display {self._place % count + 1} of {count}"] if count > 1 else []
        return ", ".join(words)

    def _pan_words(self, picture: Picture) -> str:
        """The keys that move a picture of which only a part is in sight, in place of how it is drawn."""
        assert self._ink is not None
        (across, down), (width, height) = self._ink.cell, self.content_size
        is_whole = picture.width <= width * across and len(picture.rows) <= height * down
        return "dot for dot" if is_whole else "arrows move it"

    def _stuck_words(self, display: Display) -> list[str]:
        """Say that the panel may show anything: what was sent since its bus is stuck never reached it."""
        bus = self._stuck_bus(display)
        if bus is None:
            return []
        return [f"picture of {time_of_day(min(display.last_ns, bus.stuck_since_ns))[:8]}", "bus stuck"]

    def _stuck_bus(self, display: Display | None) -> BusStatus | None:
        bus = self.view.health.of(display.bus) if display else None
        return bus if bus and bus.is_stuck else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that would do something."""
        displays = self.view.displays.all()
        if action == "next":
            return len(displays) > 1
        return bool(displays) if action in ("ink", "save") else True

    def _draw(self) -> None:
        """Make the picture's lines, if something has changed."""
        display, (width, height) = self.chosen, self.content_size
        is_old = self._stuck_bus(display) is not None
        key = (width, height, self._ink, self._x, self._y, id(display), display.revision if display else None, is_old)
        if key == self._lines_for or not width:
            return
        self._lines_for = key
        if display is None:
            self._lines = [[Segment(text, self.look.muted)] for text in NO_DISPLAY]
            return
        picture = display.picture()
        ink = self.look.muted if picture.contrast < DIM or is_old else self.look.changed
        texts = self._texts(picture, width, height)
        left = " " * max(0, (width - len(texts[0])) // 2)
        above: list[Line] = [[]] * max(0, (height - len(texts)) // 2)
        self._lines = [*above, *([Segment(left), Segment(text, ink)] for text in texts)]

    def _texts(self, picture: Picture, width: int, height: int) -> list[str]:
        """The picture in the largest form that fits: whole, else halved. A chosen form is never halved."""
        raster = Raster(picture.width, [int.from_bytes(row) for row in picture.rows])
        if self._ink:
            return self._part(raster, self._ink, width, height)
        inks = sorted(self.desk.terminal.inks, key=lambda ink: ink is Ink.BRAILLE)
        for halving in (False, True):
            each = raster.halved() if halving else raster
            for ink in inks:
                across, down = ink.cell
                if each.width // across <= width and len(each.rows) // down <= height:
                    return each.lines(ink)
        return self._part(each, inks[-1], width, height)

    def _part(self, raster: Raster, ink: Ink, width: int, height: int) -> list[str]:
        """As much of a picture as fits."""
        across, down = ink.cell
        self._x = max(0, min(self._x, raster.width - width * across))
        self._y = max(0, min(self._y, len(raster.rows) - height * down))
        return raster.part(self._x, self._y, width * across, height * down).lines(ink)

    def forget_view(self) -> None:
        """Draw the picture again."""
        self._lines_for = None

    def action_pan(self, x: int, y: int) -> None:
        """Move the visible part of a picture that is too large."""
        self._x, self._y = max(0, self._x + x), max(0, self._y + y)
        self.paint()

    def action_ink(self) -> None:
        """Draw the picture in the next form: the best that fits, then each that the terminal can draw."""
        ways: list[Ink | None] = [None, *self.desk.terminal.inks]
        self._ink = ways[(ways.index(self._ink) + 1) % len(ways)]
        self.update(self.desk.now_ns())

    def action_next(self) -> None:
        """Show the next display."""
        self._place += 1
        self.update(self.desk.now_ns())

    async def action_save(self) -> None:
        """Ask for a file, and write the picture into it."""
        if self.desk.may_save():
            await self.desk.ask("Save the picture to", f"oled-{datetime.now():%Y%m%d-%H%M%S}.png", done=self._save)

    def _save(self, name: str) -> None:
        from hostcore.view.png import png_of  # noqa: PLC0415 - the first frame should not wait for it

        if self.chosen is not None:
            self.desk.save(name, png_of(self.chosen.picture()), "The picture is")
