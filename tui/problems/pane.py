"""What is wrong, in sentences, the worst first: findings, plugins in trouble, stuck buses, requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from hostcore.events import FindingRaised
from hostcore.place import BusName
from hostcore.view.plugins import PluginStatus
from hostcore.view.problems import Problem, Severity
from tui.commands import Words, of_problem
from tui.desk import Desk
from tui.document import wrapped
from tui.filtering import FILTER, FILTERED, FilteredPane
from tui.lines import Line
from tui.plugins.actions import PluginActions
from tui.problem_words import advice_lines, problem_line, problem_lines
from tui.text import counted

NOTHING = "Nothing is wrong, as far as the host can tell. It watches every transfer, reading and log line."


class ProblemsPane(FilteredPane, PluginActions):
    """Some lines for each problem. The cursor moves from problem to problem, and the keys of its plugin work here.

    Args:
        desk: the screen around it.
    """

    number = 8
    title = "Problems"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", key_display="Enter"),
        Binding("a", "acknowledge", "Acknowledge"),
        Binding("t", "traffic", "Its traffic"),
        *PluginActions.BINDINGS,
        FILTER,
    ]

    class TrafficAsked(Message):
        """The person wants to see the transfers of what a problem is about."""

        def __init__(self, plugin: str, bus: BusName | None, address: int | None) -> None:
            super().__init__()
            self.plugin, self.bus, self.address = plugin, bus, address

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="problems")
        self._lines: list[Line] = []
        self._starts: list[int] = []
        """The number of the first line of each problem."""
        self._shown: tuple[Problem, ...] = ()
        self._place = 0
        """Which of them the cursor is on."""
        self._offered: object = None

    def row_numbers(self) -> range:
        """All lines."""
        return range(len(self._lines))

    def row(self, number: int, width: int) -> Line:
        """Return one line."""
        return self._lines[number]

    def note(self) -> str:
        """The filter, and how many problems there are."""
        count = [counted(len(self.view.problems), "problem")] if self.view.problems else []
        return ", ".join([*self.wanted.note(), *count])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for all lines. Textual calls this."""
        return len(list(self._all(width)))

    def update(self, now_ns: int) -> None:
        """Show what is new. If the number of lines has changed, lay the screen out again."""
        before = len(self._lines)
        worst = self.view.problems[0].severity if self.view.problems else None
        for severity in Severity:
            self.set_class(severity is worst, f"-{severity}")
        super().update(now_ns)
        if len(self._lines) != before:
            self.refresh(layout=True)
        offered: object = self.chosen and (self.chosen.name, self.chosen.state, bool(self.chosen.requests))
        offered = offered, self.chosen_problem and self.chosen_problem.word
        if self._offered != offered:
            self._offered = offered
            self.refresh_bindings()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the problems as they are now."""
        self._lines = list(self._all(width))
        if not self._starts:
            return self._lines
        self.cursor = self._starts[self._place]
        return super().draw(width, height)

    def action_move(self, rows: int) -> None:
        """Move the cursor by this many problems."""
        if self._starts:
            self._place = max(0, min(self._place + rows, len(self._starts) - 1))
            self.go(self._starts[self._place])
            self.refresh_bindings()

    def go(self, number: int) -> None:
        """Move the cursor to the problem that has this line."""
        if self._starts:
            self._place = max(0, sum(start <= number for start in self._starts) - 1)
        super().go(number)

    @property
    def chosen_problem(self) -> Problem | None:
        """The problem under the cursor; None if all is well. A key can come before the pane is drawn at all."""
        if not self._shown:
            self._settle_on(self._listed())
        return self._under_cursor()

    def _under_cursor(self) -> Problem | None:
        return self._shown[self._place] if self._place < len(self._shown) else None

    def _listed(self) -> tuple[Problem, ...]:
        return tuple(filter(self._is_wanted, self.view.problems))

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin of the problem under the cursor; None if it is about no plugin."""
        problem = self.chosen_problem
        return self.view.plugins.get(problem.plugin) if problem and problem.plugin else None

    @property
    def command_words(self) -> Words:
        """The command that says more about the problem, or ends it."""
        return of_problem(self.chosen_problem) if self.chosen_problem is not None else ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that would do something."""
        if action == "acknowledge":
            problem = self.chosen_problem
            return problem is not None and problem.alarm is not None and not problem.alarm.acknowledged_ns
        if action == "traffic":
            return self.chosen_problem is not None and _traffic_of(self.chosen_problem) is not None
        return self.allows(action, parameters)

    def action_acknowledge(self) -> None:
        """Acknowledge the alarm under the cursor."""
        if (problem := self.chosen_problem) is not None and (raised := problem.alarm) is not None:
            self.desk.attempt(lambda: self.desk.session.acknowledge(raised.alarm.name))

    def action_open(self) -> None:
        """Show the evidence of a finding, or all that is known of a plugin."""
        problem = self.chosen_problem
        if problem is not None and problem.finding is not None:
            self._open_finding(problem.finding)
        elif problem is not None and problem.plugin:
            from tui.plugins.detail import DetailScreen  # noqa: PLC0415 - the first frame should not wait for it

            self.desk.open_sheet(DetailScreen(self.desk, problem.plugin))

    def _open_finding(self, raised: FindingRaised) -> None:
        from tui.problems.finding_screen import FindingScreen  # noqa: PLC0415 - the first frame should not wait for it

        finding = raised.finding
        asked = _traffic_about(finding.plugin, finding.bus, finding.address)
        show = partial(self.post_message, asked) if asked is not None else None
        self.desk.open_sheet(FindingScreen(self.desk, raised, show))

    def action_traffic(self) -> None:
        """Show the transfers of what the problem is about."""
        if self.chosen_problem is not None and (asked := _traffic_of(self.chosen_problem)) is not None:
            self.post_message(asked)

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()

    def _all(self, width: int) -> Iterator[Line]:
        """The lines of all problems. Where other panes need room, only the one under the cursor is told in full."""
        self._settle_on(self._listed())
        self._starts = []
        is_brief, count = self.screen.has_class("-overview"), 0
        for place, problem in enumerate(self._shown):
            if is_brief and place != self._place:
                lines = [problem_line(problem, self.look, width)]
            else:
                lines = list(problem_lines(problem, self.look, width))
                lines += advice_lines(problem, self.look, width, self.desk.now_ns())
            if place and not is_brief:
                lines.insert(0, [])
            self._starts.append(count + (bool(place) and not is_brief))
            count += len(lines)
            yield from lines
        if not self._starts:
            yield from wrapped(FILTERED if self.view.problems else NOTHING, self.look.muted, width)
            yield [Segment("")]

    def _is_wanted(self, problem: Problem) -> bool:
        return bool(self.wanted.found_in(f"{problem.plugin} {problem.kind} {problem.sentence}"))

    def _settle_on(self, problems: tuple[Problem, ...]) -> None:
        """Take the present problems. The cursor stays on its problem; at the top, it stays on the worst."""
        before, self._shown = self._under_cursor(), problems
        if before is not None and self._place:
            same = [place for place, each in enumerate(problems) if _key(each) == _key(before)]
            self._place = same[0] if same else self._place
        self._place = max(0, min(self._place, len(problems) - 1))


def _traffic_of(problem: Problem) -> ProblemsPane.TrafficAsked | None:
    """What asks for the transfers of a problem; None if it is about neither a device nor a plugin."""
    address = problem.finding.finding.address if problem.finding else None
    return _traffic_about(problem.plugin, problem.bus, address)


def _traffic_about(plugin: str, bus: BusName | None, address: int | None) -> ProblemsPane.TrafficAsked | None:
    is_device = bus is not None and address is not None
    return ProblemsPane.TrafficAsked(plugin, bus, address) if is_device or plugin else None


def _key(problem: Problem) -> object:
    """What tells a problem from others while its sentence changes."""
    alarm = problem.alarm.alarm.name if problem.alarm else ""
    return problem.finding.finding.key if problem.finding else (problem.kind, problem.plugin, problem.bus, alarm)
