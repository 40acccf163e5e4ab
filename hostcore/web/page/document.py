"""The host's own page: a narrow bar about the host and its plugins, and below it the frame with the plugin's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil
from types import MappingProxyType

from hostcore.events import AlarmRaised, Finding, State
from hostcore.events.facts import HostFacts
from hostcore.session import Order
from hostcore.view.condition import Condition
from hostcore.web.page.alarms import alarms_block
from hostcore.web.page.fence import defused
from hostcore.web.page.findings import findings_block

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
ORDERS: Mapping[State, tuple[Order, ...]] = MappingProxyType(
    {
        State.DISCOVERED: (Order.START,),
        State.LOADING: (Order.STOP,),
        State.RUNNING: (Order.RESTART, Order.STOP),
        State.BACKOFF: (Order.RESTART, Order.STOP),
        State.QUARANTINED: (Order.RELEASE, Order.STOP),
        State.STOPPED: (Order.START,),
    }
)
"""The orders that a plugin accepts in each state."""


@dataclass(frozen=True, slots=True)
class PluginRow:
    """One plugin, as the bar shows it."""

    name: str
    state: State
    condition: Condition
    """How it is doing. One that runs may be in trouble."""
    reason: str
    """One line of text: why it is doing so."""


def shell(
    facts: HostFacts,
    plugins: Sequence[PluginRow],
    html: str | None,
    problem: str,
    *,
    faults: Sequence[str] = (),
    findings: Sequence[Finding] = (),
    outputs: str = "",
    alarms: Sequence[AlarmRaised] = (),
) -> str:
    """Build the HTML document for ``/``. Send it with `HEADERS`.

    Args:
        facts: the host.
        plugins: all plugins, in display order.
        html: the page plugin's newest page, exactly as the plugin wrote it; None if there is no page.
        problem: text that says why there is no page, or why the page is old; "" if all is well.
        faults: the faults on demand, each in a few words.
        findings: what the diagnosis finds wrong, the surest first.
        outputs: HTML of `outputs_block`.
        alarms: the alarms that are raised, the most urgent first.
    """
    name = escape(facts.host_name)
    problems = alarms_block(alarms) + _troubled(plugins, findings) + findings_block(findings)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name} · wasi-host</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/shell.css">'
        '<script src="/static/live.js" defer></script>'
        f'<noscript><meta http-equiv="refresh" content="{max(2, ceil(facts.interval))}"></noscript></head>'
        f'<body data-interval="{facts.interval}">{_bar(facts, plugins, faults, problems, outputs)}'
        f"{_content(html, problem)}</body></html>"
    )


def _bar(facts: HostFacts, plugins: Sequence[PluginRow], faults: Sequence[str], problems: str, outputs: str) -> str:
    alarm = f'<p id="faults" role="alert">FAULTS ON: {escape("; ".join(faults))}</p>' if faults else ""
    return (
        f'<header id="host">{alarm}{_hardware(facts)}<h1>{escape(facts.host_name)}</h1>'
        f'<p id="states" role="status">{_states(plugins)}</p>'
        f'<details id="plugins"><summary>Plugins</summary><ul>{"".join(map(_plugin, plugins))}</ul></details>{outputs}'
        f'{problems}<p id="notice" role="status"></p></header>'
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
        f'<span class="{_class(each)}">{SIGNS[each]} {found[each]} {each}</span>' for each in Condition if found[each]
    ]
    return " ".join(words) or "no plugins"


def _troubled(plugins: Iterable[PluginRow], findings: Iterable[Finding]) -> str:
    """The plugins in trouble and why, unless a finding tells it; "" if there are none."""
    told = {each.sentence for each in findings}
    troubled = [each for each in plugins if each.condition.is_troubled and each.reason not in told]
    items = [
        f"<li>{SIGNS[each.condition]} {each.condition}: <strong>{escape(each.name)}</strong> {escape(each.reason)}</li>"
        for each in sorted(troubled, key=lambda each: each.condition.rank)
    ]
    return f'<ul id="troubled" role="alert">{"".join(items)}</ul>' if items else ""


def _plugin(plugin: PluginRow) -> str:
    name, condition, cause = escape(plugin.name), plugin.condition, escape(plugin.reason)
    words = f"{SIGNS[condition]} {condition}"
    buttons = "".join(
        f'<button type="button" data-plugin="{name}" data-order="{order}">{order.capitalize()}'
        f'<span class="unseen"> {name}</span></button>'
        for order in ORDERS[plugin.state]
    )
    return (
        f'<li id="plugin-{name}"><strong>{name}</strong> <span class="{_class(condition)}">{words}</span>'
        f' <span class="cause">{cause}</span><span class="orders">{buttons}</span></li>'
    )


def _class(condition: Condition) -> str:
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
