"""The first lines of a node: how it is doing, what is wrong, and what is known of its host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.segment import Segment
from textual.geometry import Size

from hostcore.fleet.model import Counts, NodeDetail, NodeStatus
from tui.fleet.desk import FleetDesk
from tui.fleet.node_words import REASONED, ago_of, clock_words, load_of, node_now_ns, sentence_of, standing_of
from tui.lines import Line, LinesWidget
from tui.text import NS_PER_S, fit, number, safe, uptime
from tui.wrapping import brief, cut, wrapped

MOST_WRONG = 5
"""What is wrong with a node and told in full, at most. The rest is counted."""
MOST_LINES = 3
"""Lines of one text, at most: the plugins of the node need the room."""
LABEL = 12
"""Cells of the word before what is wrong."""
Wrong = tuple[str, str, bool]
"""A word, a sentence, and whether it is grave."""


class NodeHead(LinesWidget):
    """What is known of the node that is open, beside its plugins.

    Args:
        desk: the screen around it.
        node: the node when it was opened.
    """

    desk: FleetDesk

    def __init__(self, desk: FleetDesk, node: NodeStatus) -> None:
        super().__init__(desk)
        self._last = NodeDetail(node)
        self._asked_height = 0

    @property
    def detail(self) -> NodeDetail:
        """What is known now; what was known last, if nothing is known of the node any more."""
        self._last = self.desk.detail or self._last
        return self._last

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for all lines. Textual calls this."""
        return len(list(self._lines(width)))

    def update(self) -> None:
        """Show what is new."""
        height = len(list(self._lines(self.content_size.width or 80)))
        if height != self._asked_height:
            self._asked_height = height
            self.refresh(layout=True)
        self.paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the lines."""
        return self._lines(width)

    def _lines(self, width: int) -> Iterator[Line]:
        detail, look, now_ns = self.detail, self.look, self.desk.now_ns()
        node = detail.status
        mark = [Segment(" SIMULATED ", look.simulated), Segment("  ")] if node.is_simulated else []
        seen = "heard" if not node.is_kept else "kept by the broker, written"
        told = f"   {seen} {ago_of(node.last_seen, now_ns)}" if node.last_seen is not None else "   never heard"
        yield cut([*mark, Segment(f"{node.name}  ", look.strong), standing_of(node, look), Segment(told)], width)
        yield from self._wrong(node, width)
        for text in _facts(detail, now_ns):
            yield from brief(wrapped(text, look.muted, width), MOST_LINES)

    def _wrong(self, node: NodeStatus, width: int) -> Iterator[Line]:
        """What is wrong, each with its word beside it."""
        look, wrong = self.look, _wrong(node)
        for word, text, is_grave in wrong[:MOST_WRONG]:
            ink = look.muted if node.is_stale else look.bad if is_grave else look.warn
            mark = word
            for line in brief(wrapped(text, look.strong, width - LABEL), MOST_LINES):
                yield [Segment(f"{fit(mark, LABEL - 1)} ", ink), *line]
                mark = ""
        left = max(0, node.alarms_count + node.findings_count - min(len(wrong), MOST_WRONG))
        if len(wrong) > MOST_WRONG and left:
            yield [Segment(f"{'':{LABEL}}and {left} more: its own screen has all of it", look.muted)]


def _wrong(node: NodeStatus) -> list[Wrong]:
    """What is wrong with a node beside its plugins, which have rows of their own."""
    is_told = node.standing not in REASONED or node.reason in node.problem
    told: list[Wrong] = [] if is_told else [("because", node.reason, False)]
    told += [("alarm", each, True) for each in node.alarms]
    told += [(each.confidence, sentence_of(each), each.confidence == "certain") for each in node.findings]
    if node.problem:
        told.append(("unreadable", node.problem, False))
    if node.clock_off is not None:
        told.append(("clock", f"its clock is {clock_words(node.clock_off)}, held against that of this computer", False))
    return told


def _facts(detail: NodeDetail, now_ns: int) -> Iterator[str]:
    """What is known of the host, and of the readings on their way."""
    node = detail.status
    facts = [safe(node.host_name)] if node.host_name and node.host_name != node.name else []
    facts += [f"wasi-host {node.version}"] if node.version else []
    if node.started is not None and not node.is_stale:
        facts.append(f"up {uptime(node_now_ns(node, now_ns) - round(node.started * NS_PER_S))}")
    facts.append(node.plugins_told)
    facts += [f"load {load_of(node)}"] if node.load is not None else []
    facts += [f"{number(node.memory_mib, 0)} MiB"] if node.memory_mib is not None else []
    if node.running is not None:  # then it has said how many
        facts.append(f"{node.crashes} {'crash' if node.crashes == 1 else 'crashes'}")
    facts += [f"tags: {', '.join(node.tags)}"] if node.tags else []
    yield ", ".join(facts)
    allowed = ", ".join(sorted(node.commands)) or "nothing"
    there = [f"{node.waiting} waiting"] if node.waiting else []
    there += [f"{node.dropped} of this run lost"] if node.dropped else []
    kept = f"; on the node: {', '.join(there)}" if there else ""
    yield f"allows over the broker: {allowed}; readings since it was opened: {_counts(detail.counts)}{kept}"


def _counts(counts: Counts) -> str:
    told = [str(counts.received)]
    told += [f"{counts.late} of them late"] if counts.late else []
    told += [f"{counts.repeated} that came again"] if counts.repeated else []
    told += [f"{counts.missed} missing"] if counts.missed else []
    told += [f"{counts.unheard} that this screen may have missed"] if counts.unheard else []
    told += [f"{counts.doubtful} that no host sends so"] if counts.doubtful else []
    return ", ".join(told)
