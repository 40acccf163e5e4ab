"""A package index of tests: a "simple" index (PEP 503) on this computer, which also misbehaves on demand."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from tests.wheels import wheel_content, wheel_file

Files = dict[str, bytes]
"""The files of an index by name: wheels and sources."""
Answer = Callable[[BaseHTTPRequestHandler], None]
"""Answers a request in the place of an honest index."""


class Index:
    """A running index.

    Attributes:
        url: for pip's ``--index-url``.
        asked: the paths that were asked for.
    """

    def __init__(self, url: str, asked: list[str]) -> None:
        self.url, self.asked = url, asked


@contextmanager
def index(files: Mapping[str, bytes], answer: Answer | None = None, *, hashes: bool = True) -> Iterator[Index]:
    """Make a context with an index.

    Args:
        files: its files. One that has only source has the name ``NAME-VERSION.tar.gz``.
        answer: answers in its place.
        hashes: whether its pages name the files' hashes.
    """
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            asked.append(self.path)
            if answer is not None:
                answer(self)
            elif self.path.startswith("/files/"):
                _send(self, files.get(unquote(self.path.removeprefix("/files/"))))
            else:
                _send(self, _page(self.path.strip("/").rpartition("/")[2], files, hashes))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Index(f"http://127.0.0.1:{server.server_port}/simple", asked)
    finally:
        server.shutdown()
        server.server_close()


def package(
    name: str,
    *requires: str,
    version: str = "1.0",
    source: str = "",
    requires_python: str = "",
    tags: str = "py3-none-any",
) -> Files:
    """Return a wheel with one module, named like the package."""
    content = wheel_content(
        name,
        {f"{name.replace('-', '_')}.py": source or f"version = {version!r}\n"},
        version=version,
        requires=requires,
        requires_python=requires_python,
        tags=tags,
    )
    return {wheel_file(name, version, tags): content}


def never_answer(request: BaseHTTPRequestHandler) -> None:
    """Take the request, and send nothing until the other side gives up."""
    request.connection.settimeout(60)
    request.connection.recv(1)


def garbage(request: BaseHTTPRequestHandler) -> None:
    """Send what is neither HTTP nor HTML."""
    request.wfile.write(b"\x00\xff" * 500)


def failure(request: BaseHTTPRequestHandler) -> None:
    """Refuse the request, as a server that is overloaded does."""
    request.send_error(503)


def endless(request: BaseHTTPRequestHandler) -> None:
    """Send a page that never ends."""
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    try:
        while True:
            request.wfile.write(b"<a>x</a>" * 100_000)
    except OSError:
        pass


def _page(name: str, files: Mapping[str, bytes], hashes: bool) -> bytes | None:
    links = []
    for file, content in files.items():
        if file.partition("-")[0].replace("_", "-").replace(".", "-").lower() == name or file.startswith(f"{name}-"):
            digest = f"#sha256={hashlib.sha256(content).hexdigest()}" if hashes else ""
            python = ' data-requires-python="&lt;3.12"' if name == "ancient" else ""
            links.append(f'<a href="/files/{file}{digest}"{python}>{file}</a>')
    return "\n".join(["<!DOCTYPE html>", *links]).encode() if links else None


def _send(request: BaseHTTPRequestHandler, content: bytes | None) -> None:
    if content is None:
        request.send_error(404)
        return
    request.send_response(200)
    is_page = content.startswith(b"<!DOCTYPE")
    request.send_header("Content-Type", "text/html" if is_page else "application/octet-stream")
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)
