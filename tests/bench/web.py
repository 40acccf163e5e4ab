"""The web: requests, compared with a minimal aiohttp server, and drivers while many readers watch events.

As a program, ``python -m tests.bench.web ask PORT PATH COUNT`` or ``... read PORT READERS``, it is a visitor in its own
process.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from hostcore.config.web import WebSettings
from hostcore.events import RoundCompleted
from hostcore.session import Session
from hostcore.web import open_web
from tests.bench.isolation import punctuality
from tests.bench.measure import MICRO, MILLI, Aim, Figure, interleaved
from tests.scripted_session import ScriptedSession

TITLE = "The web: one visitor's requests, one after the other; and readings behind their schedule while others watch"
REQUESTS = 2_000
REPETITIONS = 5
READERS = 200
READINGS = {
    "timestamp": "2026-01-31T08:00:00.123Z",
    **{f"sensor{n}": {"temperature": 20.5, "humidity": 40} for n in range(6)},
}


def figures() -> Iterator[Figure]:
    """Requests, then punctuality."""
    with _host_web() as ours, _hello() as theirs:
        took = interleaved(REPETITIONS, {"ours": lambda: _asked(ours), "theirs": lambda: _asked(theirs)})
    rate = f"one request of /api/readings; {1 / took['ours']:,.0f} a second"
    yield Figure(rate, took["ours"], MICRO, took["theirs"], f"aiohttp hello, {1 / took['theirs']:,.0f}/s")
    alone, watched = punctuality(), punctuality(watched=_readers)
    for percent in (50, 99):
        figure, baseline = watched.percentile(percent), alone.percentile(percent)
        aim = Aim(most=20 * MILLI) if percent == 99 else None
        yield Figure(f"{percent}th percentile, {READERS} event readers", figure, MILLI, baseline, "no web", aim)
    spread = statistics.pstdev(watched.late), statistics.pstdev(alone.late)
    yield Figure(f"jitter (standard deviation), {READERS} event readers", spread[0], MILLI, spread[1], "no web")
    worst = f"the worst; {watched.missed} of {watched.missed + len(watched.late)} readings missed"
    yield Figure(worst, watched.late[-1], MILLI, alone.late[-1], "no web")


@contextmanager
def _host_web() -> Iterator[int]:
    """Run the host's web after a round. Yields the port."""
    session = ScriptedSession()
    server = open_web(session, WebSettings(port=0), lambda _: None)
    server.start()
    session.publish([RoundCompleted(1, 1, READINGS)])
    try:
        yield _port(server.address)
    finally:
        server.stop()


@contextmanager
def _hello() -> Iterator[int]:
    """Run aiohttp's server with one handler. Yields the port."""
    loop = asyncio.new_event_loop()

    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    async def start() -> tuple[web.AppRunner, int]:
        app = web.Application()
        app.router.add_get("/api/readings", hello)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, runner.addresses[0][1]

    runner, port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def _readers(host: Session) -> Iterator[None]:
    """Run the host's web with many readers of its events."""
    server = open_web(host, WebSettings(port=0), lambda _: None)
    server.start()
    command = [sys.executable, "-m", __name__, "read", str(_port(server.address)), str(READERS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reading:
        assert reading.stdout is not None
        reading.stdout.readline()
        try:
            yield
        finally:
            server.stop()  # also ends the readers


def _asked(port: int) -> float:
    """Seconds that a request takes."""
    command = [sys.executable, "-m", __name__, "ask", str(port), "/api/readings", str(REQUESTS)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _port(address: str) -> int:
    return int(address.rstrip("/").rpartition(":")[2])


def _ask(port: int, path: str, count: int) -> None:
    """Send requests on one connection. Prints the seconds of one request."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        length = len(connection.recv(65536))
        began = time.perf_counter()
        for _ in range(count):
            connection.sendall(request)
            left = length
            while left > 0:
                left -= len(connection.recv(65536))
        print((time.perf_counter() - began) / count)


def _read(port: int, count: int) -> None:
    """Read events on `count` connections until they end. Prints a line when all are open."""
    with selectors.DefaultSelector() as selector:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.recv(65536)
            selector.register(connection, selectors.EVENT_READ)
        print("all are open", flush=True)
        while selector.get_map():
            for key, _ in selector.select():
                if not key.fileobj.recv(65536):  # type: ignore[union-attr]
                    selector.unregister(key.fileobj)


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        _ask(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        _read(int(sys.argv[2]), int(sys.argv[3]))
