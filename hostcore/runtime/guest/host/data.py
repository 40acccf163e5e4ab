"""Data that plugins can write: bytes, numbers or hex text."""

from collections.abc import Iterable

Data = bytes | bytearray | memoryview | str | Iterable[int]


def to_wire(data: Data) -> str:
    """Convert `data` to text with one latin-1 character for each byte.

    Args:
        data: bytes, numbers 0 to 255, or hex text such as ``"FA 01"``.

    Raises:
        ValueError: the text is not hex, or a number does not fit in a byte.
    """
    if isinstance(data, str):
        data = bytes.fromhex(data)
    elif not isinstance(data, bytes):
        data = bytes(data)
    return data.decode("latin-1")
