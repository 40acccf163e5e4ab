"""The list of drivers that can be added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.config.values import check_plugin_name
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.permissions import use_of
from hostcore.view.found_chips import EMPTY, DriverOffer, driver_offers, unscanned
from tui.commands import COPY, CommandSource, ShellCommand, Words, new
from tui.desk import Desk
from tui.device_words import device_words
from tui.dialogs import Confirm
from tui.filtering import FilteredList
from tui.identifying import identify
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.new_driver.adding_screen import AddingScreen
from tui.new_driver.driver_words import about, offer_row, title_of
from tui.text import safe
from tui.wrapping import wrapped

USUAL_NAME = "driver"
"""The name that is offered for an empty driver."""


class DriverList(FilteredList[DriverOffer], CommandSource):
    """A row for each driver, the empty one last, and below the rows everything about the chosen one.

    Args:
        desk: the screen around it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [COPY]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.offers: tuple[DriverOffer, ...] = ()
        self.learn()

    def learn(self) -> None:
        """Look what the scans have found by now. The cursor stays on its driver, or at least on its address."""
        chosen, had_chips = self.chosen, len(self.offers) > 1
        self.offers = (*driver_offers(self.desk.view), EMPTY)
        if chosen is not None and had_chips:
            self.keep_cursor_on(self._place_of(chosen))

    def _place_of(self, chosen: DriverOffer) -> int:
        shown = self.shown
        if chosen in shown:
            return shown.index(chosen)
        return next((place for place, each in enumerate(shown) if _is_at_same_address(each, chosen)), 0)

    def rows(self) -> tuple[DriverOffer, ...]:
        """All drivers."""
        return self.offers

    def text_of(self, row: DriverOffer) -> str:
        """Everything that a row shows."""
        return "".join(segment.text for segment in offer_row(row, self.desk.view, self.look))

    @property
    def command_words(self) -> Words:
        """What writes the chosen driver."""
        return new(self.chosen.wish()) if self.chosen is not None else ()

    @property
    def shell_command(self) -> ShellCommand | None:
        """The command, or that none writes one of this project's own drivers."""
        if self.chosen is not None and not self.command_words:
            return ShellCommand("", "No command writes one of this project's own drivers: Enter does it here.")
        return super().shell_command

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        return offer_row(self.shown[number], self.desk.view, self.look)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the drivers, and below them what is known of the chosen one, at most in half of the room."""
        below = list(self._below(width))[: max(height // 2, height - len(self.shown) - 1)]
        rows = list(super().draw(width, min(max(1, len(self.shown)), height - len(below) - 1)))
        return [*rows, [], *below]

    def _below(self, width: int) -> Iterator[Line]:
        view, look = self.desk.view, self.look
        if self.chosen is not None:
            for words, ink in about(self.chosen, view, look, self.desk.now_ns()):
                yield from wrapped(words, ink, width)
        if buses := unscanned(view):
            yield from wrapped(f"Not scanned yet: {', '.join(buses)}. s in pane 5 scans.", look.muted, width)
        elif len(self.offers) == 1:
            yield from wrapped("The last scans found no chip that has a chip file.", look.muted, width)


def _is_at_same_address(one: DriverOffer, other: DriverOffer) -> bool:
    """Whether two drivers are for the same address. A chip that was asked has become another one."""
    if one.found is None or other.found is None:
        return False
    return (one.found.bus, one.found.address) == (other.found.bus, other.found.address)


class NewDriverScreen(LiveScreen):
    """Lets a person add a driver.

    Args:
        desk: the screen around it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "add", "Add ...", key_display="Enter"),
        Binding("i", "identify", "Identify"),
        Binding("escape,q", "dismiss", "Close", key_display="Esc"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows = DriverList(desk)

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        yield self._rows
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._rows.border_title = Content("A new driver for a chip that the scan found")
        if self.focused is None:  # keys that came with the one that opened this may have opened a field
            self._rows.focus()

    def update(self, now_ns: int) -> None:
        """Draw again: a scan may have found more."""
        self._rows.learn()
        self._rows.paint()

    async def action_add(self) -> None:
        """Ask what has to be asked, and add the chosen driver."""
        offer = self._rows.chosen
        if offer is None or not self.desk.may_change():
            return
        if offer.found is None:
            await self.desk.ask("Name of the driver", USUAL_NAME, check=self._check_name, done=self._add_empty)
        else:
            self._confirm(offer)

    def action_identify(self) -> None:
        """Ask the chip under the cursor what it is."""
        offer = self._rows.chosen
        if offer is not None and offer.found is not None:
            identify(self.desk, offer.found.bus, offer.found.address)

    def _confirm(self, offer: DriverOffer) -> None:
        if (found := offer.found) is None:
            return
        view, look = self.desk.view, self.desk.look
        known = [words for words, _ in device_words(view, look, "", found.permission, self.desk.now_ns())]
        granted = f'"{found.permission}" goes into host.toml, and nothing else: just this address.'

        def answered(yes: bool | None) -> None:
            if yes:
                self._add(offer.wish(), offer)

        question = f"Add {safe(title_of(offer))}, and let it {use_of(found.permission)}?"
        self.desk.open_sheet(Confirm(self.desk, question, [*known, granted], verb="Add it"), answered)

    def _check_name(self, text: str) -> None:
        """Raise a ValueError that says what is allowed, unless a new plugin can have this name or it is blank."""
        name = text.strip()
        if name and self.desk.view.plugins.get(check_plugin_name(name)) is not None:
            raise ValueError("a name that no plugin has yet")

    def _add_empty(self, name: str) -> None:
        if name.strip():
            self._add(DriverWish(DriverKind.EMPTY, name.strip()), EMPTY)

    def _add(self, wish: DriverWish, offer: DriverOffer) -> None:
        began_ns = self.desk.now_ns()

        def begun(name: str) -> None:
            self.dismiss()
            self.desk.open_sheet(AddingScreen(self.desk, name, offer, began_ns))

        self.desk.find_out(partial(self.desk.session.add_driver, wish), begun)
