"""Writes the values that cross the boundary as bytes, and reads them.

The bytes are MessagePack. Two extension types stand for what it lacks, and records, tuples and lists are all arrays:
the codecs of `hostcore.runtime.marshal` take any sequence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgpack

from hostcore.hostcall import CrashKind, Err, Resource
from hostcore.recording.model import Ending

ERR, RESOURCE, ENDING = 1, 2, 3
"""MessagePack's extension types for `Err`, `Resource` and `Ending`."""
T = TypeVar("T")


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
    return _checked(lambda: msgpack.unpackb(content, **_READING))


def unpack_all(content: bytes) -> list[Any]:
    """Read values that follow each other.

    Raises:
        ValueError: the bytes are not whole values.
    """

    def read() -> list[Any]:
        unpacker = msgpack.Unpacker(max_buffer_size=len(content), **_READING)
        unpacker.feed(content)
        found = list(unpacker)
        if unpacker.tell() != len(content):
            raise ValueError("the last value is cut")
        return found

    return _checked(read)


def _checked(read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError:
        raise
    except Exception as problem:  # noqa: BLE001 - msgpack raises many kinds for bytes that are no value
        raise ValueError(f"{type(problem).__name__}: {problem}") from None


def _extended(value: Any) -> Any:
    if isinstance(value, Err):
        return msgpack.ExtType(ERR, pack(value.value))
    if isinstance(value, Resource):
        return msgpack.ExtType(RESOURCE, pack((value.rep, value.type_id)))
    if isinstance(value, Ending):
        return msgpack.ExtType(ENDING, pack((value.kind, value.problem, value.traceback)))
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} does not cross the boundary")


def _read_extended(code: int, content: bytes) -> Any:
    if code == ERR:
        return Err(unpack(content))
    if code == RESOURCE:
        rep, type_id = unpack(content)
        return Resource(int(rep), int(type_id))
    if code == ENDING:
        kind, problem, traceback = unpack(content)
        return Ending(None if kind is None else CrashKind(kind), str(problem), str(traceback))
    raise ValueError(f"unknown extension type {code}")


_READING: dict[str, Any] = {
    "ext_hook": _read_extended,
    "strict_map_key": True,
    "unicode_errors": "surrogatepass",
    "use_list": False,
}
