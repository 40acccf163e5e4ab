"""Bytes as plugins write them, and as they travel to the host."""

from collections.abc import Iterable

Data = bytes | bytearray | memoryview | str | Iterable[int]


def to_wire(data: Data) -> str:
    """One character a byte.

    Args:
        data: bytes, numbers 0 to 255, or hex text such as ``"FA 01"``.

    Raises:
        ValueError: the text is not hex, or a number does not fit into a byte.
    """
    if isinstance(data, str):
        data = bytes.fromhex(data)
    elif not isinstance(data, bytes):
        data = bytes(data)
    return data.decode("latin-1")
