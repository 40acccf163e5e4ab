"""A browser's terminal at the address of a screen: it says what xterm.js says, and keeps what it would draw."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

PATIENCE = 30.0
"""Seconds after which a test fails."""
_SEQUENCE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """One connection."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.drawn = b""
        self.messages: list[Any] = []

    @property
    def text(self) -> str:
        """Everything that was drawn so far, without control sequences."""
        return _SEQUENCE.sub(b" ", self.drawn).decode()

    async def say(self, *message: object) -> None:
        """Send a message."""
        await self.socket.send_str(json.dumps(message))

    async def type(self, keys: str) -> None:
        """Type keys."""
        await self.say("stdin", keys)

    async def until(self, condition: Callable[[], object]) -> None:
        """Receive until `condition` is true."""
        while not condition():
            assert await self._receive(), f"the screen ended: {self.text[-500:]}"

    async def until_it_ends(self) -> None:
        """Receive until the screen ends."""
        while await self._receive():
            pass

    async def _receive(self) -> bool:
        message = await self.socket.receive(PATIENCE)
        if message.type is WSMsgType.BINARY:
            self.drawn += message.data
        elif message.type is WSMsgType.TEXT:
            self.messages.append(json.loads(message.data))
        return message.type in {WSMsgType.BINARY, WSMsgType.TEXT}


def in_terminal(port: int, headers: Mapping[str, str], scenario: Callable[[Terminal], Awaitable[None]]) -> None:
    """Connect to the screen at a port of this machine, and play a scenario."""

    async def play() -> None:
        async with (
            ClientSession(headers=headers) as client,
            client.ws_connect(f"http://127.0.0.1:{port}/screen/socket?width=100&height=30") as socket,
        ):
            await scenario(Terminal(socket))

    asyncio.run(play())
