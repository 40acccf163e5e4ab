"""A finding with all its observations. From here a person goes to the transfer, the line and the plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size

from hostcore.events import Evidence, FindingRaised
from hostcore.view.plugins import PluginStatus
from hostcore.view.traffic import SeenTransfer
from tui.commands import DIAGNOSE, Words
from tui.desk import Desk
from tui.editing import SourcePlace, edit_driver, is_script
from tui.finding_words import finding_lines, origin_of
from tui.key_bar import KeyBar
from tui.lines import Line, LinesWidget
from tui.live_screen import LiveScreen
from tui.plugins.actions import PluginActions
from tui.row_list import RowList
from tui.text import safe
from tui.traffic.sheet import open_transfer
from tui.traffic.source_words import Caller, SourceSheet, source_lines


class FindingHead(LinesWidget):
    """The sentence, what to do, and what it concerns.

    Args:
        desk: the screen around it.
        raised: the finding.
    """

    def __init__(self, desk: Desk, raised: FindingRaised) -> None:
        super().__init__(desk)
        self.raised = raised

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for all lines. Textual calls this."""
        return len(list(self.draw(width, viewport.height)))

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the lines."""
        return finding_lines(self.raised, self.look, width, self.desk.now_ns())


class EvidenceList(RowList):
    """A row for each observation, the most telling one first.

    Args:
        desk: the screen around it.
        evidence: the observations.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "open", "Transfer or line")]

    def __init__(self, desk: Desk, evidence: tuple[Evidence, ...]) -> None:
        super().__init__(desk)
        self.evidence = evidence

    @property
    def chosen(self) -> Evidence | None:
        """The observation under the cursor; None if there are none."""
        return self.evidence[self.cursor] if self.cursor < len(self.evidence) else None

    def row_numbers(self) -> range:
        """All observations."""
        return range(len(self.evidence))

    def row(self, number: int, width: int) -> Line:
        """Make one row: when, who and from which line, what was observed."""
        each = self.evidence[number]
        return [Segment(f"{origin_of(each)}  ", self.look.muted), Segment(safe(each.text, 1000))]

    def action_open(self) -> None:
        """Show the transfer that was observed, or the line that caused it."""
        if (chosen := self.chosen) is None:
            return
        if (seen := self._transfer_of(chosen)) is not None:
            open_transfer(self.desk, seen)
        elif chosen.source_line:
            caller = Caller(chosen.plugin, chosen.source_line, None, chosen.time_ns)
            title = f"{safe(chosen.plugin)} line {chosen.source_line}"
            self.desk.open_sheet(
                SourceSheet(self.desk, title, caller, lambda sources, width: source_lines(sources, self.look, width))
            )
        else:
            self.desk.say("No transfer and no line of a driver belongs to this observation")

    def _transfer_of(self, evidence: Evidence) -> SeenTransfer | None:
        """The transfer of an observation, if it is still kept."""
        newest_first = self.desk.view.traffic.items.newest_first()
        wanted = (each for each in newest_first if evidence.sequence and each.transfer.sequence == evidence.sequence)
        return next(wanted, None)

    def on_row_list_opened(self) -> None:
        """A double click shows what was observed."""
        self.action_open()


class FindingScreen(LiveScreen, PluginActions):
    """A finding, as it was last raised. The keys of its plugin work here, and Enter leads to it.

    Args:
        desk: the screen around it.
        raised: the finding.
        show_traffic: shows the transfers of what it concerns, below this screen; None if it concerns no device.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "plugin", "Its plugin", key_display="Enter"),
        Binding("escape,q", "dismiss", "Back", key_display="Esc"),
        Binding("t", "traffic", "Its traffic"),
        *PluginActions.BINDINGS,
    ]

    def __init__(self, desk: Desk, raised: FindingRaised, show_traffic: Callable[[], object] | None) -> None:
        super().__init__(desk)
        self._key, self._show_traffic = raised.finding.key, show_traffic
        self._head = FindingHead(desk, raised)
        self._rows = EvidenceList(desk, raised.finding.evidence)

    def compose(self) -> ComposeResult:
        """The finding, its observations and the keys."""
        yield self._head
        yield self._rows
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._rows.focus()
        self.update(self.desk.now_ns())

    def update(self, now_ns: int) -> None:
        """Take the newest observations. If the finding holds no longer, say so, and keep it in sight."""
        present = next((each for each in self.desk.view.findings.all() if each.finding.key == self._key), None)
        if present is not None:
            self._head.raised, self._rows.evidence = present, present.finding.evidence
        finding = self._head.raised.finding
        over = "" if present is not None else ", holds no longer"
        self._rows.border_title = Content(f"{finding.kind}, {finding.confidence.value}{over}")
        self._head.paint()
        self._rows.paint()
        self.refresh_bindings()

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin that the finding concerns; None if it concerns none or several."""
        return self.desk.view.plugins.get(self._head.raised.finding.plugin)

    @property
    def command_words(self) -> Words:
        """The command that tells all findings."""
        return DIAGNOSE

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that would do something."""
        if action == "traffic":
            return self._show_traffic is not None
        if action == "plugin":
            return self.chosen is not None
        if action == "edit":
            return self._place is not None
        return self.allows(action, parameters)

    @property
    def _place(self) -> SourcePlace | None:
        """The line of the observation under the cursor; else the plugin, whose trouble has a line."""
        chosen = self._rows.chosen
        place = SourcePlace(chosen.plugin, chosen.source_line) if chosen is not None and chosen.source_line else None
        place = place or SourcePlace(self._head.raised.finding.plugin)
        plugin = self.desk.view.plugins.get(place.plugin)
        return place if plugin is not None and is_script(plugin) else None

    def action_edit(self) -> None:
        """Open the driver in an editor, at the line of the observation under the cursor."""
        if (place := self._place) is not None and (plugin := self.desk.view.plugins.get(place.plugin)) is not None:
            edit_driver(self.desk, plugin, None, place.line)

    def action_plugin(self) -> None:
        """Show all that is known of the plugin."""
        from tui.plugins.detail import DetailScreen  # noqa: PLC0415 - the first frame should not wait for it

        if self.chosen is not None:
            self.desk.open_sheet(DetailScreen(self.desk, self.chosen.name))

    def action_traffic(self) -> None:
        """Show the transfers of what the finding concerns."""
        if self._show_traffic is not None:
            self.dismiss()
            self._show_traffic()
