"""The metadata in a wheel: the headers of its METADATA and WHEEL files, and whether they fit the file name."""

from __future__ import annotations

from hostcore.libraries.guest_python import GUEST_PYTHON, fits_guest
from hostcore.libraries.wheel_name import WheelName, normalized, same_version
from hostcore.log.safe_text import log_line

LONGEST_HEAD = 64 << 10
"""Bytes in which the headers are looked for. The names come first; those of 39 wheels that drivers need take 4 KiB."""
FORMAT = "1"
"""The major version of the wheel format (PEP 427, `Wheel-Version`)."""


class ContradictionError(Exception):
    """The metadata contradicts the file name or itself, or is for another Python. The text is for a person."""


def check_metadata(name: WheelName, content: bytes) -> None:
    """Check METADATA (core metadata): whose it is, and whether the package runs with the Python in the sandbox.

    Raises:
        ContradictionError: it is another package's, or it needs another Python.
    """
    found = headers(content)
    package, version = _first(found, "name"), _first(found, "version")
    if normalized(package) != normalized(name.name) or not same_version(version, name.version):
        raise ContradictionError(f"says in METADATA that it is {_shown(package)} {_shown(version)}")
    python = _first(found, "requires-python")
    if not fits_guest(python):
        raise ContradictionError(f"needs Python {_shown(python)}, but the Python in the sandbox is {GUEST_PYTHON}")


def check_wheel_file(name: WheelName, content: bytes) -> None:
    """Check WHEEL: the format's version, and the tags.

    Raises:
        ContradictionError: it is in another format, or for other Pythons than the file name says.
    """
    found = headers(content)
    version = _first(found, "wheel-version")
    if version.partition(".")[0] != FORMAT:
        raise ContradictionError(f"is in version {_shown(version)!r} of the wheel format, allowed is {FORMAT}.x")
    tags = found.get("tag", [])
    if name.tags.isdisjoint(tags):
        raise ContradictionError(f"says in WHEEL that it is for {_shown(', '.join(tags))!r}")


def headers(content: bytes) -> dict[str, list[str]]:
    """Return the values of each header by its name in lower case, up to the first empty line.

    These are the headers of email (RFC 822), but Python's parser takes 12 ms to import. Lines that continue a header
    are left out: no header that is read here has any.
    """
    head = (b"\n" + content[:LONGEST_HEAD].replace(b"\r\n", b"\n")).partition(b"\n\n")[0]
    found: dict[str, list[str]] = {}
    for line in head.decode("utf-8", "replace").split("\n"):
        name, colon, value = line.partition(":")
        if colon and not name.startswith((" ", "\t")):
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def _first(found: dict[str, list[str]], name: str) -> str:
    return found.get(name, [""])[0]


def _shown(text: str) -> str:
    return log_line(text, 60)
