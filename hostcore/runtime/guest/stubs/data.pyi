"""Data that plugins can write: bytes, numbers or hex text."""

from collections.abc import Iterable

Data = bytes | bytearray | memoryview | str | Iterable[int]
