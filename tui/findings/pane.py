"""What is wrong, in sentences: the alarms that are raised, and the causes that the diagnosis finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size

from hostcore.events import AlarmRaised, FindingRaised
from tui.alarm_words import age_line, alarm_lines
from tui.desk import Desk
from tui.document import wrapped
from tui.finding_words import evidence_lines, finding_lines
from tui.lines import Line
from tui.pane import Pane
from tui.text import counted

NOTHING = "Nothing is wrong, as far as the host can tell. It watches every transfer, reading and log line."


class FindingsPane(Pane):
    """Some lines for each alarm and each finding. The cursor moves from one to the next.

    Args:
        desk: the screen around it.
    """

    number = 8
    title = "Findings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Evidence", key_display="Enter"),
        Binding("a", "acknowledge", "Acknowledge"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="findings")
        self._lines: list[Line] = []
        self._starts: list[int] = []
        """The number of the first line of each alarm and finding."""

    def row_numbers(self) -> range:
        """All lines."""
        return range(len(self._lines))

    def row(self, number: int, width: int) -> Line:
        """Return one line."""
        return self._lines[number]

    def note(self) -> str:
        """How many alarms and findings there are."""
        counts = [(len(self.view.alarms.raised()), "alarm"), (len(self.view.findings), "finding")]
        return ", ".join(counted(count, thing) for count, thing in counts if count)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for all lines. Textual calls this."""
        return len(list(self._all(width)))

    def update(self, now_ns: int) -> None:
        """Show what is new. If the number of lines has changed, lay the screen out again."""
        before = len(self._lines)
        super().update(now_ns)
        if len(self._lines) != before:
            self.refresh(layout=True)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the alarms and findings as they are now."""
        self._lines = list(self._all(width))
        if not self._starts:
            return self._lines
        self.cursor = max((start for start in self._starts if start <= self.cursor), default=0)
        return super().draw(width, height)

    def action_move(self, rows: int) -> None:
        """Move the cursor by this many alarms and findings."""
        if self._starts:
            place = self._starts.index(self.cursor) if self.cursor in self._starts else 0
            self.go(self._starts[max(0, min(place + rows, len(self._starts) - 1))])

    def action_open(self) -> None:
        """Show the evidence of a finding."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it

        if isinstance(chosen := self._chosen(), FindingRaised):
            self.desk.open_sheet(
                Sheet(
                    self.desk,
                    f"{chosen.finding.kind}, {chosen.finding.confidence.value}",
                    lambda width: evidence_lines(chosen, self.look, width, self.desk.now_ns()),
                )
            )

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to acknowledge only while an alarm is raised. Textual calls this."""
        return bool(self.view.alarms) if action == "acknowledge" else super().check_action(action, parameters)

    def action_acknowledge(self) -> None:
        """Acknowledge the alarm under the cursor; at a finding, the most urgent alarm."""
        chosen = self._chosen()
        alarm = chosen if isinstance(chosen, AlarmRaised) else self.view.alarms.raised()[0]
        self.desk.attempt(lambda: self.desk.session.acknowledge(alarm.alarm.name))

    def _chosen(self) -> AlarmRaised | FindingRaised | None:
        if self.cursor not in self._starts:
            return None
        return (*self.view.alarms.raised(), *self.view.findings.all())[self._starts.index(self.cursor)]

    def _blocks(self, width: int) -> Iterator[Iterable[Line]]:
        """The lines of each alarm, and then of each finding."""
        now = self.desk.now_ns()
        for alarm in self.view.alarms.raised():
            yield [*alarm_lines(alarm, self.look, width), age_line(alarm, self.look, now)]
        for finding in self.view.findings.all():
            yield finding_lines(finding, self.look, width, now)

    def _all(self, width: int) -> Iterator[Line]:
        self._starts = []
        count = 0
        for block in self._blocks(width):
            if count:
                yield []
                count += 1
            self._starts.append(count)
            for line in block:
                yield line
                count += 1
        if not self._starts:
            yield from wrapped(NOTHING, self.look.muted, width)
            yield [Segment("")]
