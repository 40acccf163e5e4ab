"""The first lines of the screen: the broker, how the fleet is doing, and whether all of that is up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.segment import Segment

from hostcore.fleet.model import FleetSummary, Standing
from tui.fleet.desk import FleetDesk
from tui.fleet.node_words import ink_of
from tui.lines import Line, LinesWidget
from tui.look import Look
from tui.notice_line import NoticeLine
from tui.parts import Part, fitting, joined, width_of_parts
from tui.text import NS_PER_S, counted, safe, uptime
from tui.wrapping import cut

LATE_S = 1.0
"""Seconds after which an answer is late."""
LONGEST_PROBLEM = 300
"""Characters of what is wrong with the connection."""


class FleetHead(LinesWidget):
    """As much about the fleet as fits into one line."""

    desk: FleetDesk
    _counted_for: object = None
    _simulated = 0

    @property
    def _simulated_count(self) -> int:
        """How many nodes are simulated. Counted again only when one has changed."""
        nodes = self.desk.fleet.nodes
        if nodes is not self._counted_for:
            self._counted_for = nodes
            self._simulated = sum(each.is_simulated for each in nodes)
        return self._simulated

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw all in full, or in brief, or without the least important parts. What is simulated always says so."""
        parts = list(self._parts(is_brief=False))
        if width_of_parts(parts) > width:
            parts = fitting(list(self._parts(is_brief=True)), width, least=1)
        yield cut(joined(parts)[:-1], width)  # without the gap after the last part

    def _parts(self, *, is_brief: bool) -> Iterator[Part]:
        fleet, look = self.desk.fleet, self.look
        summary = fleet.summary
        if mark := _reality(self._simulated_count, len(fleet.nodes)):
            yield 0, [Segment(f" {mark} ", look.simulated)]
        yield 0, _nodes(summary, look) if fleet.link.is_connected else _nodes_before(summary, look)
        if summary.troubled:
            yield 1, [Segment(counted(summary.troubled, "plugin"), look.strong), Segment(" in trouble")]
        rate = self.desk.messages_per_second
        if rate is not None and fleet.link.is_connected:
            yield 4, [Segment(f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}", look.strong), _unit(is_brief=is_brief)]
        yield from _losses(summary, look, is_brief=is_brief)
        if fleet.link.is_connected and fleet.link.since is not None:
            since = uptime(self.desk.now_ns() - round(fleet.link.since * NS_PER_S))
            yield 8, [Segment(f"connected for {since}", look.muted)]
        if len(summary.versions) > 1:
            yield 5, [Segment(f"{len(summary.versions)} versions", look.warn)]


def _unit(*, is_brief: bool) -> Segment:
    return Segment(" msg/s" if is_brief else " messages/s")


def _reality(simulated: int, nodes: int) -> str:
    """Whether nodes are simulated; "" if none is."""
    if not simulated:
        return ""
    return "SIMULATED" if simulated == nodes else f"{simulated} SIMULATED"


def _nodes(summary: FleetSummary, look: Look) -> Line:
    """How many nodes there are, and how many of them are not well: ``200 nodes: 3 OFFLINE, 1 SILENT``."""
    line: Line = [Segment(counted(summary.nodes, "node"), look.strong)]
    for standing in Standing:
        if standing is not Standing.OK and (count := summary.count(standing)):
            line.append(Segment(": " if len(line) == 1 else ", "))
            line.append(Segment(f"{count} {standing.word}", ink_of(standing, look)))
    if len(line) == 1 and summary.nodes:
        line.append(Segment(" ok", look.good))
    return line


def _nodes_before(summary: FleetSummary, look: Look) -> Line:
    """The same without the broker: nobody knows how they are now. ``200 nodes, which were: 3 OFFLINE``."""
    told = ", ".join(f"{count} {each.word}" for each in Standing if (count := summary.count(each)))
    words = f", which were: {told}" if told else ""
    return [Segment(counted(summary.nodes, "node"), look.strong), Segment(words, look.muted)]


def _losses(summary: FleetSummary, look: Look, *, is_brief: bool) -> Iterator[Part]:
    """What of the fleet is not shown, and which readings wait or are lost."""
    if summary.left_out:
        words = f"{summary.left_out} left out" if is_brief else f"no room for {counted(summary.left_out, 'node')}"
        yield 1, [Segment(words, look.bad)]
    if summary.lost:
        words = "behind" if is_brief else f"{counted(summary.lost, 'message')} came too fast"
        yield 2, [Segment(words, look.bad)]
    if summary.dropped:
        words = f"{summary.dropped} lost" if is_brief else f"{counted(summary.dropped, 'reading')} lost"
        yield 2, [Segment(words, look.warn)]
    if summary.waiting:
        words = f"{summary.waiting} wait" if is_brief else f"{counted(summary.waiting, 'reading')} waiting"
        yield 6, [Segment(words, look.warn)]
    if summary.ignored:
        words = f"{summary.ignored} ignored" if is_brief else f"{counted(summary.ignored, 'message')} ignored"
        yield 7, [Segment(words, look.muted)]


class LinkLine(NoticeLine):
    """One line that nobody can miss, shown only while there is no connection, or a node does not answer."""

    desk: FleetDesk

    @property
    def is_bad(self) -> bool:
        """Whether there is no connection."""
        return bool(self.desk.fleet.link.problem)

    @property
    def text(self) -> str:
        """Since when everything below is old, and why; "" if it is not."""
        link, waiting = self.desk.fleet.link, self.desk.waiting_seconds
        if link.is_connected:
            late = f"WAITING for a node, which has not answered for {waiting:.0f} s. You can go on meanwhile."
            return late if waiting > LATE_S else ""
        if link.since is None:
            return f"CONNECTING to {safe(self.desk.broker)} ..."
        problem = safe(link.problem, LONGEST_PROBLEM)
        if not self.desk.fleet.nodes:
            return f"NO CONNECTION yet: {problem}"
        since = uptime(self.desk.now_ns() - round(link.since * NS_PER_S))
        return f"NO CONNECTION for {since}, nothing here is newer: {problem}"
