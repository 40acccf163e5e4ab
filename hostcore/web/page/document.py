"""The host's own page: a narrow bar with all that is wrong, and below it a tab."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from math import ceil
from types import MappingProxyType

from hostcore.events import State
from hostcore.events.facts import HostFacts
from hostcore.view.condition import Condition
from hostcore.view.problems import Problem
from hostcore.web.page.alarms import alarms_block
from hostcore.web.page.fence import defused
from hostcore.web.page.problems import problems_block
from hostcore.web.page.tabs import Tab, navigation

LONGEST_PAGE = 1 << 20
"""Most characters in a plugin's page. A longer page could make a browser unresponsive."""
SIGNS: Mapping[Condition, str] = MappingProxyType(
    {
        Condition.QUARANTINED: "✗",
        Condition.BACKOFF: "!",
        Condition.BUS_STUCK: "!",
        Condition.FAILING: "!",
        Condition.TROUBLE: "!",
        Condition.OLD_VERSION: "!",
        Condition.LOADING: "…",
        Condition.DISCOVERED: "…",
        Condition.RUNNING: "✓",
        Condition.STOPPED: "–",
    }
)
"""A sign for each condition, so that colour is not the only difference."""


@dataclass(frozen=True, slots=True)
class PluginRow:
    """One plugin, as the bar shows it."""

    name: str
    state: State
    condition: Condition
    """How it is doing. One that runs may be in trouble."""
    reason: str
    """One line of text: why it is doing so."""


@dataclass(frozen=True, slots=True)
class Top:
    """What stands at the top of every tab."""

    facts: HostFacts
    plugins: tuple[PluginRow, ...]
    """All plugins, in display order."""
    faults: tuple[str, ...] = ()
    """The faults on demand, each in a few words."""
    problems: tuple[Problem, ...] = ()
    """Everything that is wrong, the worst first."""


def shell(top: Top, html: str | None, problem: str) -> str:
    """Build the HTML document for ``/``: the tab with a plugin's page. Send it with `HEADERS`.

    Args:
        top: what stands at the top.
        html: the page plugin's newest page, exactly as the plugin wrote it; None if there is no page.
        problem: text that says why there is no page, or why the page is old; "" if all is well.
    """
    return sheet(top, Tab.READINGS, _content(html, problem))


def sheet(top: Top, tab: Tab, content: str, scripts: str = "") -> str:
    """Build the HTML document of a tab. Send it with `HEADERS`.

    Args:
        top: what stands at the top.
        tab: the tab.
        content: HTML of its ``main`` element.
        scripts: HTML of scripts besides that of every tab.
    """
    name, interval = escape(top.facts.host_name), top.facts.interval
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name} · wasi-host</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/shell.css">'
        f'<script src="/static/live.js" defer></script>{scripts}'
        f'<noscript><meta http-equiv="refresh" content="{max(2, ceil(interval))}"></noscript></head>'
        f'<body data-interval="{interval}" data-kinds="{tab.kinds}" class="{tab.name.lower()}">{_bar(top)}'
        f"{content}{navigation(tab)}</body></html>"
    )


def _bar(top: Top) -> str:
    faults = f'<p id="faults" role="alert">FAULTS ON: {escape("; ".join(top.faults))}</p>' if top.faults else ""
    alarms = [each.alarm for each in top.problems if each.alarm]
    return (
        f'<header id="host">{faults}{_hardware(top.facts)}<h1>{escape(top.facts.host_name)}</h1>'
        f'<p id="states" role="status">{_states(top.plugins)}</p>'
        f'{alarms_block(alarms)}{problems_block(top.problems)}<p id="notice" role="status"></p></header>'
    )


def _hardware(facts: HostFacts) -> str:
    """Whether the hardware is real, in the same words as on the screen."""
    if not facts.is_simulated:
        return f'<p id="hardware" class="real">{"REAL HARDWARE" if facts.buses else "NO BUSES"}</p>'
    is_all = all(not bus.is_real for bus in facts.buses)
    return f'<p id="hardware" class="simulated">{"SIMULATED" if is_all else "PARTLY SIMULATED"}</p>'


def _states(plugins: Iterable[PluginRow]) -> str:
    """``✗ 1 quarantined  ! 1 failing  ✓ 5 running``."""
    found = Counter(plugin.condition for plugin in plugins)
    words = [
        f'<span class="{class_of(each)}">{SIGNS[each]} {found[each]} {each}</span>' for each in Condition if found[each]
    ]
    return " ".join(words) or "no plugins"


def class_of(condition: Condition) -> str:
    """The class of the style sheet."""
    return "troubled" if condition.is_troubled else condition.value


def _content(html: str | None, problem: str) -> str:
    if html is not None and len(html) > LONGEST_PAGE:
        problem = f"The plugin's page has {len(html):,} characters; {LONGEST_PAGE:,} are allowed."
        html = None
    if html is None:
        words = escape(problem) or "No page has been rendered yet."
        return f'<main id="problem"><h2>There is no page now</h2><p>{words}</p></main>'
    warning = f'<p id="old" role="status">! This page is old: {escape(problem)}</p>' if problem else ""
    return (
        f'<main>{warning}<iframe id="page" title="The page of the readings" sandbox="allow-same-origin" '
        f'srcdoc="{escape(defused(html))}"></iframe></main>'
    )
