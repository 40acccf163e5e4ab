"""Answers ``Expect: 100-continue`` when a handler reads the body, which is after every check of the request.

aiohttp answers it before it calls any handler, so that a visitor without the token could make it wait for a body.
"""

from __future__ import annotations

from typing import Any

from aiohttp import HttpVersion11, web
from multidict import CIMultiDict, CIMultiDictProxy

EXPECT = "Expect"
_KEY = web.RequestKey("expectation", str)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def hold_back(server: web.Server) -> None:
    """Keep the expectations of all requests of `server` from aiohttp, for `meet`."""
    make = server.request_factory

    def made(message: Any, *others: Any) -> web.BaseRequest:
        expected = message.headers.get(EXPECT)
        if expected is None:
            return make(message, *others)
        headers = CIMultiDict(message.headers)
        del headers[EXPECT]
        request = make(message._replace(headers=CIMultiDictProxy(headers)), *others)
        request[_KEY] = expected
        return request

    server.request_factory = made


async def meet(request: web.Request) -> None:
    """Tell the visitor to send the body, if that is what it waits for (RFC 9110 section 10.1.1).

    Raises:
        HTTPExpectationFailed: it expects something else.
    """
    expected = request.get(_KEY)
    if expected is None or request.version < HttpVersion11:
        return
    if expected.lower() != "100-continue":
        raise web.HTTPExpectationFailed(text=f"found Expect: {expected[:40]}, allowed is 100-continue")
    await request.writer.write(CONTINUE)
    request.writer.output_size = 0
