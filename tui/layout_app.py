"""The app that remembers: its theme, its layouts, and how it was left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.theme import Theme

from hostcore.errors import ScreenMemoryError
from hostcore.quick_dataclass import replace
from tui.action_app import ActionApp
from tui.text import NS_PER_S

if TYPE_CHECKING:
    from tui.actions.action import Action
    from tui.layouts.layout import GraphLayout, Layout
    from tui.layouts.memory import Memory

GRACE_NS = 30 * NS_PER_S
"""Nanoseconds after the start in which the graph of a layout still appears by itself."""


class LayoutApp(ActionApp):
    """An app that comes back as it was left.

    Attributes:
        memory: what is remembered, once `remember` was called.
    """

    memory: Memory
    _begun_with: Layout | None = None
    _awaited: GraphLayout | None = None
    """The graph to show when its first number comes."""
    _mounted_ns = 0
    _chosen_theme = ""

    @property
    def _has_theme(self) -> bool:
        """Whether the terminal can show a theme, rather than only its own colours."""
        return not (self.terminal.is_console or self.terminal.no_color)

    def remember(self, memory: Memory, layout: Layout | None) -> None:
        """Take what was remembered. Call it before `settle_in`.

        Args:
            memory: what is remembered.
            layout: the layout to begin with; None for how the screen was left.
        """
        self.memory = memory
        self._begun_with = layout or memory.left
        self._awaited = layout.graph if layout else None
        self.show_theme(memory.theme)

    def show_theme(self, name: str) -> None:
        """Show the theme that the person chose before, if this terminal can show it."""
        self._chosen_theme = name
        if self._has_theme and name in self.available_themes:
            self.theme = name

    def settle_in(self) -> None:
        """Arrange the panes as they were, and say why that may fail. Call it once, when they are mounted."""
        self._mounted_ns = self.now_ns()
        if self._begun_with is not None:
            self.panes.take_layout(self._begun_with)
        else:
            self.panes.go_to(1)
        self.theme_changed_signal.subscribe(self, self._note_theme)
        if self.memory.problem:
            self.call_after_refresh(self._complain, self.memory.problem)

    def show_awaited_graph(self) -> None:
        """Show the graph of the layout to begin with, once its first number has come. A person goes before it."""
        layout = self._awaited
        is_late = self.now_ns() - self._mounted_ns > GRACE_NS or len(self.screen_stack) > 1
        if layout is not None and (is_late or self._show_graph(layout)):
            self._awaited = None

    def _show_graph(self, layout: GraphLayout) -> bool:
        """Show the graph of a layout. Returns False if there is no value for it."""
        item = self.view.readings.item(layout.paths[0]) if layout.paths else None
        if item is None or item.series is None:
            return False
        self.panes.readings.open_graph(item, layout)
        return True

    def _note_theme(self, theme: Theme) -> None:
        if self._has_theme:
            self._chosen_theme = theme.name

    def on_unmount(self) -> None:
        """Remember how the screen is left. One that only looks writes nothing. Textual calls this."""
        if self.read_only or not self.has_session:
            return
        # A layout that broke the screen must not break it again.
        layout = None if self.defect else self.panes.chosen_layout()
        with suppress(ScreenMemoryError):  # nobody sees the screen any more, and nothing else is lost
            self.memory.leave(self._chosen_theme, layout)

    def screen_actions(self) -> Iterator[Action]:
        """Yield the actions on the screen as a whole, and those on its layouts."""
        from tui.actions.action import Action  # noqa: PLC0415 - the first frame should not wait for it

        yield from super().screen_actions()
        yield Action(
            "layout save",
            "Save which panes are shown, their order and filters",
            partial(self._save_layout, ""),
            takes="NAME",
            with_text=self._save_layout,
            problem=self.read_only,
        )
        for name in self.memory.names:
            yield Action(f"layout {name}", f"Layout {name}", partial(self._show_layout, name), is_for_panes=True)
            yield Action(
                f"layout delete {name}",
                f"Delete the layout {name}",
                partial(self._delete_layout, name),
                problem=self.read_only,
            )

    def _show_layout(self, name: str) -> None:
        layout = self.memory.layout(name)
        self.panes.take_layout(layout)
        if layout.graph is not None and not self._show_graph(layout.graph):
            self.say("The number of its graph has no value yet")

    def _save_layout(self, name: str) -> None:
        self.memory.save(name, replace(self.panes.chosen_layout(), graph=self._graph_in_sight()))
        self.say(f"The layout {name} is saved; :layout {name} brings it back")

    def _delete_layout(self, name: str) -> None:
        self.memory.delete(name)
        self.say(f"The layout {name} is deleted")

    def _graph_in_sight(self) -> GraphLayout | None:
        from tui.readings.reading_screen import ReadingScreen  # noqa: PLC0415 - the first frame should not wait for it

        return next((each.graph_layout for each in self.screen_stack if isinstance(each, ReadingScreen)), None)
