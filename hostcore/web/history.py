"""``/api/history``: the past values of a reading."""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

from hostcore.clock import NS_PER_S
from hostcore.events.event_json import MAX_NUMBER, to_json
from hostcore.events.history import HistoryQuery
from hostcore.web.answers import json_answer
from hostcore.web.context import CONTEXT
from hostcore.web.on_thread import on_thread

USUAL_POINTS, MOST_POINTS = 500, 2000
"""The number of points of an answer: the default, and the most of them, in 400 kB."""
USUAL_SECONDS = 86_400
"""The default length of the time: a day."""
LONGEST_SECONDS = 100 * 366 * 86_400
"""The longest time, about a century."""
AT_ONCE = 2
"""How many queries are answered at the same time. The others wait: each takes a thread and the disk."""
LONGEST_TEXT = 200
"""The most characters of a plugin's name or a key."""

TURNS = web.AppKey("history_turns", asyncio.Semaphore)

routes = web.RouteTableDef()


@routes.get("/api/history")
async def history(request: web.Request) -> web.Response:
    """Past values and what they measure.

    The query is ``?plugin=NAME&key=KEY&seconds=N&until_ns=TIME&points=N``, with a ``key`` for each level of a
    reading.
    """
    query = _query(request)
    async with request.app[TURNS]:
        report = await on_thread("history", request.app[CONTEXT].session.history, query)
    quantity = request.app[CONTEXT].view.values.of(query.plugin, query.path)
    return json_answer({**to_json(report), "quantity": to_json(quantity)})


def _query(request: web.Request) -> HistoryQuery:
    plugin, keys = request.query.get("plugin", ""), tuple(request.query.getall("key", ()))
    if not plugin or not keys or any(len(each) > LONGEST_TEXT for each in (plugin, *keys)):
        raise web.HTTPBadRequest(text=f"plugin=NAME and key=KEY are needed, each up to {LONGEST_TEXT} characters")
    until_ns = _number(request, "until_ns", time.time_ns() + 1, MAX_NUMBER - 1)
    since_ns = max(0, until_ns - _number(request, "seconds", USUAL_SECONDS, LONGEST_SECONDS) * NS_PER_S)
    return HistoryQuery(plugin, keys, since_ns, until_ns, _number(request, "points", USUAL_POINTS, MOST_POINTS))


def _number(request: web.Request, name: str, usual: int, most: int) -> int:
    text = request.query.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 1 <= int(text) <= most):
        raise web.HTTPBadRequest(text=f"found {name}={text[:40]!r}, allowed is 1 to {most}")
    return int(text)
