"""Answers in common forms: JSON, errors, small pages, and headers that every answer has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import web

ALWAYS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Server": "wasi-host",
    }
)
"""Default headers of every answer: nothing in it may be loaded, run, sent, framed or cached. ``Server`` replaces
aiohttp's, which would reveal its version and Python's."""
FOR_PROGRAMS = ("/api/", "/metrics")
"""Errors are JSON for paths that start with one of these. Elsewhere, errors are pages."""
DOCUMENT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
body {{ max-width: 40rem; margin: 3rem auto; padding: 0 1rem; overflow-wrap: anywhere }}
input, button {{ font: inherit; padding: .4rem .6rem }}
</style></head>
<body><main><h1>{title}</h1>
{body}
</main></body>
</html>
"""
STYLED = f"{ALWAYS['Content-Security-Policy']}; style-src 'unsafe-inline'"
"""The policy for pages made from `DOCUMENT`."""


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Handler of aiohttp's ``on_response_prepare``: adds `ALWAYS` to every answer."""
    for name, value in ALWAYS.items():
        if name not in response.headers or name == "Server":
            response.headers[name] = value


def json_answer(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer with `data` as JSON."""
    return web.Response(
        body=json.dumps(data).encode("ascii"), status=status, content_type="application/json", headers=headers
    )


def document(title: str, body: str, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A small page of the host's own.

    Args:
        title: plain text.
        body: HTML.
        status: the HTTP status.
        headers: headers besides the default ones.
    """
    return web.Response(
        text=DOCUMENT.format(title=escape(title), body=body),
        status=status,
        content_type="text/html",
        headers={"Content-Security-Policy": STYLED, **(headers or {})},
    )


def refusal(path: str, status: int, problem: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An error answer, as JSON for programs or as a page for people.

    Args:
        path: the path of the request.
        status: the HTTP status, 400 or above.
        problem: one line that says what was found and what is allowed.
        headers: headers besides the default ones.
    """
    if path.startswith(FOR_PROGRAMS):
        return json_answer({"error": problem}, status, headers)
    return document(f"{status} {HTTPStatus(status).phrase}", f"<p>{escape(problem)}</p>", status, headers)
