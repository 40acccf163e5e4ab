"""Serves screens to browsers. The web checks each request before it comes here: its name, its origin, its token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import quote

from aiohttp import WSMsgType, web

from hostcore.errors import HostError
from hostcore.quick_dataclass import dataclass
from hostcore.session import Session
from hostcore.threads import HostThread, require_threads
from tui.browser.app import BrowserApp
from tui.browser.downloads import Downloads
from tui.browser.driver import bounded
from tui.browser.link import Link
from tui.browser.page import POLICY, document, load_assets
from tui.defect import reported
from tui.keyboard import Keyboard

MOST_SCREENS = 4
"""The most screens at the same time. Each takes a thread and some megabytes."""
SCREEN_THREADS = 2
"""Threads of one screen: its own, and the pump."""
LARGEST_MESSAGE = 64 * 1024
"""The most bytes of one message from a browser."""
HEARTBEAT_SECONDS = 15.0
"""Seconds after which a browser that says nothing is asked whether it is there."""
SOON = 0.03
"""Seconds after which a sequence of keys that does not go on is complete."""
STOP_SECONDS = 1.0
"""Seconds that one screen may take to end."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The session of one screen."""

    session: Session
    start: Callable[[], object] = lambda: None
    """Is called when the screen has subscribed. Then earlier events come, too."""
    stop: Callable[[], object] = lambda: None
    """Is called on the thread of the screen, after its end."""
    is_remote: bool = False
    """Whether the host is in another process. Then earlier events come first, up to a `CaughtUp`."""


class Screens:
    """The screens of one host.

    Args:
        machine: the name of the host's computer.
        attach: opens the session of a new screen. It may block for seconds, and raise a `HostError`.
        tell: takes a line about a defect of a screen. It is called on the thread of that screen.

    Raises:
        HostError: textual-serve is not installed.
    """

    def __init__(self, machine: str, attach: Callable[[], Opened], tell: Callable[[str], None]) -> None:
        self._machine, self._attach, self._tell = machine, attach, tell
        self._assets = load_assets()
        self._downloads = Downloads()
        self._threads: dict[BrowserApp, HostThread] = {}
        """Each until it has ended, also if its browser has gone before."""
        self._opening = 0
        """Screens whose sessions are being opened."""

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the addresses that the web answers for the screens."""
        return (
            web.get("/screen", self._page),
            web.get("/screen/socket", self._socket),
            web.get("/screen/files/{name}", self._file),
            web.get("/download/{key}", self._download),
        )

    def stop(self) -> None:
        """Close all screens. Blocks until they have ended, for up to a second each."""
        for app, thread in list(self._threads.items()):
            app.leave()
            thread.join(STOP_SECONDS)

    async def _page(self, request: web.Request) -> web.Response:
        title = f"wasi-host on {self._machine}"
        address = f"ws://{request.host}/screen/socket"
        headers = {"Content-Security-Policy": POLICY}
        return web.Response(text=document(escape(title), escape(address)), content_type="text/html", headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        found = self._assets.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        kind, content = found
        return web.Response(body=content, content_type=kind, headers={"Cache-Control": "private, max-age=3600"})

    async def _download(self, request: web.Request) -> web.Response:
        found = self._downloads.take(request.match_info["key"])
        if found is None:
            raise web.HTTPNotFound
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"}
        return web.Response(body=found.content, content_type="application/octet-stream", headers=headers)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        """Show a screen until it ends or the browser goes."""
        opened = await self._opened()
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LARGEST_MESSAGE)
        size = bounded(_number(request.query.get("width"), 80), _number(request.query.get("height"), 24))
        link = Link(asyncio.get_running_loop())
        app = BrowserApp(opened.session, link, self._downloads.keep, is_remote=opened.is_remote)
        thread = self._threads[app] = HostThread(self._run, "browser-screen", app, size, opened.stop)
        try:
            await socket.prepare(request)
            require_threads("screen in a browser", SCREEN_THREADS)
            opened.start()
            thread.start()
            await self._converse(socket, app)
        except HostError as problem:
            await socket.send_bytes(f"wasi-host: {problem}".encode())
        finally:
            app.leave()
            if thread.ident is None:
                del self._threads[app]
                opened.stop()
        return socket

    async def _opened(self) -> Opened:
        """Open a session for one more screen."""
        if len(self._threads) + self._opening >= MOST_SCREENS:
            raise web.HTTPServiceUnavailable(text=f"{MOST_SCREENS} screens are open, and no more are allowed")
        self._opening += 1
        try:
            return await asyncio.to_thread(self._attach)
        except HostError as problem:
            raise web.HTTPServiceUnavailable(text=str(problem)) from None
        finally:
            self._opening -= 1

    def _run(self, app: BrowserApp, size: tuple[int, int], stop: Callable[[], object]) -> None:
        """Run a screen on its own thread, until it ends."""
        try:
            asyncio.run(app.run_async(size=size))
        except Exception as error:  # noqa: BLE001 - a person gets a sentence about any defect
            app.defect = app.defect or error
        finally:
            app.link.end()
            stop()
            del self._threads[app]
        if app.defect is not None:
            self._tell(reported(app.defect))

    async def _converse(self, socket: web.WebSocketResponse, app: BrowserApp) -> None:
        sending = asyncio.create_task(_send(socket, app.link))
        try:
            await asyncio.wait({app.link.started, app.link.ended}, return_when=asyncio.FIRST_COMPLETED)
            await _receive(socket, app)
        finally:
            app.link.end_here()
            await asyncio.wait({sending}, timeout=STOP_SECONDS)
            sending.cancel()


async def _send(socket: web.WebSocketResponse, link: Link) -> None:
    """Send what the screen says, no faster than the browser takes it, until the screen has ended."""
    try:
        while pieces := await link.take():
            for piece in pieces:
                await (socket.send_bytes(piece) if isinstance(piece, bytes) else socket.send_str(piece))
    except ConnectionError:
        pass  # the browser has gone, and who receives finds out
    await socket.close()


async def _receive(socket: web.WebSocketResponse, app: BrowserApp) -> None:
    """Pass on what the browser says, no faster than the screen takes it in, until it goes or talks nonsense."""
    keyboard = Keyboard()
    while True:
        try:
            message = await socket.receive(SOON if keyboard.is_waiting else None)
        except TimeoutError:
            await app.take_in(keyboard.tick())
            continue
        if message.type is not WSMsgType.TEXT:
            return
        match _parsed(message.data):
            case ["stdin", str(text)]:
                await app.take_in(keyboard.feed(text.encode(errors="replace")))
            case ["resize", {"width": int(width), "height": int(height)}]:
                app.resize(width, height)
                await app.take_in(())
            case ["ping", str(mark)]:
                await socket.send_str(json.dumps(["pong", mark]))
            case ["focus" | "blur"]:
                pass
            case _:
                return


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 6 else otherwise
