"""The web server: one thread with an event loop. It receives the host's events."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp import web

from hostcore.clock import RealClock
from hostcore.config.web import WebSettings
from hostcore.errors import HostError
from hostcore.events import HOST, ConnectionRestored, Event, Level, LogWritten, PluginsChanged, StateChanged
from hostcore.events.facts import PluginFacts
from hostcore.events.stream import Numbered
from hostcore.log.safe_text import log_line
from hostcore.read_only import as_wanted
from hostcore.session import Session
from hostcore.threads import HostThread, require_threads
from hostcore.web.app import make_app
from hostcore.web.connections import MOST_CONNECTIONS, Connections, listen
from hostcore.web.context import Context
from hostcore.web.expectation import hold_back
from hostcore.web.guard import Doorkeeper, Names
from hostcore.web.metrics import Metrics
from hostcore.web.outbox import Outbox
from hostcore.web.readers import Readers
from hostcore.web.web_view import WebView

THREADS = 2
"""Threads that the web needs: its own, and one that waits for events."""
PACE = 0.05
"""Least seconds between two batches of events, so that many events cost each reader only one write."""
MOST_EVENTS = 500
"""Most events that are delivered before requests get their turn."""
CAPACITY = 10_000
"""Most events that wait for the web."""
WAITING_BYTES = 32 << 20
"""The most bytes of large ones among them."""
GRACE_SECONDS = 0.1
"""Seconds that unfinished answers may take when the server stops."""
STOP_SECONDS = 1.0
"""Seconds that stopping may take."""


class WebServer:
    """Serves one session.

    Args:
        session: the host.
        settings: where to listen, and the token.
        publish: publishes the server's problems as log events.
        more: addresses of another front end.
    """

    def __init__(
        self,
        session: Session,
        settings: WebSettings,
        publish: Callable[[Event], None],
        more: Sequence[web.AbstractRouteDef] = (),
    ) -> None:
        self._session, self._settings, self._publish, self._more = session, settings, publish, more
        self._thread: HostThread | None = None
        self.address = ""
        """URL of the server once it is started, such as ``http://127.0.0.1:3000/``."""

    def start(self) -> None:
        """Listen and serve. Start the server before the host, so that it misses no event.

        Raises:
            HostError: the port needs more rights or is in use, or there are no threads.
        """
        problem = self._settings.problem
        if problem:
            raise HostError(problem)
        require_threads("web", THREADS)
        listening = self._listening()
        self.address = _address(self._settings.host, listening.getsockname()[1], self._session.facts.host_name)
        self._subscription = self._session.subscribe(capacity=CAPACITY)
        self._subscription.bound_large(WAITING_BYTES)
        self._thread = HostThread(self._run, "web", listening)
        self._thread.start()

    def stop(self) -> bool:
        """Close all connections and end. Blocks for up to a second.

        Returns:
            Whether the server has ended.
        """
        if self._thread is None:
            return True
        self._subscription.close()
        self._thread.join(STOP_SECONDS)
        return not self._thread.is_alive()

    def _listening(self) -> socket.socket:
        host, port = self._settings.host, self._settings.port
        try:
            return listen(host, port)
        except OSError as error:
            raise HostError(
                f"the web cannot listen on {host}, port {port}: {error.strerror or error}; choose another with "
                "host and port in [web] of host.toml, or with the option --port of run --web and screen --web"
            ) from None

    def _run(self, listening: socket.socket) -> None:
        with listening, asyncio.Runner() as runner:
            runner.get_loop().set_exception_handler(self._complain)
            try:
                runner.run(self._serve(listening))
            except Exception as bug:  # noqa: BLE001 - plugins must keep running; a traceback would overwrite the screen
                self._warn(f"the web ended: {type(bug).__name__}: {bug}")

    async def _serve(self, listening: socket.socket) -> None:
        """Serve until `stop` ends the events."""
        view = WebView(self._session.facts, self._session.plugins())
        readers = Readers(view)
        app = make_app(self._context(view, readers), self._more)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=GRACE_SECONDS)
        await runner.setup()
        assert runner.server is not None
        hold_back(runner.server)
        connections = Connections(runner.server, MOST_CONNECTIONS)
        server = await asyncio.get_running_loop().create_server(connections, sock=listening)
        sweeping = asyncio.create_task(connections.sweep())
        try:
            await self._feed(view, readers)
        finally:
            server.close()
            readers.close()
            sweeping.cancel()
            await runner.cleanup()

    def _context(self, view: WebView, readers: Readers) -> Context:
        settings, facts = self._settings, self._session.facts
        return Context(
            session=as_wanted(self._session, read_only=False),
            view=view,
            readers=readers,
            metrics=Metrics(view, readers),
            names=Names(settings.host, facts.host_name),
            doorkeeper=Doorkeeper(settings.token, RealClock(), self._warn),
            outbox=Outbox(),
            warn=self._warn,
        )

    async def _feed(self, view: WebView, readers: Readers) -> None:
        """Deliver events until there are no more."""
        with ThreadPoolExecutor(1, "web-events") as waiting:
            while True:
                batch, plugins = await asyncio.get_running_loop().run_in_executor(waiting, self._take)
                if not batch:
                    return
                while batch:
                    part, batch = batch[:MOST_EVENTS], batch[MOST_EVENTS:]
                    readers.deliver(part)
                    if plugins is not None and not batch:
                        view.know_host(self._session.facts, plugins)
                    await asyncio.sleep(0 if batch else PACE)

    def _take(self) -> tuple[list[Numbered], tuple[PluginFacts, ...] | None]:
        """Return the next events, and the plugins if they may have changed. Blocks until there are events."""
        batch = self._subscription.take()
        has_changed = any(isinstance(item.event, StateChanged | PluginsChanged | ConnectionRestored) for item in batch)
        return batch, self._session.plugins() if has_changed else None

    def _complain(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log an asyncio error that no task handles. asyncio would print it over the screen."""
        self._warn(f"the web failed: {context['message']}: {context.get('exception')!r}")

    def _warn(self, text: str) -> None:
        self._publish(LogWritten(RealClock().wall_ns(), HOST, Level.WARNING, log_line(text), by_host=True))


def _address(host: str, port: int, machine: str) -> str:
    name = machine if host in {"0.0.0.0", "::"} else host
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"
