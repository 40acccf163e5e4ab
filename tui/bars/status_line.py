"""The top line: whether the hardware is real, which host this is, and how it fares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.segment import Segment

from hostcore.events.facts import HostFacts
from hostcore.view.view import View
from tui.health_words import clocks, troubles
from tui.lines import Line, LinesWidget
from tui.look import Look
from tui.parts import Part, fitting, joined, width_of_parts
from tui.plugins.state_words import StateWords, words_for
from tui.reality import reality_mark
from tui.text import counted, frozen_words, safe, time_of_day, uptime

MINOR = 3
"""Parts from here on are worth less than the words for plugins in trouble."""


class StatusLine(LinesWidget):
    """As much about the host as fits into one line."""

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw as much as fits: all in full, or in brief, or without the least important parts.

        The words for plugins in trouble give way after these.
        """
        parts = self._parts(is_brief=False, has_all_states=True)
        if width_of_parts(parts) > width:
            parts = fitting(self._parts(is_brief=True, has_all_states=True), width, least=MINOR)
        if width_of_parts(parts) > width:
            parts = fitting(self._parts(is_brief=True, has_all_states=False), width)
        yield joined(parts)

    def _parts(self, *, is_brief: bool, has_all_states: bool) -> list[Part]:
        view, now_ns = self.desk.view, self.desk.now_ns()
        told = status_parts(view, now_ns, self.look, is_brief=is_brief, has_all_states=has_all_states)
        return [*self._marks(), *told]

    def _marks(self) -> Iterable[Part]:
        """Why the screen does not show or do what it would otherwise."""
        if since_ns := self.desk.frozen_since_ns:
            yield 0, [Segment(frozen_words(since_ns), self.look.current)]
        for badge in self.desk.badges:
            yield 0, [Segment(f" {badge} ", self.look.current)]


def status_parts(view: View, now_ns: int, look: Look, *, is_brief: bool, has_all_states: bool = True) -> Iterable[Part]:
    """All parts, from left to right.

    Args:
        view: the state of the host.
        now_ns: the present.
        look: the styles.
        is_brief: whether parts that can be shortened are.
        has_all_states: whether each state of a plugin has its word.
    """
    facts = view.facts
    yield 0, [reality_mark([bus.is_real for bus in facts.buses], look)]
    yield 2, [Segment(safe(facts.host_name, 40), look.strong)]
    if view.connection.computer:
        yield 1, [Segment(f"on {safe(view.connection.computer, 40)}", look.accent)]
    elif view.connection.process:
        yield 3, [Segment(f"{'' if is_brief else 'attached to '}PID {view.connection.process}", look.accent)]
    elif view.connection.is_own:
        yield 3, [Segment("own host", look.accent)]
    yield 0, _states(view, look, is_brief=not has_all_states)
    if wrong := troubles(view.health, now_ns, look, is_brief=is_brief):
        yield 0, wrong
    rate = Segment(f"{view.reading_rate.per_second(now_ns):.1f}", look.strong)
    yield 5, [rate, Segment("/s" if is_brief else " readings/s")]
    lost = f"{view.dropped} lost" if is_brief else f"{counted(view.dropped, 'event')} lost"
    yield 2 if view.dropped else 8, [Segment(lost, look.bad if view.dropped else look.muted)]
    if view.statistics_since_ns:
        since = f"since {time_of_day(view.statistics_since_ns)[:8]}"
        yield 3, [Segment(since if is_brief else f"statistics {since}", look.warn)]
    yield 6, [Segment(f"up {uptime(now_ns - facts.started_ns)}", look.muted)]
    yield 7, [Segment(_buses_in_brief(facts) if is_brief else _buses(facts), look.muted)]
    if not is_brief and (speeds := clocks(view.health)):
        yield 9, [Segment(speeds, look.muted)]
    if facts.web_address:
        yield 4, [Segment(safe(facts.web_address), look.accent)]


def _states(view: View, look: Look, *, is_brief: bool) -> Line:
    """``1 BACKOFF, 5 running``; each word once, the worst first, in the style of the worst trouble.

    In brief, only the worst trouble has its word: ``1 BACKOFF +2, 5 running``.
    """
    words = sorted((words_for(plugin, view, look) for plugin in view.plugins.all()), key=_rank)
    counts = Counter(each.word for each in words)
    troubled = list(dict.fromkeys(each.word for each in words if each.condition.is_troubled))
    merged = troubled[1:] if is_brief else []
    line: Line = []
    for word in [each for each in counts if each not in merged]:
        styles = [each.style for each in words if each.word == word]
        line += [Segment(", ")] if line else []
        others = f" +{sum(counts[each] for each in merged)}" if merged and word == troubled[0] else ""
        line.append(Segment(f"{counts[word]} {word}{others}", look.bad if look.bad in styles else styles[0]))
    return line or [Segment("no plugins", look.warn)]


def _rank(words: StateWords) -> int:
    return words.condition.rank


def _buses_in_brief(facts: HostFacts) -> str:
    """``buses: 6, 5 missing``."""
    missing = sum(not bus.is_usable for bus in facts.buses)
    return f"buses: {len(facts.buses)}" + (f", {missing} missing" if missing else "")


def _buses(facts: HostFacts) -> str:
    """``i2c-1 gpio``; each with its backend if they differ. ``i2c-1:missing`` could not be used at the start."""
    words = {bus.name: bus.backend if bus.is_usable else "missing" for bus in facts.buses}
    return " ".join(f"{name}:{word}" if len({*words.values()}) > 1 else name for name, word in words.items())
