"""``/api`` and ``/metrics``: JSON, server-sent events, metrics, and orders to plugins."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import web

from hostcore.errors import HostError, ReadOnlyError
from hostcore.events import Level
from hostcore.events.event_json import to_json
from hostcore.session import Order
from hostcore.view.findings import finding_json
from hostcore.view.problems import problem_json
from hostcore.web.answers import json_answer
from hostcore.web.context import CONTEXT
from hostcore.web.expectation import meet
from hostcore.web.frames import HEARTBEAT, KINDS, USUAL_KINDS
from hostcore.web.metrics import CONTENT_TYPE
from hostcore.web.on_thread import on_thread
from hostcore.web.queries import level_of
from hostcore.web.view_json import actuators_json, plugin_json, values_json
from hostcore.web.web_view import LOG_LINES

ORDERS: Mapping[str, Order] = MappingProxyType({each.value: each for each in Order} | {"reload": Order.RESTART})
"""Orders that ``POST /api/plugins/NAME/ORDER`` accepts. A restart reloads the plugin's file."""
USUAL_LINES = 100
"""Default of ``limit``: the number of log lines."""
LARGEST_BODY = 4096
"""Most bytes of a request's body."""
BODY_SECONDS = 5.0
"""Seconds within which a request's body must arrive."""
HEARTBEAT_SECONDS = 15.0
"""Most seconds without data on an event stream."""
MOST_READERS = 400
"""Most event streams at the same time. The other connections stay free for short requests."""
RETRY = b"retry: 2000\n\n"
"""Milliseconds after which a browser reconnects a lost event stream."""

routes = web.RouteTableDef()


@routes.get("/api/readings")
async def readings(request: web.Request) -> web.Response:
    """The newest reading of every driver, as ``wasi-host run`` prints it; ``{}`` before the first round."""
    body = request.app[CONTEXT].view.rounds.text.encode("ascii")
    return web.Response(body=body, content_type="application/json")


@routes.get("/api/values")
async def values(request: web.Request) -> web.Response:
    """The values of the newest readings, one by one, with the unit and the class of each."""
    return json_answer(values_json(request.app[CONTEXT].view))


@routes.get("/api/plugins")
async def plugins(request: web.Request) -> web.Response:
    """All plugins."""
    view = request.app[CONTEXT].view
    return json_answer({"plugins": [plugin_json(each, view.condition_of(each)) for each in view.plugins.all()]})


@routes.get("/api/actuators")
async def actuators(request: web.Request) -> web.Response:
    """LEDs, relays and PWM outputs that plugins have set."""
    return json_answer(actuators_json(request.app[CONTEXT].view.outputs))


@routes.get("/api/problems")
async def problems(request: web.Request) -> web.Response:
    """Everything that is wrong now, the worst first, as the screen and the page list it."""
    return json_answer({"problems": [problem_json(each) for each in request.app[CONTEXT].view.problems]})


@routes.get("/api/findings")
async def findings(request: web.Request) -> web.Response:
    """What the diagnosis finds wrong, the surest first."""
    return json_answer({"findings": [finding_json(each) for each in request.app[CONTEXT].view.findings.all()]})


@routes.get("/api/alarms")
async def alarms(request: web.Request) -> web.Response:
    """Every alarm of host.toml and how it is, in the order of host.toml."""
    return json_answer({"alarms": request.app[CONTEXT].view.alarms.json()})


@routes.post("/api/alarms/{name:[a-z0-9_-]+}/acknowledge")
async def acknowledge(request: web.Request) -> web.Response:
    """Acknowledge an alarm."""
    await _require_no_content(request)
    name = request.match_info["name"]
    try:
        await on_thread("acknowledge", request.app[CONTEXT].session.acknowledge, name)
    except HostError as error:
        return _refused(error)
    return json_answer({"alarm": name, "order": "acknowledge"}, 202)


@routes.get("/api/logs")
async def logs(request: web.Request) -> web.Response:
    """The last log lines, oldest first: ``?plugin=NAME&level=LOWEST&limit=N``."""
    lines = request.app[CONTEXT].view.log.last(
        _limit(request), request.query.get("plugin", ""), level_of(request, Level.DEBUG)
    )
    return json_answer({"lines": [to_json(line) for line in lines]})


@routes.get("/api/events", allow_head=False)
async def events(request: web.Request) -> web.StreamResponse:
    """Stream events as they happen: those of ``?kinds=A,B``, or the default kinds. See `hostcore.web.frames`."""
    readers, kinds = request.app[CONTEXT].readers, _kinds(request)
    if len(readers) >= MOST_READERS:
        return json_answer(
            {"error": f"{MOST_READERS} event streams are open, and no more are allowed"}, 503, {"Retry-After": "10"}
        )
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    reader = readers.join(kinds)
    try:
        await response.write(RETRY)
        while (data := await reader.take(HEARTBEAT_SECONDS)) is not None:
            await response.write(data or HEARTBEAT)
    finally:
        readers.leave(reader)
    return response


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """All metrics in the Prometheus text format."""
    body = request.app[CONTEXT].metrics.exposition()
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})


@routes.post("/api/plugins/{name:[a-z0-9_-]+}/{order}")
async def give_order(request: web.Request) -> web.Response:
    """Give an order to a plugin. Answers before the order is carried out."""
    await _require_no_content(request)
    name, word = request.match_info["name"], request.match_info["order"]
    if word not in ORDERS:
        return json_answer({"error": f"there is no order {word[:40]!r}, allowed are {', '.join(ORDERS)}"}, 404)
    try:
        await on_thread("order", request.app[CONTEXT].session.order, name, ORDERS[word])
    except HostError as error:
        return _refused(error)
    return json_answer({"plugin": name, "order": word}, 202)


async def body_of(request: web.Request) -> bytes:
    """Read the request's body. Fails if it takes too long."""
    await meet(request)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=f"the body took more than {BODY_SECONDS:g} s") from None


async def json_body(request: web.Request) -> Any:
    """Return the JSON of the request's body; ``{}`` if it has none. Refuses what forms and links of other sites send.

    Raises:
        HTTPUnsupportedMediaType, HTTPBadRequest: it has no ``Content-Type: application/json``, or is no JSON.
    """
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="found no Content-Type: application/json, which is needed here")
    body = await body_of(request)
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="found a body that is not JSON, allowed is an object or nothing") from None


async def _require_no_content(request: web.Request) -> None:
    if await json_body(request) != {}:
        raise web.HTTPBadRequest(text="found a body with content, allowed is {} or nothing")


def _refused(error: HostError) -> web.Response:
    return json_answer({"error": str(error)}, 403 if isinstance(error, ReadOnlyError) else 404)


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", str(USUAL_LINES))
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= LOG_LINES):
        raise web.HTTPBadRequest(text=f"found limit={text[:40]!r}, allowed is 1 to {LOG_LINES}")
    return int(text)


def _kinds(request: web.Request) -> frozenset[str]:
    text = request.query.get("kinds")
    if text is None:
        return USUAL_KINDS
    kinds = frozenset(text.split(","))
    if unknown := sorted(kinds - KINDS):
        raise web.HTTPBadRequest(
            text=f"found kinds={','.join(unknown)[:100]!r}, allowed are {', '.join(sorted(KINDS))}"
        )
    return kinds
