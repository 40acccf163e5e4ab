"""The tab of the log: its newest lines first, of one plugin or all, from a level on."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hostcore.events import Level
from hostcore.view.log import LogEntry
from hostcore.web.page.words import clock_time, plain

FILTERS = (Level.DEBUG, Level.INFO, Level.WARNING, Level.ERROR)
"""The least important levels that a visitor can choose."""


def log_block(entries: Sequence[tuple[int, LogEntry]], plugin: str, least: Level) -> str:
    """Return the log as HTML. A traceback is one entry, with the error in sight and its lines folded.

    Args:
        entries: the entries, the newest first, each with its number, by which a browser knows it again.
        plugin: the plugin whose lines these are; "" for all.
        least: the least important level that is shown.
    """
    items = "".join(_entry(number, each) for number, each in entries) or "<li>There are no such lines.</li>"
    return f'<main id="log"><h2>Log{_of(plugin)}</h2>{_filters(plugin, least)}<ol class="rows">{items}</ol></main>'


def _of(plugin: str) -> str:
    return f' of {plain(plugin, 60)} <a href="/log">of all</a>' if plugin else ""


def _filters(plugin: str, least: Level) -> str:
    of_plugin = f"plugin={escape(plugin)}&amp;" if plugin else ""
    links = "".join(
        f'<a href="/log?{of_plugin}level={each}"{" aria-current=true" if each is least else ""}>{each}</a>'
        for each in FILTERS
    )
    return f'<p class="filters">From {links} on</p>'


def _entry(number: int, entry: LogEntry) -> str:
    line = entry.line
    speaker = "host" if line.by_host and not line.plugin else plain(line.plugin, 60)
    vouched = ' <small title="the host says so">host</small>' if line.by_host and speaker != "host" else ""
    return (
        f'<li id="line-{number}" class="{line.level}">{clock_time(line.time_ns)} <b>{speaker}</b>{vouched} '
        f'<span class="level">{line.level}</span> {_text(entry)}</li>'
    )


def _text(entry: LogEntry) -> str:
    if not entry.more:
        return f"<span>{plain(entry.line.text)}</span>"
    lines = "\n".join(plain(each.text) for each in entry.lines)
    return f"<details><summary>{plain(entry.ending or entry.line.text)}</summary><pre>{lines}</pre></details>"
