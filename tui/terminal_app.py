"""Textual's app, fitted to the terminal: its colours, its characters, and few bytes.

It also does what every part of a screen needs to talk with a person.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from rich.console import RenderableType
from rich.terminal_theme import TerminalTheme
from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App, SuspendNotSupported
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.timer import Timer

from hostcore.cli.statuses import ExitStatus
from hostcore.errors import HostError
from hostcore.files import write_whole
from tui.driver import SteadyDriver, let_go_of_terminal
from tui.frugal import Shown
from tui.look import Look, look_for
from tui.terminal import Legible, Terminal
from tui.text import safe
from tui.themes import BY_NAME, DARK, LIGHT, OWN, THEMES

if TYPE_CHECKING:
    from hostcore.events.facts import PluginFacts

DEFECT = ExitStatus.FAILED
"""The exit status after a defect of the screen."""
HUNG_UP = ExitStatus.HUNG_UP
"""The exit status if the terminal is gone."""

T = TypeVar("T")
LONGEST_NAME = 200
"""Characters of what was copied, in the message about it. A plugin may give a value a key that fills the screen."""
NATIVE_ALARMS = ("ansi_red", "ansi_yellow")
"""The colours of grave problems and of warnings among the terminal's own. On the Linux console, these are too dark."""


class TerminalApp(App[int]):
    """An app that draws what its terminal can.

    Args:
        terminal: what can be drawn; by default what this process's terminal can.

    Attributes:
        terminal: what can be drawn.
        look: the styles for it.
        defect: the exception that ended the screen; None if it ended in order.
        after_defect: what becomes of all else after a defect, for the person; "" if a host ends with the screen.
        read_only: why this screen may only look; "" if it may change things.
    """

    DRIVER: ClassVar[type[Driver]] = SteadyDriver
    """Reads and writes the terminal."""

    def __init__(self, terminal: Terminal | None = None) -> None:
        self.terminal = terminal or Terminal.here()
        is_native = self.terminal.is_console or self.terminal.no_color
        self.look: Look = look_for(self.terminal, is_native)
        super().__init__(self.DRIVER, ansi_color=True if is_native else None)
        self.defect: Exception | None = None
        self.read_only = self.after_defect = ""
        self._shown = Shown()
        self._legible = Legible(self.terminal)
        self._set_themes(is_native)

    def _set_themes(self, is_native: bool) -> None:
        """Offer the themes that this terminal can show, and choose one by its ground."""
        offered = () if is_native else THEMES
        for colours in offered:
            self.register_theme(colours.theme)
        dark, light = OWN if is_native else (DARK.name, LIGHT.name)
        self.theme = light if self.terminal.is_light else dark
        for name in set(self.available_themes) - {*OWN, *(each.name for each in offered)}:
            self.unregister_theme(name)

    @property
    def ansi_theme(self) -> TerminalTheme:
        """The 16 colours of the theme. Textual calls this."""
        colours = BY_NAME.get(self.theme)
        return colours.terminal if colours else super().ansi_theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The frames' colours, for themes that do not name them."""
        if self.native_ansi_color:
            grave, warning = ("ansi_bright_red", "ansi_bright_yellow") if self.terminal.is_console else NATIVE_ALARMS
            frame, note = "ansi_white", "ansi_default"
        else:
            grave, warning = self.current_theme.error or "ansi_red", self.current_theme.warning or "ansi_yellow"
            frame, note = "#5a6572", "#8a939d"
        return {
            "frame": frame,
            "frame-focus": "ansi_cyan",
            "frame-note": note,
            "frame-grave": grave,
            "frame-warning": warning,
        }

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters that every line passes before it is written."""
        filters = super().get_line_filters()
        return [*filters, self._legible] if self._legible.enabled else filters

    def set_timer(self, *arguments: Any, **options: Any) -> Timer:
        """Make a timer of Textual's that fires even if it is late.

        Textual's own timers skip a call that is late. A timer that should fire once then never fires: if the machine
        is busy for 8 ms while the terminal is resized, the screen keeps its old size.
        """
        timer = super().set_timer(*arguments, **options)
        timer._skip = False
        return timer

    def may_change(self) -> bool:
        """Return whether this screen may change anything, and say why not. See `tui.desk.Desk`."""
        if self.read_only:
            self._complain(self.read_only)
        return not self.read_only

    def may_save(self) -> bool:
        """Return whether this screen may write files, and say why not. See `tui.desk.Desk`."""
        return self.may_change()

    def open_sheet(self, sheet: Screen[T], answered: Callable[[T | None], None] | None = None) -> None:
        """Show a screen over the panes. See `tui.desk.Desk`."""
        self.push_screen(sheet, answered)

    async def ask(
        self,
        question: str,
        value: str = "",
        *,
        live: Callable[[str], None] | None = None,
        check: Callable[[str], object] | None = None,
        done: Callable[[str], None] | None = None,
    ) -> None:
        """Ask for one line of text. See `tui.desk.Desk`."""
        from tui.prompt import Prompt  # noqa: PLC0415 - the first frame should not wait for it

        if not (self._exit or self.screen.query(Prompt)):  # a key may have left the screen since this was wanted
            await self.screen.mount(Prompt(question, value, live, check, done))

    async def on_event(self, event: events.Event) -> None:
        """Drop input that follows the key which leaves the screen. Its widgets are going. Textual calls this."""
        if not (self._exit and isinstance(event, events.InputEvent)):
            await super().on_event(event)

    async def _on_key(self, event: events.Key) -> None:
        """Pass text on to the focused widget: keys typed right after the one that opened it went to the old focus."""
        if self.focused is not None and self.focused.check_consume_key(event.key, event.character):
            event.prevent_default()
            self.focused._forward_event(events.Key(event.key, event.character))

    def copy(self, text: str, what: str) -> None:
        """Put `text` into the clipboard of the person's terminal. See `tui.desk.Desk`."""
        self.copy_to_clipboard(text)
        self.say(f"Copied {safe(what, LONGEST_NAME)}, if this terminal lets programs copy")

    def edit(self, file: Path, line: int = 0) -> None:
        """Open a file in the person's editor, in place of the screen. See `tui.desk.Desk`."""
        from tui.editors import editor_command  # noqa: PLC0415 - the first frame should not wait for it

        if not self.may_change():
            return
        try:
            if not file.is_file():
                raise HostError(f"there is no {file} on this computer")
            self.run_worker(self.leave_for(editor_command(file, line)))
        except HostError as error:
            self._complain(str(error))

    def edit_driver(self, driver: PluginFacts, line: int = 0) -> None:
        """Open the file of a driver in the person's editor. See `tui.desk.Desk`."""
        self.edit(driver.path, line)

    async def leave_for(self, command: Sequence[str], name: str = "", errors: Path | None = None) -> None:
        """Give the terminal to a program until it ends. Events are taken in meanwhile, and nothing is drawn.

        Args:
            command: the program and its arguments.
            name: its name for a person; by default the program's file.
            errors: see `tui.editors.run_editor`.
        """
        from tui.editors import run_editor  # noqa: PLC0415 - the first frame should not wait for it

        problem = ""
        try:
            with self.batch_update(), self.suspend():
                problem = await run_editor(command, name, errors)
        except SuspendNotSupported:
            problem = "this screen is not drawn by a terminal of its own, so no other program can take its place"
        if problem:
            self._complain(problem)

    def save(self, name: str, content: bytes, what: str) -> None:
        """Write a file that the person named, completely or not at all. See `tui.desk.Desk`."""
        if not (name.strip() and self.may_save()):
            return
        try:
            write_whole(Path(name).expanduser(), content, mode=0o666)
        except (OSError, RuntimeError, ValueError) as error:  # also: ~ of an unknown user, a NUL
            self._complain(f"{name}: {getattr(error, 'strerror', None) or error}")
        else:
            self.say(f"{what} in {name}")

    def say(self, text: str) -> None:
        """Show a short message for some seconds."""
        self.notify(safe(text), markup=False)

    def _complain(self, text: str) -> None:
        """Show an error for some seconds."""
        self.notify(safe(text), title="Not done", severity="error", timeout=10, markup=False)

    def action_redraw(self) -> None:
        """Write every cell again, after something else wrote to the terminal."""
        self._shown.forget()
        self.refresh(layout=True)

    def action_command_palette(self) -> None:
        """Open the command palette."""
        from tui.palette import Palette  # noqa: PLC0415 - the first frame should not wait for it

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def hang_up(self) -> None:
        """Close the screen, because its terminal is gone. Nobody reads its output any more."""
        let_go_of_terminal()
        if not self._exit:
            self.exit(HUNG_UP, return_code=HUNG_UP)

    def hurry(self) -> None:
        """Let nothing delay the end: not even a terminal that takes no output. For signal handlers."""
        if isinstance(self._driver, SteadyDriver):
            self._driver.hurry()

    def panic(self, *_: RenderableType) -> None:
        """End after a defect. Textual calls this in some places instead of `_handle_exception`."""
        error = sys.exception()
        self._handle_exception(error if isinstance(error, Exception) else RuntimeError("Textual gave up"))

    def _handle_exception(self, error: Exception) -> None:
        """End after a defect, which is the first that is not the consequence of another. Textual calls this."""
        self.defect = self.defect or error
        self._return_code = DEFECT
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _set_pointer_shape(self, shape: str) -> None:
        """Leave the mouse pointer alone: changing it costs bytes, and some terminals print them. Textual calls this."""

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write only the cells that differ from what the terminal shows. Textual calls this."""
        if isinstance(renderable, CompositorUpdate) and screen is self.screen and not self._batch_count:
            renderable = self._shown.reduce(renderable, *self.size)
        super()._display(screen, renderable)
