"""Bytes as plugins write them, and as they travel to the host."""

from collections.abc import Iterable

Data = bytes | bytearray | memoryview | str | Iterable[int]
