"""What a node told as it happened, in words. Texts of a node are escaped here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rich.segment import Segment
from rich.style import Style

from hostcore.fleet.model import NodeEvent
from tui.fleet.plugin_words import unix_ns
from tui.lines import Line
from tui.look import Look
from tui.text import NS_PER_S, fit, safe, time_of_day
from tui.wrapping import wrapped

KIND = 8
"""Cells of the kind of an event."""
SAID = ("problem", "sentence", "text", "reason", "words", "message", "alarm", "name", "permission")
"""The keys of an event that may have its words, the most telling first. Another version of the host may have others."""
PLUGIN = 12
"""Cells of a plugin's name before its log lines and transfers."""
WIDE = 76
"""Cells of a row from which on a time has milliseconds."""
LONGEST = 400
"""Characters of an event in a row."""
MOST_LINES = 500
"""Lines of a whole event."""


def words_of(event: NodeEvent) -> str:
    """An event in one line: its plugin, and what it says."""
    body = _inner(event.body)
    plugin = _text(body.get("plugin") or event.body.get("plugin"))
    said = next((text for key in SAID if (text := _text(body.get(key)))), "")
    state = _text(body.get("state"))
    told = [each for each in ("" if plugin in said else plugin, state, said) if each]
    return ": ".join(told) or safe(_brief(event.body), LONGEST)


def _inner(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object in an event that says it: a crash has a report, and a finding its finding."""
    for key in ("report", "finding", "alarm", "line"):
        if isinstance(found := body.get(key), Mapping):
            return found
    return body


def _text(value: object) -> str:
    return safe(value, LONGEST) if isinstance(value, str) else ""


def _brief(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, default=str)[:LONGEST]


def ink_of(event: NodeEvent, look: Look) -> Style:
    """The style of an event's kind."""
    if event.kind in {"crash", "offline"} or (event.kind == "log" and event.body.get("level") == "error"):
        return look.bad
    return look.warn if event.kind in {"finding", "alarm", "denial"} else look.muted


def event_line(event: NodeEvent, look: Look) -> Line:
    """An event as a row: when it came, its kind, and its words."""
    return [
        Segment(f"{time_of_day(round(event.at * NS_PER_S))[:8]} ", look.muted),
        Segment(safe(event.kind, KIND).ljust(KIND), ink_of(event, look)),
        Segment(words_of(event)),
    ]


def streamed_line(event: NodeEvent, look: Look, width: int) -> Line:
    """A log line or a transfer as a row: its time by the node's clock, who it is of, and its words."""
    body = event.body
    time_ns = unix_ns(_text(body.get("time"))) or round(event.at * NS_PER_S)
    bad = body.get("level") == "error" or bool(body.get("problem"))
    ink = look.bad if bad else look.warn if body.get("level") == "warning" else look.plain
    missing = body.get("dropped")
    marks = [Segment("S ", look.warn)] if body.get("simulated") else []
    lost = [Segment(f"{missing} lost before this  ", look.bad)] if isinstance(missing, int) and missing > 0 else []
    return [
        Segment(f"{time_of_day(time_ns)[: 12 if width >= WIDE else 8]} ", look.muted),
        *marks,
        *lost,
        Segment(f"{fit(_text(body.get('plugin')), PLUGIN)} ", look.muted),
        Segment(_text(body.get("text")) or _place(body), ink),
    ]


def _place(body: Mapping[str, Any]) -> str:
    """The bus of a transfer that has no words, and how it went."""
    return ", ".join(text for key in ("bus", "outcome", "problem") if (text := _text(body.get(key))))


def event_lines(event: NodeEvent, look: Look, width: int) -> Iterator[Line]:
    """All that an event says: a finding in its own words, anything else as JSON."""
    finding = event.body.get("finding")
    if isinstance(finding, Mapping) and (sentence := _text(finding.get("sentence"))):
        yield from wrapped(sentence, look.strong, width)
        yield from wrapped(_text(finding.get("advice")), look.plain, width)
        yield []
        evidence = finding.get("evidence")
        for each in evidence[:MOST_LINES] if isinstance(evidence, list) else ():
            said = _text(each.get("text")) if isinstance(each, Mapping) else ""
            yield from wrapped(f"- {said}", look.muted, width)
        return
    text = json.dumps(event.body, ensure_ascii=False, indent=2, default=str)
    for place, line in enumerate(text.splitlines()):
        if place == MOST_LINES:
            yield [Segment("... the rest is left out", look.muted)]
            return
        yield from wrapped(safe(line), look.plain, width)
