"""Sends large answers in pieces, and limits how much is being sent. Visitors may be slow to read."""

from __future__ import annotations

from aiohttp import web

from hostcore.web.answers import refusal

PIECE = 64 * 1024
"""Most bytes handed to a connection at once. The connection keeps a copy of bytes that the kernel does not accept."""
MOST_BYTES = 16 * 1024 * 1024
"""Most bytes of large answers being sent at the same time. A single answer may be larger."""


class Outbox:
    """Sends answers. Use on one event loop only."""

    def __init__(self) -> None:
        self._bytes = 0

    async def sent(self, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        """Return a small `answer` as it is. Send a large one in pieces, or refuse it if too much is being sent."""
        body = answer.body if isinstance(answer, web.Response) else None
        if not isinstance(body, bytes) or len(body) <= PIECE or request.method == "HEAD":
            return answer
        if self._bytes and self._bytes + len(body) > MOST_BYTES:
            problem = "too many large answers are being sent to other visitors; try again in a second"
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
