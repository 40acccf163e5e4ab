"""Decides what ``/`` shows: a plugin's page, or the reason why there is none."""

from __future__ import annotations

from hostcore.events import PageRendered
from hostcore.quick_dataclass import dataclass
from hostcore.view.pages import ENDED
from hostcore.view.plugins import PluginStatus
from hostcore.web.web_view import WebView

PAGE_PLUGIN = "dashboard"
"""The plugin whose page is shown. If there is no such plugin, the newest page of any plugin is shown."""
NO_PAGE = "No plugin makes a page. A page plugin defines render(readings), which returns HTML."


@dataclass(frozen=True, slots=True)
class Page:
    """The content of ``/``."""

    html: str | None
    """The page exactly as the plugin wrote it. Never trust it. None if there is no page."""
    problem: str = ""
    """Why there is no page."""
    has_plugin: bool = True
    """Whether any plugin makes pages."""


def newest_page(view: WebView) -> PageRendered | None:
    """The page that ``/`` shows; None if there is none."""
    return view.pages.of(_page_plugin(view))


def front_page(view: WebView) -> Page:
    """The current content of ``/``."""
    name = _page_plugin(view)
    newest = view.pages.of(name)
    if newest is not None:
        return Page(newest.html)
    if not name:
        return Page(None, NO_PAGE, has_plugin=False)
    return Page(None, _problem(view.plugins.get(name) or PluginStatus(name)))


def _page_plugin(view: WebView) -> str:
    return PAGE_PLUGIN if view.plugins.get(PAGE_PLUGIN) is not None else view.pages.last_maker


def _problem(plugin: PluginStatus) -> str:
    """Why a plugin that should make a page has not made one."""
    if plugin.state in ENDED:
        cause = f": {plugin.cause}" if plugin.cause else "."
        return f"The plugin {plugin.name} makes this page, and its state is {plugin.state}{cause}"
    last = f" Its last error: {plugin.last_error}" if plugin.last_error else ""
    return f"The plugin {plugin.name} has not made a page yet ({plugin.state}).{last}"
