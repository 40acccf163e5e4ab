"""Writes the values that cross the boundary as bytes, and reads them.

The bytes are MessagePack. Extension types stand for what it lacks, and records, tuples and lists are all arrays:
the codecs of `hostcore.runtime.marshal` take any sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

import msgpack

from hostcore.hostcall import CrashKind, Err, Resource
from hostcore.quick_dataclass import dataclass
from hostcore.recording.edges import Edge, packed_edges, read_edges
from hostcore.recording.model import Ending

ERR, RESOURCE, ENDING, EDGES = 1, 2, 3, 4
"""MessagePack's extension types for `Err`, `Resource`, `Ending` and the edges of a capture."""
DEEPEST = 32
"""Most `Err` in one another that are read. Each takes 40 KB of the thread's stack. The types of wit/ nest none."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edges:
    """The answer of a capture, to be written in few bytes. It is read as what it is: pairs."""

    pairs: Sequence[Edge]


def packer() -> msgpack.Packer:
    """Create a packer that keeps what it packs until it is reset."""
    return msgpack.Packer(default=_extended, autoreset=False, unicode_errors="surrogatepass")


def pack(value: Any) -> bytes:
    """Write one value.

    Raises:
        TypeError, ValueError, OverflowError: no such value crosses the boundary.
    """
    return msgpack.packb(value, default=_extended, unicode_errors="surrogatepass")  # type: ignore[no-any-return]


def unpack(content: bytes) -> Any:
    """Read one value that `pack` wrote.

    Raises:
        ValueError: the bytes are not one whole value.
    """
    return _unpacked(content, 0)


def unpack_map(content: bytes) -> Any:
    """Read a map, which is no value that crosses the boundary.

    Raises:
        ValueError: the bytes are not one whole value.
    """
    return _checked(lambda: msgpack.unpackb(content, **_reading(0) | {"object_pairs_hook": dict}))


def unpack_each(content: bytes) -> Iterator[Any]:
    """Read values that follow each other, one at a time: a byte can be a value, and a list takes 8 for each.

    Raises:
        ValueError: the bytes are not whole values.
    """
    unpacker = msgpack.Unpacker(max_buffer_size=len(content), **_reading(0))
    unpacker.feed(content)
    end = object()
    while (value := _checked(lambda: next(unpacker, end))) is not end:
        yield value
    if unpacker.tell() != len(content):
        raise ValueError("the last value is cut")


def _checked(read: Callable[[], T]) -> T:
    try:
        return read()
    except Exception as problem:  # noqa: BLE001 - msgpack raises many kinds for bytes that are no value, some wordless
        raise ValueError(str(problem) or f"it is no value ({type(problem).__name__})") from None


def _extended(value: Any) -> Any:
    if isinstance(value, Err):
        return msgpack.ExtType(ERR, pack(value.value))
    if isinstance(value, Resource):
        return msgpack.ExtType(RESOURCE, pack((value.rep, value.type_id)))
    if isinstance(value, Ending):
        return msgpack.ExtType(ENDING, pack((value.kind, value.problem, value.traceback)))
    if isinstance(value, Edges):
        packed = packed_edges(value.pairs)
        return value.pairs if packed is None else msgpack.ExtType(EDGES, packed)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} does not cross the boundary")


def _unpacked(content: bytes, depth: int) -> Any:
    return _checked(lambda: msgpack.unpackb(content, **_reading(depth)))


def _reading(depth: int) -> dict[str, Any]:
    """The options for values that lie inside `depth` extension types."""
    return {
        "ext_hook": lambda code, content: _read_extended(code, content, depth + 1),
        "object_pairs_hook": _refuse_map,
        "strict_map_key": True,
        "unicode_errors": "surrogatepass",
        "use_list": False,
    }


def _refuse_map(_pairs: object) -> NoReturn:
    raise ValueError("a map does not cross the boundary")  # an empty one has a byte in the file, and 64 in memory


def _read_extended(code: int, content: bytes, depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    if code == ERR:
        return Err(_unpacked(content, depth))
    if code == RESOURCE:
        rep, type_id = _unpacked(content, depth)
        return Resource(int(rep), int(type_id))
    if code == ENDING:
        kind, problem, traceback = _unpacked(content, depth)
        return Ending(None if kind is None else CrashKind(kind), str(problem), str(traceback))
    if code == EDGES:
        return read_edges(content)
    raise ValueError(f"unknown extension type {code}")
