"""The numbers of `ctypes`, which drivers use to give register values a sign. There is no native code to call.

The sizes are those of 64-bit Linux.
"""

import struct
from typing import Any, NoReturn

import refusals


class _Number:
    """A number of a C type: `value` wraps as in C."""

    _format = "b"

    def __init__(self, value: Any = 0) -> None:
        self.value = value

    @property
    def value(self) -> Any:
        """The number."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = self._wrapped(value)

    @classmethod
    def _wrapped(cls, value: Any) -> Any:
        if not isinstance(value, int):
            raise TypeError(f"an integer is required (got type {type(value).__name__})")
        size = struct.calcsize(cls._format)
        return struct.unpack(f"<{cls._format}", (value & ((1 << 8 * size) - 1)).to_bytes(size, "little"))[0]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"


class _Real(_Number):
    """A floating-point number of a C type."""

    @classmethod
    def _wrapped(cls, value: Any) -> Any:
        return struct.unpack(cls._format, struct.pack(cls._format, value))[0]


def _types(kind: type[_Number], formats: dict[str, str]) -> dict[str, type[_Number]]:
    return {name: type(name, (kind,), {"_format": form}) for name, form in formats.items()}


_INTEGERS = {
    **{"c_byte": "b", "c_ubyte": "B", "c_short": "h", "c_ushort": "H", "c_int": "i", "c_uint": "I"},
    **{"c_long": "q", "c_ulong": "Q", "c_longlong": "q", "c_ulonglong": "Q", "c_size_t": "Q", "c_ssize_t": "q"},
    **{"c_int8": "b", "c_uint8": "B", "c_int16": "h", "c_uint16": "H", "c_int32": "i", "c_uint32": "I"},
    **{"c_int64": "q", "c_uint64": "Q"},
}
"""The format of each type (module `struct`)."""
globals().update(_types(_Number, _INTEGERS), **_types(_Real, {"c_float": "f", "c_double": "d"}))


def sizeof(number: Any) -> int:
    """Return the size of a number or its type, in bytes."""
    return struct.calcsize(number._format)


def __getattr__(name: str) -> NoReturn:
    """Refuse everything else."""
    if name.startswith("__"):
        raise AttributeError(name)
    raise ImportError(refusals.native(f"ctypes.{name}", __file__), name="ctypes")
