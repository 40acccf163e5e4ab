"""Textual's app, fitted to the terminal at hand: its colours, its characters, as few bytes as will do.

And what every part of a screen needs to talk with a person.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.text import Text
from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.filter import LineFilter
from textual.screen import Screen
from textual.timer import Timer

from tui.frugal import Shown
from tui.look import DARK, DARK_COLOURS, LIGHT, LIGHT_COLOURS, Look, look_for
from tui.raster import Ink
from tui.terminal import Legible, Terminal
from tui.text import safe

BROKEN = "wasi-host: the screen broke on a defect of its own, not on a plugin's; wasi-host run works without it"


class TerminalApp(App[int]):
    """An app that draws what its terminal can.

    Args:
        terminal: what can be drawn; by default what this process's terminal can.

    Attributes:
        terminal: what can be drawn.
        look: the styles for it.
    """

    def __init__(self, terminal: Terminal | None = None) -> None:
        self.terminal = terminal or Terminal.here()
        is_native = self.terminal.is_console or self.terminal.no_color
        self.look: Look = look_for(self.terminal, is_native)
        super().__init__(ansi_color=True if is_native else None)
        self._shown = Shown()
        self._legible = Legible(self.terminal)
        self._set_themes(is_native)

    @property
    def inks(self) -> tuple[Ink, ...]:
        """What pictures can be drawn with, the finest first."""
        if self.terminal.draws_everything:
            return Ink.BRAILLE, Ink.BLOCKS
        return (Ink.BLOCKS,) if self.terminal.draws_blocks else (Ink.ASCII,)

    def _set_themes(self, is_native: bool) -> None:
        self.ansi_theme_dark, self.ansi_theme_light = DARK_COLOURS, LIGHT_COLOURS
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        if is_native:
            self.theme = "ansi-light" if self.terminal.is_light else "ansi-dark"
        else:
            self.theme = LIGHT.name if self.terminal.is_light else DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The frames' colours in themes that are not ours."""
        return {"frame": "ansi_white" if self.native_ansi_color else "#5a6572", "frame-focus": "ansi_cyan"}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line passes through before it is written."""
        filters = super().get_line_filters()
        return [*filters, self._legible] if self._legible.enabled else filters

    def set_timer(self, *arguments: Any, **options: Any) -> Timer:
        """Textual's, which fires even when it is late.

        Textual skips what a timer is late for. One that fires once is then never heard of: where the machine is busy
        for 8 ms just as a resize is taken in, the screen keeps its old size for good.
        """
        timer = super().set_timer(*arguments, **options)
        timer._skip = False
        return timer

    async def ask(
        self,
        question: str,
        value: str = "",
        *,
        live: Callable[[str], None] | None = None,
        done: Callable[[str], None] | None = None,
    ) -> None:
        """Have a person type a line; see `tui.prompt.Prompt`."""
        from tui.prompt import Prompt  # noqa: PLC0415 - the first frame should not wait for it

        if not self.screen.query(Prompt):
            await self.screen.mount(Prompt(question, value, live, done))

    async def _on_key(self, event: events.Key) -> None:
        """What a person types right after a key that asks for text is text: it went to where the focus was before."""
        if self.focused is not None and self.focused.check_consume_key(event.key, event.character):
            event.prevent_default()
            self.focused._forward_event(events.Key(event.key, event.character))

    def copy(self, text: str, what: str) -> None:
        """Put `text` into the clipboard of the person's terminal."""
        self.copy_to_clipboard(text)
        self.say(f"Copied {what}, if this terminal lets programs copy")

    def save(self, name: str, content: bytes, what: str) -> None:
        """Write `content` into the file that a person named, and tell where `what` is now."""
        if not name.strip():
            return
        try:
            Path(name).expanduser().write_bytes(content)
        except (OSError, RuntimeError, ValueError) as error:  # also: nobody's home, a character that no name may have
            self.complain(f"{name}: {getattr(error, 'strerror', None) or error}")
        else:
            self.say(f"{what} in {name}")

    def say(self, text: str) -> None:
        """Show a short message for a while."""
        self.notify(safe(text), markup=False)

    def complain(self, text: str) -> None:
        """Show what went wrong."""
        self.notify(safe(text), title="Not done", severity="error", timeout=10, markup=False)

    def _fatal_error(self) -> None:
        """Textual's way to end after a defect: in text that no terminal acts on, and without all local variables."""
        if not self._exit_renderables:
            told = [*traceback.format_exc().splitlines(), BROKEN]
            self._exit_renderables.append(Text("\n".join(map(safe, told))))
        self._close_messages_no_wait()

    def _set_pointer_shape(self, shape: str) -> None:
        """Textual's way to change the mouse pointer: not worth its bytes, and some terminals print them."""

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Textual's way to the terminal: only what differs from what it shows goes on."""
        if isinstance(renderable, CompositorUpdate) and screen is self.screen and not self._batch_count:
            renderable = self._shown.reduce(renderable, *self.size)
        super()._display(screen, renderable)
