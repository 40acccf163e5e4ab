"""The web application: its routes, and the checks that every request passes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from hostcore.web import api, history, outputs, pages, tabs
from hostcore.web.answers import FOR_PROGRAMS, add_headers, refusal
from hostcore.web.connections import welcome
from hostcore.web.context import CONTEXT, Context
from hostcore.web.guard import foreign

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="wasi-host"'}
"""Header that every 401 answer must have (RFC 9110 section 11.6.1)."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(context: Context, more: Sequence[web.AbstractRouteDef] = ()) -> web.Application:
    """Create the application of one server, with the addresses of another front end, if there are `more`."""
    app = web.Application(middlewares=[_answering], client_max_size=api.LARGEST_BODY)
    app[CONTEXT] = context
    app[history.TURNS] = asyncio.Semaphore(history.AT_ONCE)
    app.add_routes(api.routes)
    app.add_routes(history.routes)
    app.add_routes(outputs.routes)
    app.add_routes(pages.routes)
    app.add_routes(tabs.routes)
    app.add_routes(more)
    app.on_response_prepare.append(add_headers)
    return app


@web.middleware
async def _answering(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests that are not allowed, and turn every failure into an answer."""
    try:
        answer = await _refused(request) or await handler(request)
        return await request.app[CONTEXT].outbox.sent(request, answer)
    except web.HTTPException as error:
        return _answer_to(request, error)
    except ConnectionError:
        raise  # the visitor has disconnected
    except Exception as bug:  # noqa: BLE001 - a visitor must not learn internals from a bug
        request.app[CONTEXT].warn(f"the web failed at {request.method} {request.path!r}: {_words(bug)}")
        return refusal(request.path, 500, "the host's web server failed; see the host's log")


async def _refused(request: web.Request) -> web.Response | None:
    context = request.app[CONTEXT]
    found = context.names.refusal(request.headers.getall("Host", ())) or foreign(request.method, request.headers)
    if found is not None:
        return refusal(request.path, found.status, found.problem)
    if request.path == "/login":
        return None
    visitor = request.remote or ""
    pause = context.doorkeeper.pause(visitor) if "Authorization" in request.headers else 0.0
    found = context.doorkeeper.refusal(request.headers, visitor)
    if found is None:
        welcome(request)
    await asyncio.sleep(pause)
    if found is None:
        return None
    if found.status == 401 and not request.path.startswith(FOR_PROGRAMS):
        return pages.login_form(status=401, page=pages.own_page(request.path))
    return refusal(request.path, found.status, found.problem, CHALLENGE if found.status == 401 else None)


def _answer_to(request: web.Request, error: web.HTTPException) -> web.Response:
    """Convert an error of aiohttp or a handler to the host's own form."""
    path = f"{request.path[:100]!r}"
    match error:
        case web.HTTPNotFound():
            problem = f"there is nothing at {path}"
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            return refusal(request.path, 405, f"found {request.method[:20]}, allowed is {allowed}", {"Allow": allowed})
        case web.HTTPRequestEntityTooLarge():
            problem = f"found a body larger than the {api.LARGEST_BODY} bytes that are allowed"
        case _:
            problem = error.text or error.reason
    return refusal(request.path, error.status, problem)


def _words(bug: Exception) -> str:
    """Type, message and place of an exception."""
    traceback = sys.exc_info()[2]
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    place = f" ({traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno})" if traceback is not None else ""
    return f"{type(bug).__name__}: {bug}{place}"
