"""Handlers for the tabs of the host's page beside ``/``: charts, plugins, outputs and the log."""

from __future__ import annotations

from itertools import islice

from aiohttp import web

from hostcore.clock import RealClock
from hostcore.events import Level
from hostcore.log.log_file import levels_from
from hostcore.read_only import ReadOnlySession
from hostcore.view.condition import reason_for
from hostcore.view.log import LogEntry
from hostcore.view.plugins import PluginStatus
from hostcore.web import page
from hostcore.web.context import CONTEXT, Context
from hostcore.web.outputs import why_not
from hostcore.web.queries import level_of
from hostcore.web.web_view import WebView

MOST_ENTRIES = 200
"""Entries of the log on its tab."""

routes = web.RouteTableDef()


@routes.get("/charts")
async def charts(request: web.Request) -> web.Response:
    """Return the values of all drivers, and places for their charts."""
    context = request.app[CONTEXT]
    view = context.view
    values = page.Values(RealClock().wall_ns(), view.patience_ns, view.alarms.bounds_of)
    return _tab(context, page.Tab.CHARTS, values.block(view.readings.sources()), page.SCRIPT)


@routes.get("/plugins")
async def plugins(request: web.Request) -> web.Response:
    """Return the plugins, with their orders and crashes."""
    context = request.app[CONTEXT]
    rows = [(_row(each, context.view), each) for each in context.view.plugins.all()]
    return _tab(context, page.Tab.PLUGINS, page.plugins_block(rows, RealClock().wall_ns(), _why_not(context)))


@routes.get("/hardware")
async def hardware(request: web.Request) -> web.Response:
    """Return the displays as pictures, the outputs, and the health of the buses."""
    context, now_ns = request.app[CONTEXT], RealClock().wall_ns()
    view = context.view
    shown = page.displays_block(view.displays.all(), now_ns)
    shown += page.outputs_block(view.outputs, why_not(context))
    shown += page.buses_block(view.facts.buses, view.health, now_ns)
    content = shown or "<p>This host has no display, no outputs and no buses.</p>"
    return _tab(context, page.Tab.HARDWARE, f"<main>{content}</main>")


@routes.get("/log")
async def log(request: web.Request) -> web.Response:
    """Return the newest entries of the log: ``?plugin=NAME&level=LOWEST``."""
    context = request.app[CONTEXT]
    plugin, least = request.query.get("plugin", ""), level_of(request, context.view.facts.log_level)
    entries = _entries(context.view, plugin, least)
    return _tab(context, page.Tab.LOG, page.log_block(entries, plugin, least))


def top_of(context: Context) -> page.Top:
    """Return what stands at the top of every tab now."""
    view = context.view
    rows = tuple(_row(each, view) for each in view.plugins.all())
    return page.Top(
        view.facts,
        rows,
        faults=tuple(map(str, view.faults.all)),
        problems=view.problems,
        troubles=view.health.troubles(RealClock().wall_ns()),
        held=view.world.words(view.facts.quantities),
        why_not=_why_not(context),
        lost=view.connection.lost,
    )


def html_answer(document: bytes, status: int = 200) -> web.Response:
    """An answer with a document of the page."""
    return web.Response(body=document, status=status, content_type="text/html", charset="utf-8", headers=page.HEADERS)


def encoded(document: str) -> bytes:
    """A document as bytes. A surrogate that a plugin wrote becomes an escape."""
    return document.encode(errors="backslashreplace")


def _tab(context: Context, tab: page.Tab, content: str, scripts: str = "") -> web.Response:
    return html_answer(encoded(page.sheet(top_of(context), tab, content, scripts)))


def _why_not(context: Context) -> str:
    """Why no order can be given here, as a sentence; "" if orders can be given."""
    return context.session.reason if isinstance(context.session, ReadOnlySession) else ""


def _row(plugin: PluginStatus, view: WebView) -> page.PluginRow:
    reason = reason_for(plugin, view.finding_about(plugin))
    return page.PluginRow(plugin.name, plugin.state, view.condition_of(plugin), reason, view.since_ns(plugin))


def _entries(view: WebView, plugin: str, least: Level) -> list[tuple[int, LogEntry]]:
    """Return the newest entries that are wanted, each with its number in the log."""
    levels = levels_from(least)
    items = view.log.items
    numbered = zip(range(items.end - 1, -1, -1), items.newest_first(), strict=False)
    wanted = (each for each in numbered if plugin in ("", each[1].line.plugin) and each[1].line.level in levels)
    return list(islice(wanted, MOST_ENTRIES))
