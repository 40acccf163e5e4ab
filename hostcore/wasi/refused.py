"""What the C library of every guest imports but no plugin gets: files and sockets.

The imports are satisfied, since CPython and Rust programs link them without ever using them. A call is answered with
the interface's own error code for a missing permission, or ends the instance where the function cannot fail.
"""

from __future__ import annotations

REFUSED_PACKAGES = ("wasi:filesystem/", "wasi:sockets/")
"""The interfaces of these packages exist and refuse everything."""

NO_FILES = "wasi:filesystem/preopens#get-directories"
"""The one function of theirs that has a harmless answer: there are no folders."""

REFUSALS = ("access-denied", "access", "not-permitted")
"""The error codes for a missing permission: wasi:sockets/network and wasi:filesystem/types (WASI 0.2)."""


def is_refused(interface: str) -> bool:
    """Whether `interface` (without its version) is one of those."""
    return interface.startswith(REFUSED_PACKAGES)
