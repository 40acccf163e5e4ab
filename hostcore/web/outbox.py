"""Large answers on their way: in pieces, and not too much at a time. Visitors may leave them unread for a while."""

from __future__ import annotations

from aiohttp import web

from hostcore.web.answers import refusal

PIECE = 64 * 1024
"""Bytes that are handed to a connection at once, which keeps a copy of what the kernel does not take."""
MOST_BYTES = 16 * 1024 * 1024
"""Bytes of all answers larger than a piece that may be on their way; a single one may be larger."""


class Outbox:
    """Sends answers. On one event loop."""

    def __init__(self) -> None:
        self._bytes = 0

    async def sent(self, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        """`answer` itself where it is small; else what was sent of it, or a refusal where too much is on its way."""
        body = answer.body if isinstance(answer, web.Response) else None
        if not isinstance(body, bytes) or len(body) <= PIECE or request.method == "HEAD":
            return answer
        if self._bytes and self._bytes + len(body) > MOST_BYTES:
            problem = "too many large answers are being sent to others; ask again in a second"
            return refusal(request.path, 503, problem, {"Retry-After": "1"})
        self._bytes += len(body)
        try:
            return await _in_pieces(request, answer, body)
        finally:
            self._bytes -= len(body)


async def _in_pieces(request: web.Request, answer: web.StreamResponse, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(body)
    await response.prepare(request)
    for at in range(0, len(body), PIECE):
        await response.write(body[at : at + PIECE])
    await response.write_eof()
    return response
