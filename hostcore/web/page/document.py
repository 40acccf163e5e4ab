"""The host's own page: a narrow bar with all that is wrong, and below it a tab."""

from __future__ import annotations

from html import escape
from math import ceil

from hostcore.web.page.fence import defused
from hostcore.web.page.tabs import Tab, navigation
from hostcore.web.page.top import Top, bar
from hostcore.web.page.words import plain

LONGEST_PAGE = 1 << 20
"""Most characters in a plugin's page. A longer page could make a browser unresponsive."""


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
    name, interval = plain(top.facts.host_name, 60), top.facts.interval
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name} · wasi-host</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/shell.css">'
        f'<script src="/static/theme.js"></script><script src="/static/live.js" defer></script>{scripts}'
        f'<noscript><meta http-equiv="refresh" content="{max(2, ceil(interval))}"></noscript></head>'
        f'<body data-interval="{interval}" data-kinds="{tab.kinds}" class="{tab.name.lower()}">{bar(top)}'
        f"{content}{navigation(tab)}</body></html>"
    )


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
