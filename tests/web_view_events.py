"""A web view after some events, and the events that make and lose a page."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.events import Counters, CrashReport, Event, PageRendered, PluginCrashed, State, StateChanged
from hostcore.web.web_view import WebView
from tests.scripted_session import host_facts, plugin_facts


def after(*events: Event, plugins: Iterable[str] = ("light", "dashboard")) -> WebView:
    view = WebView(host_facts(), map(plugin_facts, plugins))
    view.fold(events)
    return view


def moved(plugin: str, to: State, cause: str = "") -> StateChanged:
    return StateChanged(5, plugin, State.RUNNING, to, cause)


def rendered(plugin: str, html: str = "<p>page</p>") -> PageRendered:
    return PageRendered(1, plugin, 1, html)


def crashed(plugin: str, call: str) -> PluginCrashed:
    report = CrashReport(
        9, plugin, "x.py", "abc", "trap", "divided by zero", "", "", call, "", (), (), Counters(calls=7), "1.0"
    )
    return PluginCrashed(9, plugin, report, "")
