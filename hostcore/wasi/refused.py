"""Files and sockets: every guest's C library imports them, and no plugin gets them.

The imports must exist, because CPython and Rust programs link them without using them. A call returns the interface's
own error code for a missing permission. If the function cannot return an error, the call ends the instance.
"""

from __future__ import annotations

REFUSED_PACKAGES = ("wasi:filesystem/", "wasi:sockets/")
"""Packages whose interfaces refuse every call."""

NO_FILES = "wasi:filesystem/preopens#get-directories"
"""The only function here with a harmless answer: there are no folders."""

REFUSALS = ("access-denied", "access", "not-permitted")
"""Error codes for a missing permission, of wasi:sockets/network and wasi:filesystem/types (WASI 0.2)."""


def is_refused(interface: str) -> bool:
    """Whether every call of `interface` (without its version) is refused."""
    return interface.startswith(REFUSED_PACKAGES)
