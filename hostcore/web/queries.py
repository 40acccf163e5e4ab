"""Reads the parameters of a request's address."""

from __future__ import annotations

from aiohttp import web

from hostcore.events import Level


def level_of(request: web.Request, usual: Level) -> Level:
    """Return ``level`` of a request, or the `usual` one if it has none.

    Raises:
        HTTPBadRequest: it is no level.
    """
    text = request.query.get("level", usual.value)
    if text not in list(Level):
        raise web.HTTPBadRequest(text=f"found level={text[:40]!r}, allowed is one of {', '.join(Level)}")
    return Level(text)
