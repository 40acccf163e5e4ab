"""The devices that a plugin asks for, all at once, with what is known of each. A person grants or refuses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.clock import NS_PER_MS
from hostcore.permissions import device_of, use_of
from hostcore.view.offers import Offer, offers
from hostcore.view.plugins import PluginStatus
from tui.commands import COPY, CommandSource, Words, grant
from tui.desk import Desk
from tui.device_words import device_words
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.row_list import RowList
from tui.text import counted, safe
from tui.wrapping import wrapped

LEAST_LOOK_NS = 500 * NS_PER_MS
"""How long a list must have been shown before a key grants anything, as in browsers. A key that comes sooner was meant
for what stood there before: behind a slow connection, it was on its way already."""
TOO_SOON = "Nothing was granted: this has only just appeared. Read it, then press the key again."


class RequestList(RowList, CommandSource):
    """A row for each device, and below the rows everything about the chosen one.

    Args:
        desk: the screen around it.
        plugin: the plugin.
    """

    BINDINGS: ClassVar[list[BindingType]] = [COPY]

    def __init__(self, desk: Desk, plugin: PluginStatus) -> None:
        super().__init__(desk)
        self._plugin = plugin

    @property
    def command_words(self) -> Words:
        """What grants the chosen device."""
        return grant(self._plugin.name, self.chosen.permission) if self.chosen is not None else ()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The devices that the plugin asks for now."""
        return offers(self._plugin)

    @property
    def chosen(self) -> Offer | None:
        """The device under the cursor; None if there is none any more."""
        found = self.offers
        return found[self.cursor] if self.cursor < len(found) else None

    def row_numbers(self) -> range:
        """All devices."""
        return range(len(self.offers))

    def row(self, number: int, width: int) -> Line:
        """Make one row: the device, and how often it was denied at least."""
        offer = self.offers[number]
        use = use_of(offer.permission)
        words = f"{use[0].upper()}{use[1:]}"
        return [Segment(words, self.look.strong), Segment(f"  denied ≥{offer.count}x", self.look.muted)]

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the devices, and what is known of the chosen one. The words go before the rows if there is no room."""
        below = [[], *self._about(self.chosen, width)] if self.chosen is not None else []
        room = max(min(len(self.offers), height), height - len(below))
        rows = list(super().draw(width, min(room, len(self.offers))))
        return [*rows, *below]

    def _about(self, offer: Offer, width: int) -> Iterator[Line]:
        look, name = self.look, self._plugin.name
        for words, ink in device_words(self.desk.view, look, name, offer.permission, self.desk.now_ns()):
            yield from wrapped(words, ink, width)
        yield from wrapped(safe(offer.requests[-1].reason), look.muted, width)
        broader = " This is the whole device: the plugin is not stopped at its next step." if offer.is_broader else ""
        config = safe(str(self.desk.view.facts.config_file))
        yield []
        yield from wrapped(
            f'Enter writes "{offer.permission}" into {config}, where it holds until it is removed. {name} can then do '
            f"everything that the device can do.{broader}",
            look.plain,
            width,
        )


class RequestsScreen(LiveScreen):
    """The requests of one plugin. It closes when none is left.

    Args:
        desk: the screen around it.
        plugin: the plugin.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "grant", "Grant it", key_display="Enter"),
        Binding("a", "grant_all", "Grant all"),
        Binding("x", "refuse", "Refuse"),
        Binding("escape,q", "dismiss", "Later", key_display="Esc"),
    ]

    def __init__(self, desk: Desk, plugin: PluginStatus) -> None:
        super().__init__(desk)
        self._plugin = plugin
        self._rows = RequestList(desk, plugin)
        self._shown_since_ns = desk.now_ns()

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        yield self._rows
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._write_title()
        self._rows.focus()

    def _write_title(self) -> None:
        offers = self._rows.offers
        devices = len({device_of(each.permission) for each in offers})
        ways = f" in {len(offers)} ways" if len(offers) > devices else ""
        self._rows.border_title = Content(f"Let {self._plugin.name} use {counted(devices, 'device')}{ways}?")

    def update(self, now_ns: int) -> None:
        """Draw again: there may be more requests, or a broader permission may have answered them."""
        self._next()

    def action_grant(self) -> None:
        """Grant the chosen device. The screen has said all that there is to say, so it asks nothing."""
        if (offer := self._rows.chosen) is not None:
            self._grant((offer,))

    def action_grant_all(self) -> None:
        """Grant every device of the list."""
        self._grant(self._rows.offers)

    @property
    def _has_just_appeared(self) -> bool:
        """Whether nobody can have read the list yet. In a freeze, there is no clock to tell."""
        shown_ns = self.desk.now_ns() - self._shown_since_ns
        return not self.desk.frozen_since_ns and 0 <= shown_ns < LEAST_LOOK_NS

    def _grant(self, chosen: tuple[Offer, ...]) -> None:
        if not (chosen and self.desk.may_change()):
            return
        if self._has_just_appeared:
            self.desk.say(TOO_SOON)
            return
        permissions = tuple(each.permission for each in chosen)

        def granted() -> None:
            self._plugin.drop_answered(permissions)
            self._shown_since_ns = self.desk.now_ns()
            self._next()

        self.desk.attempt(lambda: self.desk.session.grant(self._plugin.name, permissions), granted)

    def action_refuse(self) -> None:
        """Refuse the chosen device. It is not shown again while this program runs."""
        if (offer := self._rows.chosen) is not None:
            for each in offer.requests:
                self._plugin.refuse(each.permission)
            self._next()

    def _next(self) -> None:
        if self._plugin.requests:
            self._write_title()
            self._rows.paint()
        elif self.is_current:
            self.dismiss()
