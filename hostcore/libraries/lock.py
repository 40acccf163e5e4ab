"""The lock of a plugin's libraries: which wheels were fetched for it. It is a pylock.toml (PEP 751).

The lock lies beside the plugin as ``NAME.lock``. It names no path of this computer, so that it can be kept in git and
copied to another one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from hostcore.errors import LockError, WheelError
from hostcore.files import read_bounded, write_whole
from hostcore.late_pattern import late_pattern
from hostcore.libraries import LOCK_SUFFIX
from hostcore.libraries.guest_python import GUEST_PYTHON, fits_guest
from hostcore.libraries.toml_table import Mistake, Table, parse_toml
from hostcore.libraries.wheel import LARGEST_WHEEL
from hostcore.libraries.wheel_name import is_package_name, normalized, parse_wheel_name, same_version
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass

LARGEST_LOCK = 256 << 10
"""Bytes of a lock. A package takes about 400."""
MOST_PACKAGES = 200
"""Packages of a lock. Drivers need one to twenty."""
LONGEST_URL = 1000
"""Characters of an address."""
FORMAT = "1"
"""The major version of the format (PEP 751, `lock-version`). A reader refuses others, and ignores unknown keys."""
DEPENDENCIES = "tool.wasi-host.dependencies"
"""The key of the requirements that a lock is for."""
_PACKAGE = late_pattern(r"packages\[(\d+)\]")
_HEADER = late_pattern(r"^\[\[ *packages *\]\]", re.MULTILINE)
_SHA256 = late_pattern(r"[0-9a-f]{64}")
_URL = late_pattern(r"https?://[!%->@-~]+")
"""An address without query and fragment, and without a dollar sign: pip replaces ``${NAME}`` in a requirement by a
variable of the environment, which can be a secret."""


@dataclass(frozen=True)
class LockedPackage:
    """A package in a lock: exactly one wheel."""

    name: str
    """The package's name as indexes spell it (PEP 503)."""
    version: str
    wheel: str
    """The file name of its wheel."""
    sha256: str
    """The wheel's SHA-256, 64 hex digits in lower case."""
    size: int | None = None
    """Bytes of the wheel; None if the lock does not say."""
    url: str = ""
    """The address that it was fetched from, "" if it did not come from an index."""


@dataclass(frozen=True)
class Lock:
    """The wheels that were fetched for a plugin."""

    dependencies: tuple[str, ...]
    """The requirements that they were fetched for, as the plugin's metadata wrote them. Empty in a lock of another
    program."""
    packages: tuple[LockedPackage, ...] = ()


def lock_path(plugin: Path) -> Path:
    """Return the path of the lock of a plugin's file."""
    return plugin.with_suffix(LOCK_SUFFIX)


def public_url(url: str) -> str:
    """Return an address as a lock may name it; "" if it is no address that others can use.

    A name, password or signature of a private index does not belong into a file that may be published. A path of this
    computer helps nobody else.
    """
    from urllib.parse import urlsplit  # noqa: PLC0415 - only fetching has addresses

    try:
        found = urlsplit(url)
        public = found._replace(netloc=found.netloc.rpartition("@")[2], query="", fragment="").geturl()
    except ValueError:
        return ""
    return public if len(public) <= LONGEST_URL and _URL.fullmatch(public) else ""


def read_lock(path: Path) -> Lock:
    """Read a lock, which may be one that pip or uv wrote.

    Raises:
        LockError: it is missing or unreadable, or is no lock of pure wheels; names the line and the key.
    """
    try:
        text = read_bounded(path, LARGEST_LOCK).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LockError(f"is not UTF-8 text (byte {error.start})", file=path.name) from None
    except FileNotFoundError:
        raise LockError("missing: the libraries are not fetched yet", file=path.name) from None
    except OSError as error:
        raise LockError(f"cannot be read: {error.strerror}", file=path.name) from None
    return parse_lock(text, path.name)


def parse_lock(text: str, file: str) -> Lock:
    """Read the text of a lock. `file` names it in errors. Raises LockError like `read_lock`."""
    try:
        return _lock(Table(parse_toml(text)))
    except Mistake as mistake:
        line = mistake.line or _line_of(mistake.key, text)
        raise LockError(mistake.problem, file=file, line=line, key=mistake.key) from None


def write_lock(path: Path, lock: Lock) -> None:
    """Replace a lock, completely or not at all. Blocks until it is on the disk.

    Raises:
        LockError: the disk is full or the folder cannot be written; the old lock is unchanged.
    """
    try:
        write_whole(path, lock_text(lock).encode(), mode=0o644)
    except OSError as error:
        raise LockError(f"cannot be written: {error.strerror}", file=str(path)) from None


def lock_text(lock: Lock) -> str:
    """Return the text of a lock. The same lock has the same text."""
    lines = [
        "# Written by wasi-host fetch. Keep it beside the plugin; do not edit it.",
        'lock-version = "1.0"',
        'created-by = "wasi-host"',
        f'requires-python = ">={GUEST_PYTHON}"',
    ]
    if not lock.packages:
        lines.append("packages = []")  # PEP 751 requires the key
    for package in sorted(lock.packages, key=lambda each: each.name):
        lines += ["", "[[packages]]", f"name = {_quoted(package.name)}", f"version = {_quoted(package.version)}"]
        lines.append(f"wheels = [{{ {_wheel_text(package)} }}]")
    listed = ", ".join(map(_quoted, lock.dependencies))
    return "\n".join([*lines, "", "[tool.wasi-host]", f"dependencies = [{listed}]", ""])


def _wheel_text(package: LockedPackage) -> str:
    """Return the inline table of a wheel. PEP 751 wants an address, or a path relative to the lock."""
    place = f"url = {_quoted(package.url)}" if package.url else f"path = {_quoted(package.wheel)}"
    size = "" if package.size is None else f", size = {package.size}"
    return f'name = {_quoted(package.wheel)}, {place}{size}, hashes = {{ sha256 = "{package.sha256}" }}'


def _quoted(text: str) -> str:
    """Return a basic string of TOML. JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _lock(table: Table) -> Lock:
    version = table.text("lock-version")
    if version.partition(".")[0] != FORMAT:
        raise Mistake(f"found {log_line(version, 40)!r}, allowed is {FORMAT}.x", "lock-version")
    python = table.text("requires-python", "")
    if not fits_guest(python):
        found = log_line(python, 60)
        raise Mistake(f"found {found!r}, but the Python in the sandbox is {GUEST_PYTHON}", "requires-python")
    tables = table.tables("packages")
    if len(tables) > MOST_PACKAGES:
        raise Mistake(f"found {len(tables):,} packages, allowed are {MOST_PACKAGES}", "packages")
    packages: dict[str, LockedPackage] = {}
    for each in tables:
        package = _package(each)
        if package.name in packages:
            raise Mistake(f"found a second package {package.name}, allowed is one", each.key_of("name"))
        packages[package.name] = package
    dependencies = table.table("tool").table("wasi-host").texts("dependencies")
    return Lock(tuple(dependencies), tuple(packages.values()))


def _package(table: Table) -> LockedPackage:
    name, version = table.text("name"), table.text("version")
    if not is_package_name(name):
        raise Mistake(f"found {log_line(name, 100)!r}, allowed is the name of a package", table.key_of("name"))
    if "marker" in table:
        raise Mistake("found a condition, allowed is a lock for the sandbox alone", table.key_of("marker"))
    if not fits_guest(python := table.text("requires-python", "")):
        problem = f"{name} needs Python {log_line(python, 60)}, but the Python in the sandbox is {GUEST_PYTHON}"
        raise Mistake(problem, table.key_of("requires-python"))
    wheels = table.tables("wheels")
    refused: WheelError | None = None
    for wheel in wheels:
        file = _file_of(wheel)
        try:
            found = parse_wheel_name(file)
        except WheelError as error:
            refused = refused or error
            continue
        if normalized(found.name) != normalized(name) or not same_version(found.version, version):
            problem = f"found {log_line(file, 100)!r}, allowed is a wheel of {name} {log_line(version, 60)}"
            raise Mistake(problem, wheel.key_of("name"))
        return _locked(normalized(name), version, file, wheel)
    reason = refused or "found none, and only wheels run in the sandbox"
    raise Mistake(str(reason), table.key_of("wheels"))


def _locked(name: str, version: str, file: str, wheel: Table) -> LockedPackage:
    sha256 = wheel.table("hashes").text("sha256")
    if not _SHA256.fullmatch(sha256):
        problem = f"found {log_line(sha256, 80)!r}, allowed are 64 hex digits in lower case"
        raise Mistake(problem, wheel.key_of("hashes.sha256"))
    url = wheel.text("url", "")
    if url and not (len(url) <= LONGEST_URL and _URL.fullmatch(url)):
        raise Mistake(f"found {log_line(url, 100)!r}, allowed is an address with https", wheel.key_of("url"))
    size = wheel.number("size", LARGEST_WHEEL) if "size" in wheel else None
    return LockedPackage(name, version, file, sha256, size, url)


def _file_of(wheel: Table) -> str:
    """Return the file name of a wheel: its name, or else the end of its address or path (PEP 751)."""
    return wheel.text("name", "") or file_at(wheel.text("url", "") or wheel.text("path", ""))


def file_at(place: str) -> str:
    """Return the file name at the end of an address or path."""
    from urllib.parse import unquote  # noqa: PLC0415 - only the locks of other programs may have no name

    return unquote(place.rpartition("/")[2])


def _line_of(key: str, text: str) -> int | None:
    """Return the line of the package that a key names."""
    index = _PACKAGE.match(key)
    headers = [found.start() for found in _HEADER.finditer(text)] if index else []
    if index is None or int(index[1]) >= len(headers):
        return None
    return text.count("\n", 0, headers[int(index[1])]) + 1
