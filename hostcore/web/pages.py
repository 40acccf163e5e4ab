"""Handlers for ``/``, the static files of all tabs, and the login form."""

from __future__ import annotations

import asyncio
import hashlib
import re
from functools import lru_cache
from html import escape
from types import MappingProxyType
from urllib.parse import parse_qs

from aiohttp import web

from hostcore.web import page
from hostcore.web.answers import STYLED, document
from hostcore.web.api import body_of
from hostcore.web.connections import welcome
from hostcore.web.context import CONTEXT
from hostcore.web.front_page import front_page
from hostcore.web.guard import COOKIE
from hostcore.web.tabs import encoded, html_answer, top_of

FORM = """<form method="post" action="/login">
<input type="hidden" name="page" value="{page}">
<p><label>Token, as in [web] of host.toml:<br>
<input type="password" name="token" autocomplete="current-password" required autofocus></label>
<button>Log in</button></p>
<p role="alert">{problem}</p>
</form>"""
_OWN_PAGE = re.compile("/[a-z]*", re.ASCII)
FORM_TYPE = "application/x-www-form-urlencoded"
"""Content type of a submitted form (HTML Living Standard, 4.10.22.7)."""
FORM_POLICY = STYLED.replace("form-action 'none'", "form-action 'self'")
ETAGS = MappingProxyType({name: hashlib.sha256(content).hexdigest()[:16] for name, (_, content) in page.STATIC.items()})
"""ETag of each file below ``/static/``."""

routes = web.RouteTableDef()


@routes.get("/")
async def home(request: web.Request) -> web.Response:
    """Return the page plugin's page in the host's frame; status 503 if there is no page."""
    context = request.app[CONTEXT]
    shown = front_page(context.view)
    is_missing = shown.html is None and shown.has_plugin
    return html_answer(_shell(top_of(context), shown.html, shown.problem), 503 if is_missing else 200)


@lru_cache(maxsize=1)
def _shell(top: page.Top, html: str | None, problem: str) -> bytes:
    """The document. Built once, and kept for all visitors until something in it changes."""
    return encoded(page.shell(top, html, problem))


@routes.get("/static/{name}")
async def static(request: web.Request) -> web.Response:
    """Return a file of the host's page."""
    name = request.match_info["name"]
    if name not in page.STATIC:
        raise web.HTTPNotFound
    content_type, content = page.STATIC[name]
    headers = {"ETag": f'"{ETAGS[name]}"', "Cache-Control": "no-cache"}
    if ETAGS[name] in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=content, headers={**headers, "Content-Type": content_type})


@routes.get("/login")
async def login(_: web.Request) -> web.Response:
    """Return the login form."""
    return login_form()


@routes.post("/login")
async def log_in(request: web.Request) -> web.Response:
    """Give the browser a cookie if the token is right. Scripts and other sites cannot use the cookie."""
    doorkeeper = request.app[CONTEXT].doorkeeper
    if request.content_type != FORM_TYPE:
        raise web.HTTPUnsupportedMediaType(text=f"found no Content-Type: {FORM_TYPE}, which is needed here")
    fields = parse_qs((await body_of(request)).decode(errors="replace"))
    visitor = request.remote or ""
    pause = doorkeeper.pause(visitor)
    found = doorkeeper.judge("".join(fields.get("token", [])), visitor)
    if found is None:
        welcome(request)
    await asyncio.sleep(pause)
    if found is not None:
        return login_form("This is not the token.", 403, own_page("".join(fields.get("page", []))))
    response = web.Response(status=303, headers={"Location": own_page("".join(fields.get("page", [])))})
    if doorkeeper.has_token:
        response.set_cookie(COOKIE, doorkeeper.cookie, httponly=True, samesite="Strict", path="/")
    return response


def own_page(path: str) -> str:
    """The page of this server that a visitor wanted to see; ``/`` for anything else, such as another site."""
    return path if _OWN_PAGE.fullmatch(path) else "/"


def login_form(problem: str = "", status: int = 200, page: str = "/") -> web.Response:
    """The login form, with the problem of the last attempt, and the page that follows."""
    headers = {"Content-Security-Policy": FORM_POLICY, "Referrer-Policy": "same-origin"}  # or Origin would be "null"
    return document("wasi-host: log in", FORM.format(problem=escape(problem), page=escape(page)), status, headers)
