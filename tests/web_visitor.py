"""A web server with a scripted session, and a visitor."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp.web import AbstractRouteDef

from hostcore.config.web import WebSettings
from hostcore.events import Event
from hostcore.events.event_json import to_json
from hostcore.session import Session
from hostcore.web import open_web
from hostcore.web.frames import NAMES
from hostcore.web.server import WebServer
from tests.scripted_session import ScriptedSession

PATIENCE = 30.0
"""Seconds without an answer after which a test fails."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body as JSON."""
        assert self.headers["Content-Type"].startswith("application/json"), self
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """Its body as text."""
        return self.body.decode()


@dataclass(frozen=True)
class Told:
    """One server-sent event."""

    name: str
    data: Any
    id: int | None = None


class Visitor:
    """A visitor of the server at a port of this machine."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port, self.host = port, host

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send one request on a new connection. ``Content_Type="..."`` becomes that header."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"Connection": "close", **named})
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """See `ask`."""
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, body: bytes = b"{}", **headers: str) -> Answer:
        """Send a POST request like the page does; see `ask`."""
        return self.ask("POST", path, body, **{"Content_Type": "application/json", **headers})

    def connect(self) -> socket.socket:
        """Open a bare connection."""
        return socket.create_connection((self.host, self.port), PATIENCE)

    def send(self, raw: bytes) -> bytes:
        """Send raw bytes, as many as the server takes. Returns everything that arrives until the server closes."""
        with self.connect() as connection:
            with suppress(ConnectionError):
                connection.sendall(raw)
            return read_to_end(connection)

    @contextmanager
    def stream(self, query: str = "", **headers: str) -> Iterator[Stream]:
        """Open an event stream."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        connection.request("GET", f"/api/events{query}", headers={n.replace("_", "-"): v for n, v in headers.items()})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        try:
            yield Stream(response)
        finally:
            response.close()
            connection.close()


class Stream:
    """Server-sent events as they arrive."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response

    def next(self) -> Told:
        """Wait for the next event. Comments are skipped."""
        while True:
            fields: dict[str, str] = {}
            while line := self._line():
                name, _, value = line.partition(": ")
                fields[name] = value
            if "event" in fields:
                return Told(fields["event"], json.loads(fields["data"]), int(fields["id"]) if "id" in fields else None)

    def until(self, name: str, **data: object) -> Told:
        """Wait for an event of this name whose data has these values."""
        while True:
            told = self.next()
            if told.name == name and data.items() <= told.data.items():
                return told

    def _line(self) -> str:
        line = self.response.readline()
        assert line, "the stream ended"
        return line.decode().rstrip("\n")


@dataclass
class Served:
    """A web server and its session."""

    session: Any
    """A `ScriptedSession` or a host."""
    server: WebServer
    visitor: Visitor
    said: list[Event] = field(default_factory=list)
    """Problems that the server logged."""

    def publish(self, *events: Event) -> None:
        """Publish events, and wait until the server has processed them."""
        with self.visitor.stream() as stream:
            self.session.publish(events)
            stream.until(NAMES[type(events[-1])], **to_json(events[-1]))


@contextmanager
def serving(
    settings: WebSettings | None = None, session: Session | None = None, more: Sequence[AbstractRouteDef] = ()
) -> Iterator[Served]:
    """Run a server on a free port inside a ``with`` block, with the addresses of another front end."""
    session = session or ScriptedSession()
    said: list[Event] = []
    server = open_web(session, settings or WebSettings(port=0), said.append, more)
    server.start()
    try:
        yield Served(session, server, Visitor(int(server.address.rstrip("/").rpartition(":")[2])), said)
    finally:
        assert server.stop(), "it ended in time"


def read_to_end(connection: socket.socket) -> bytes:
    """Read until the other side closes or aborts."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received
