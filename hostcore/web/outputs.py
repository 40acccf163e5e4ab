"""``POST /api/actuators/KIND``: a person drives an output from a page or a program, behind the token."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from hostcore.actuation import Actuation, LightLeds, SetPwm, SwitchRelay
from hostcore.errors import HostError
from hostcore.events.event_json import from_json
from hostcore.read_only import ReadOnlySession
from hostcore.web.answers import json_answer
from hostcore.web.api import json_body
from hostcore.web.context import CONTEXT, Context
from hostcore.web.on_thread import on_thread

KINDS: Mapping[str, type[Actuation]] = MappingProxyType({"relay": SwitchRelay, "pwm": SetPwm, "leds": LightLeds})
"""The last part of the path, and the body that it takes as JSON."""
NEEDS_TOKEN = "outputs can be driven here only behind a token: set token in [web] of host.toml"

routes = web.RouteTableDef()


@routes.post("/api/actuators/{kind:relay|pwm|leds}")
async def drive(request: web.Request) -> web.Response:
    """Drive an output. Answers when it is done: ``{"done": "relay fan on"}``."""
    found = await json_body(request)
    context = request.app[CONTEXT]
    if problem := why_not(context):
        return json_answer({"error": problem}, 403)
    try:
        actuation = from_json(KINDS[request.match_info["kind"]], found)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"found a body that is not allowed: {error}") from None
    try:
        await on_thread("output", context.session.actuate, actuation)
    except HostError as error:
        return json_answer({"error": str(error)}, 409)
    return json_answer({"done": str(actuation)})


def why_not(context: Context) -> str:
    """Return why outputs cannot be driven here, as a sentence; "" if they can."""
    if not context.doorkeeper.has_token:
        return NEEDS_TOKEN
    return context.session.reason if isinstance(context.session, ReadOnlySession) else ""
