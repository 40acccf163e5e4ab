"""wasi:cli's standard streams and wasi:io/streams. Output goes to the plugin's log. Input is always at its end."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.hostcall import Err, HostFunctions, Resource
from hostcore.wasi.poll import Pollables

STDIN, STDOUT, STDERR = 0, 1, 2
"""Numbers of the three streams."""
WRITES = (
    "wasi:io/streams#[method]output-stream.write",
    "wasi:io/streams#[method]output-stream.blocking-write-and-flush",
)
"""Functions that take a stream and the bytes that are written to it."""
WRITE_BUDGET = 1 << 14
"""Bytes that a guest may write after each `check-write`. `hostcore.runtime.lift_limit` relies on it."""


def stdio_functions(
    write: Callable[[int, bytes], None], pollables: Pollables, input_type: int, output_type: int
) -> HostFunctions:
    """Create the functions of the standard streams.

    Args:
        write: receives the guest's output: `STDOUT` or `STDERR`, and the bytes.
        pollables: creates the pollable for a stream's readiness. Streams are always ready.
        input_type: the resource type of an input stream.
        output_type: the resource type of an output stream.
    """

    def write_stream(stream: Resource, contents: bytes) -> None:
        write(stream.rep, contents)

    def closed(*_: object) -> Err:
        return Err(("closed", None))

    def nothing(*_: object) -> None:
        return None

    def ready(_stream: Resource) -> Resource:
        return pollables.create()

    output = "wasi:io/streams#[method]output-stream."
    source = "wasi:io/streams#[method]input-stream."
    return {
        "wasi:cli/stdin#get-stdin": lambda: Resource(STDIN, input_type),
        "wasi:cli/stdout#get-stdout": lambda: Resource(STDOUT, output_type),
        "wasi:cli/stderr#get-stderr": lambda: Resource(STDERR, output_type),
        output + "check-write": lambda _stream: WRITE_BUDGET,
        output + "write": write_stream,
        output + "blocking-write-and-flush": write_stream,
        output + "flush": nothing,
        output + "blocking-flush": nothing,
        output + "subscribe": ready,
        source + "read": closed,
        source + "blocking-read": closed,
        source + "skip": closed,
        source + "blocking-skip": closed,
        source + "subscribe": ready,
        "wasi:cli/terminal-stdin#get-terminal-stdin": nothing,
        "wasi:cli/terminal-stdout#get-terminal-stdout": nothing,
        "wasi:cli/terminal-stderr#get-terminal-stderr": nothing,
    }
