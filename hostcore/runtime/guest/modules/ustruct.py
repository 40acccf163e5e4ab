"""MicroPython's `struct`, which older drivers import as `ustruct`."""

from struct import calcsize, error, pack, pack_into, unpack, unpack_from

__all__ = ["calcsize", "error", "pack", "pack_into", "unpack", "unpack_from"]
