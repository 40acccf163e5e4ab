"""The way of a new driver from a choice to its first reading, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore import workshop
from hostcore.driver_wish import DriverKind
from hostcore.events import DriverAdded, State
from hostcore.view.found_chips import DriverOffer
from hostcore.view.plugins import PluginStatus
from hostcore.view.readings import Source
from tui.desk import Desk, NewDriver
from tui.document import Document, wrapped
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.new_driver.driver_words import title_of
from tui.plugins.state_words import words_for
from tui.readings.reading_words import key_of, value_of
from tui.text import counted, safe, span

MOST_VALUES = 8
"""Values of the first reading that are shown."""
CLOCKS_NS = 60 * 1_000_000_000
"""How far the clock of a host on another computer may be behind, nanoseconds."""


class AddingScreen(LiveScreen):
    """What becomes of a driver that is being added. It can be closed at any time: the host goes on.

    Args:
        desk: the screen around it.
        name: the driver's name.
        offer: the driver.
        began_ns: when it was asked for, on the clock of the screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit"),
        Binding("g", "requests", "Requests"),
        Binding("enter", "start_again", "Start it here", key_display="Enter"),
        Binding("escape,q,enter", "dismiss", "Close", key_display="Esc"),
    ]

    def __init__(self, desk: Desk, name: str, offer: DriverOffer, began_ns: int) -> None:
        super().__init__(desk)
        self._driver, self._offer, self._began_ns = name, offer, began_ns
        self._document = Document(desk)
        self._was_opened = False

    def compose(self) -> ComposeResult:
        """The steps and the keys."""
        yield self._document
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._document.border_title = Content(f"{self._driver}: from {title_of(self._offer)} to the first reading")
        self._document.focus()

    def on_resize(self) -> None:
        """Wrap the text for the new width."""
        self.call_after_refresh(self.update, self.desk.now_ns())

    def update(self, now_ns: int) -> None:
        """Show how far it is. Open an empty driver in the editor as soon as it is there."""
        self._document.show(self._lines(self._document.content_size.width or 60, now_ns))
        self.refresh_bindings()
        if self._offer.kind is DriverKind.EMPTY and not self._was_opened and self._can_be_edited:
            self._was_opened = True
            self.action_edit()

    @property
    def _added(self) -> DriverAdded | None:
        return self.desk.view.new_drivers.of(self._driver, self._began_ns - CLOCKS_NS)

    @property
    def _plugin(self) -> PluginStatus | None:
        plugin = self.desk.view.plugins.get(self._driver)
        return plugin if plugin is not None and plugin.facts is not None else None

    @property
    def _can_be_edited(self) -> bool:
        """Whether the file is there, and the host knows the driver, unless it never will."""
        added = self._added
        return added is not None and bool(added.file) and (added.is_elsewhere or self._plugin is not None)

    def _lines(self, width: int, now_ns: int) -> Iterator[Line]:
        look, added = self.desk.look, self._added
        if added is None:
            spent = span(max(0, now_ns - self._began_ns))
            doing = f"pip fetches {title_of(self._offer)}" if self._offer.library is not None else "the host writes it"
            yield from self._step("~", f"{doing} ... {spent}", look.accent, width)
            for each in self.desk.view.work.tasks():
                time = workshop.spent(each.elapsed_seconds, each.expected_seconds)
                yield from self._step(" ", f"{safe(each.task)}: {time}", look.muted, width)
            return
        if added.error:
            yield from self._step("X", f"Not added: {safe(added.error)}", look.bad, width)
            return
        yield from self._written(added, width)
        if added.is_elsewhere:
            folder = safe(str(Path(added.file).parent.parent))
            again = f"This host runs the built-in settings. Quit (q), and start wasi-host in {folder}: it is there."
            if self.desk.can_start_again:
                again = f"Enter starts the host again with your own settings in {folder}, and comes back here."
            yield from self._step("!", again, look.warn, width)
            return
        yield from self._life(width)

    def _written(self, added: DriverAdded, width: int) -> Iterator[Line]:
        look, path = self.desk.look, Path(added.file)
        uses = f" It uses {safe(added.uses)}." if added.uses else ""
        yield from self._step(
            "+", f"{safe(path.name)} is written into {safe(str(path.parent))}.{uses}", look.good, width
        )
        if self._offer.library is not None and not added.uses:
            lacking = "No class of the library looks like a driver: write the rest yourself (e)."
            yield from self._step("!", lacking, look.warn, width)
        if added.permissions:
            yield from self._step("+", f"It may use {', '.join(map(str, added.permissions))}.", look.good, width)

    def _life(self, width: int) -> Iterator[Line]:
        look, plugin = self.desk.look, self._plugin
        if plugin is None:
            yield from self._step("~", "The host will see the new file in a moment.", look.muted, width)
            return
        state = words_for(plugin, self.desk.view, look)
        if plugin.state is not State.RUNNING:
            yield from self._step(state.sign, f"{state.word}: {safe(plugin.cause)}", state.style, width)
            return
        if plugin.requests:
            asks = f"It asks for {counted(len(plugin.requests), 'more permission')}: g shows them."
            yield from self._step("!", asks, look.warn, width)
        source = self.desk.view.readings.source(self._driver)
        if source is not None and source.error:
            yield from self._step("!", f"It reports: {safe(source.error)}", look.bad, width)
        elif source is None or not source.time_ns:
            yield from self._step("~", f"{state.word}: waits for its first reading", state.style, width)
        else:
            simulated = f", simulated ({', '.join(source.simulated)})" if source.simulated else ""
            yield from self._step("+", f"Its reading{simulated}:", look.good, width)
            yield from self._values(source)

    def _values(self, source: Source) -> Iterator[Line]:
        values = [each for each in source.items.values() if not each.is_group]
        for item in values[:MOST_VALUES]:
            value = f"{value_of(item)} {item.quantity.unit or ''}".rstrip()
            yield [Segment(f"    {key_of(item.path[1:])}  "), Segment(value, self.desk.look.strong)]

    def _step(self, sign: str, text: str, ink: Style, width: int) -> Iterator[Line]:
        for place, line in enumerate(wrapped(text, ink, max(10, width - 2))):
            yield [Segment(f"{sign if place == 0 else ' '} ", ink), *line]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that would do something."""
        if action == "edit":
            return self._can_be_edited
        if action == "start_again":
            return self._added is not None and self._added.is_elsewhere and self.desk.can_start_again
        return action != "requests" or bool(self._plugin is not None and self._plugin.requests)

    def action_edit(self) -> None:
        """Open the driver's file in an editor: a copy of it, if it is on another computer."""
        if not self._can_be_edited:
            return
        if (plugin := self._plugin) is not None and plugin.facts is not None:
            self.desk.edit_driver(plugin.facts)
        elif (added := self._added) is not None:
            self.desk.edit(Path(added.file))

    def action_start_again(self) -> None:
        """Start the host with the copies, into which the driver was written."""
        if (added := self._added) is not None:
            self.desk.start_again(NewDriver(self._driver, self._offer, added))

    def action_requests(self) -> None:
        """Show what the driver asks for besides."""
        from tui.plugins.requests_screen import RequestsScreen  # noqa: PLC0415 - few drivers ask for more

        if self._plugin is not None and self._plugin.requests:
            self.desk.open_sheet(RequestsScreen(self.desk, self._plugin))
