"""An alarm in lines: what holds, what it means, since when, and whether somebody has seen it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment
from rich.style import Style

from hostcore.events import AlarmRaised
from tui.document import wrapped
from tui.finding_words import INDENT
from tui.lines import Line
from tui.look import Look
from tui.text import ago, safe, time_of_day


def ink_of_alarm(raised: AlarmRaised, look: Look) -> Style:
    """The style of an alarm: one that nobody has acknowledged is a block that nobody can miss."""
    return look.warn if raised.acknowledged_ns else look.bad + Style(reverse=True)


def alarm_lines(raised: AlarmRaised, look: Look, width: int) -> Iterator[Line]:
    """``ALARM``, and beside it the name and all words of the alarm.

    Args:
        raised: the alarm.
        look: the styles.
        width: cells of a line.
    """
    ink, mark = ink_of_alarm(raised, look), "alarm" if raised.acknowledged_ns else " ALARM "
    text = f"{safe(raised.alarm.name)}: {safe(raised.words, 1000)}"
    for line in wrapped(text, look.plain if raised.acknowledged_ns else look.strong, width - INDENT):
        yield [Segment(mark, ink), Segment(" " * (INDENT - len(mark))), *line]
        mark = ""


def age_line(raised: AlarmRaised, look: Look, now_ns: int) -> Line:
    """Since when, and how it is acknowledged."""
    since = f"since {time_of_day(raised.since_ns)[:8]} ({ago(now_ns - raised.since_ns)})"
    line = [Segment(" " * INDENT), Segment(since, look.muted)]
    if raised.acknowledged_ns:
        return [*line, Segment(f", acknowledged at {time_of_day(raised.acknowledged_ns)[:8]}", look.muted)]
    return [*line, Segment(", "), Segment("a", look.key), Segment(" acknowledges it")]
