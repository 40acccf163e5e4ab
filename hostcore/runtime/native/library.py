"""Loads wasmtime's C library, declares its functions, and turns its errors into exceptions.

The package wasmtime declares all 900 functions of the C API when it is imported, which takes five times as long as
loading the library. The host uses a tenth of them. It passes plain addresses in place of typed pointers.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from ctypes import byref, c_size_t, c_void_p
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from hostcore.errors import HostError

VERSION = "50.0.1"
"""The version of wasmtime whose C API and layout of values this package and `capi` are written for."""
Address = int
"""A C pointer."""


class WasmtimeError(Exception):
    """wasmtime could not do what it was asked to. Its message has several lines."""


def _folder() -> Path:
    """Return the folder of the installed package wasmtime.

    Raises:
        HostError: it is not installed, or in another version.
    """
    spec = PathFinder.find_spec("wasmtime")
    if spec is None or spec.origin is None:
        raise HostError(f"the package wasmtime is not installed: pip install wasmtime=={VERSION}")
    folder = Path(spec.origin).parent
    if not (folder.parent / f"wasmtime-{VERSION}.dist-info").is_dir():
        from importlib.metadata import version  # noqa: PLC0415 - takes 20 ms, and other installers need it only

        if (found := version("wasmtime")) != VERSION:
            raise HostError(
                f"wasmtime {found} is installed, and this host needs {VERSION}: its values have another layout in each "
                f"version (pip install wasmtime=={VERSION})"
            )
    return folder


PATH = _folder() / f"linux-{os.uname().machine}" / "_libwasmtime.so"
"""The file of the library."""
_library = ctypes.CDLL(str(PATH))
_quick_library = ctypes.PyDLL(str(PATH))


def function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Declare a C function. Other threads run while it does.

    Args:
        name: its name.
        result: the ctypes of its result.
        arguments: the ctypes of its arguments.
    """
    return _declared(_library, name, result, arguments)


def quick_function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Declare a C function that waits for nothing and does not call Python. No other thread runs meanwhile: otherwise,
    each call could wait until one of them gives Python back. Most take less than a microsecond, and the largest lists
    that can cross take 0.2 ms to be made or freed.
    """
    return _declared(_quick_library, name, result, arguments)


def _declared(library: ctypes.CDLL, name: str, result: Any, arguments: tuple[Any, ...]) -> Callable[..., Any]:
    declared = library[name]  # indexing creates a new object, so prototypes of others do not change
    declared.restype, declared.argtypes = result, arguments
    return declared


class Bytes(ctypes.Structure):
    """Bytes that the C library has allocated: wasm_byte_vec_t."""

    _fields_ = (("size", c_size_t), ("data", c_void_p))

    def taken(self) -> bytes:
        """Return the bytes, and free them in the library."""
        content = ctypes.string_at(self.data, self.size) if self.size else b""
        _delete_bytes(byref(self))
        return content


_delete_bytes = quick_function("wasm_byte_vec_delete", None, c_void_p)
_error_message = quick_function("wasmtime_error_message", None, c_void_p, c_void_p)
_error_delete = quick_function("wasmtime_error_delete", None, c_void_p)


def error_text(error: Address) -> str:
    """Return the message of a wasmtime error, and free the error."""
    message = Bytes()
    _error_message(error, byref(message))
    _error_delete(error)
    return message.taken().decode(errors="replace")


def require(error: Address | None) -> None:
    """Raise `WasmtimeError` if a C function has returned an error."""
    if error:
        raise WasmtimeError(error_text(error))


class Owned:
    """An object of wasmtime. It is freed with `close`, or at the end of its Python object."""

    delete: Callable[[Address], None]
    """Frees it."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def ptr(self) -> Address:
        """Return its address. Raises ValueError after `close`."""
        if not self._address:
            raise ValueError("already closed")
        return self._address

    def close(self) -> None:
        """Free it. Safe to call twice."""
        address, self._address = self._address, 0
        if address:
            self.delete(address)

    def __del__(self) -> None:
        self.close()
