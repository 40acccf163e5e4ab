"""What is wrong, in sentences: the causes that the diagnosis finds, the surest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size

from hostcore.events import FindingRaised
from tui.desk import Desk
from tui.document import wrapped
from tui.filtering import FILTER, FILTERED, FilteredPane
from tui.finding_words import evidence_lines, finding_lines
from tui.lines import Line
from tui.text import counted

NOTHING = "Nothing is wrong, as far as the host can tell. It watches every transfer, reading and log line."


class FindingsPane(FilteredPane):
    """Some lines for each finding. The cursor moves from finding to finding.

    Args:
        desk: the screen around it.
    """

    number = 8
    title = "Findings"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Evidence", key_display="Enter"), FILTER]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="findings")
        self._lines: list[Line] = []
        self._starts: list[int] = []
        """The number of the first line of each finding."""

    def row_numbers(self) -> range:
        """All lines."""
        return range(len(self._lines))

    def row(self, number: int, width: int) -> Line:
        """Return one line."""
        return self._lines[number]

    def note(self) -> str:
        """The filter, and how many findings there are."""
        count = [counted(len(self.view.findings), "finding")] if self.view.findings else []
        return ", ".join([*self.wanted.note(), *count])

    @property
    def _shown(self) -> list[FindingRaised]:
        """The findings that pass the filter."""
        return [raised for raised in self.view.findings.all() if self._is_wanted(raised)]

    def _is_wanted(self, raised: FindingRaised) -> bool:
        finding = raised.finding
        return bool(self.wanted.found_in(f"{finding.plugin} {finding.confidence} {finding.sentence} {finding.advice}"))

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
        """Draw the findings as they are now."""
        self._lines = list(self._all(width))
        if not self._starts:
            return self._lines
        self.cursor = max((start for start in self._starts if start <= self.cursor), default=0)
        return super().draw(width, height)

    def action_move(self, rows: int) -> None:
        """Move the cursor by this many findings."""
        if self._starts:
            place = self._starts.index(self.cursor) if self.cursor in self._starts else 0
            self.go(self._starts[max(0, min(place + rows, len(self._starts) - 1))])

    def action_open(self) -> None:
        """Show the evidence of a finding."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it

        if (chosen := self._chosen()) is not None:
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

    def _chosen(self) -> FindingRaised | None:
        if self.cursor not in self._starts:
            return None
        return self._shown[self._starts.index(self.cursor)]

    def _all(self, width: int) -> Iterator[Line]:
        self._starts = []
        count = 0
        for raised in self._shown:
            if count:
                yield []
                count += 1
            self._starts.append(count)
            for line in finding_lines(raised, self.look, width, self.desk.now_ns()):
                yield line
                count += 1
        if not self._starts:
            yield from wrapped(FILTERED if self.view.findings else NOTHING, self.look.muted, width)
            yield [Segment("")]
