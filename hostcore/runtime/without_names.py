"""Removes the names of functions from a component.

wasmtime writes them into the backtrace of every trap, and demangles C++ names. Half a kilobyte of a hostile name can
become gigabytes of text. Without "name" sections, a backtrace shows addresses.
"""

from __future__ import annotations

NESTED = (1, 4)
"""The sections of a component that hold a core module or another component (Component Model, Binary.md)."""
_COMPONENT_LAYER = b"\x01\0"
_NAME_SECTION = b"\x04name"
_CUSTOM = 0
_LONGEST_LEB = 28
"""Most bits before the last byte of a 32-bit number (WebAssembly core specification 5.2.2)."""


def without_names(binary: bytes) -> bytes:
    """Remove the "name" sections of `binary`, a component or core module, at any depth.

    Raises:
        ValueError: the section sizes are inconsistent.
    """
    kept, at = [binary[:8]], 8
    nested = NESTED if binary[6:8] == _COMPONENT_LAYER else ()
    while at < len(binary):
        kind = binary[at]
        size, start = _unsigned(binary, at + 1)
        at = start + size
        if at > len(binary):
            raise ValueError(f"a section of {size} bytes is longer than the file")
        body = binary[start:at]
        if kind == _CUSTOM and body.startswith(_NAME_SECTION):
            continue
        if kind in nested:
            body = without_names(body)
        kept += (bytes((kind,)), _leb(len(body)), body)
    return b"".join(kept)


def _unsigned(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > _LONGEST_LEB:
            raise ValueError("a section's size is damaged")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _leb(value: int) -> bytes:
    encoded = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        encoded.append(low | (0x80 if value else 0))
        if not value:
            return bytes(encoded)
