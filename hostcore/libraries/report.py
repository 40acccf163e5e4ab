"""Reads pip's report of what it would install, and finds the packages in it that the sandbox needs.

pip decides about conditions (``; python_version < "3.12"``) for the host's Python, on this computer. The sandbox has
another Python. So the conditions are decided here: packages that only the host would need are left out, and those that
pip did not look for are named.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostcore.files import read_bounded
from hostcore.libraries.guest_python import GUEST_PYTHON
from hostcore.libraries.lock import public_url
from hostcore.libraries.wheel_name import normalized
from hostcore.quick_dataclass import dataclass, field

if TYPE_CHECKING:
    from packaging.requirements import Requirement

LARGEST_REPORT = 16 << 20
"""Bytes. A package takes up to 100 KiB, because the report contains its description."""
SANDBOX = {
    "implementation_name": "cpython",
    "implementation_version": f"{GUEST_PYTHON}.0",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Linux",
    "platform_version": "",
    "python_full_version": f"{GUEST_PYTHON}.0",
    "python_version": GUEST_PYTHON,
    "sys_platform": "linux",
}
"""Environment markers (PEP 508). Drivers expect Linux, and the sandbox says that it is (guest/linux_names.py)."""


class ReportError(Exception):
    """The report is not one that pip writes, is too long, or has a package by its address. The text is for a person."""


@dataclass(frozen=True)
class Reported:
    """A package that pip chose."""

    name: str
    """PEP 503."""
    version: str
    url: str
    """Where its wheel lies, without a password."""
    sha256: str
    """64 hex digits; "" if neither the index nor pip knows it."""
    requires: tuple[str, ...] = ()
    """Its requirements, with their conditions."""


@dataclass
class Needed:
    """What the sandbox needs of the packages that pip chose."""

    packages: dict[str, Reported] = field(default_factory=dict)
    """By name, in the order in which they were met."""
    by: dict[str, str] = field(default_factory=dict)
    """Who needs a package first, "" for the plugin. Also of packages that pip did not choose."""
    missing: dict[str, str] = field(default_factory=dict)
    """A requirement by the name of a package that pip did not choose."""


def read_report(path: Path) -> dict[str, Reported]:
    """Read a report (pip's "installation report", version 1). Returns the packages by name.

    Raises:
        ReportError: it is missing, too long, or not a report.
    """
    try:
        found = json.loads(read_bounded(path, LARGEST_REPORT))
        packages = [_reported(each) for each in found["install"]]
    except OSError as error:
        raise ReportError(f"pip's report cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReportError(f"pip's report cannot be read: {type(error).__name__}") from None
    return {each.name: each for each in packages}


def needed(roots: Iterable[Requirement], reported: Mapping[str, Reported], replaced: Iterable[str]) -> Needed:
    """Find what the sandbox needs, starting from the plugin's requirements.

    Args:
        roots: the plugin's requirements.
        reported: the packages that pip chose.
        replaced: the packages that have empty wheels.

    Raises:
        ReportError: a package names another one by its address.
    """
    found, left_out = Needed(), frozenset(replaced)
    queue = deque((root, "") for root in roots if applies(root))
    visited: set[tuple[str, frozenset[str]]] = set()
    while queue:
        requirement, by = queue.popleft()
        name, extras = normalized(requirement.name), frozenset(requirement.extras)
        if (name, extras) in visited:
            continue
        visited.add((name, extras))
        if requirement.url is not None:
            problem = f"{by} wants {name} from {public_url(requirement.url) or 'an address'}"
            raise ReportError(f"{problem}, allowed is a package of an index")
        found.by.setdefault(name, by)
        package = reported.get(name)
        if name in left_out:
            continue
        if package is None:
            found.missing[name] = without_condition(requirement)
            continue
        found.packages[name] = package
        queue.extend((each, name) for each in _requirements(package) if applies(each, extras))
    return found


def applies(requirement: Requirement, extras: Iterable[str] = ()) -> bool:
    """Return whether a requirement's condition holds in the sandbox, for any of the extras that were asked for."""
    from packaging.markers import UndefinedComparison, UndefinedEnvironmentName  # noqa: PLC0415 - takes 40 ms

    marker = requirement.marker
    if marker is None:
        return True
    try:
        return any(marker.evaluate({**SANDBOX, "extra": extra}) for extra in ("", *extras))
    except (UndefinedComparison, UndefinedEnvironmentName):
        return True


def without_condition(requirement: Requirement) -> str:
    """Return the text of a requirement without its condition, which pip would decide for the host."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{requirement.specifier}"


def _requirements(package: Reported) -> Iterator[Requirement]:
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - takes 40 ms

    for text in package.requires:
        try:
            yield Requirement(text)
        except InvalidRequirement:  # pip has not obeyed it either
            continue


def _reported(found: dict[str, Any]) -> Reported:
    metadata, download = found["metadata"], found["download_info"]
    hashes = download.get("archive_info", {}).get("hashes", {})
    requires = metadata.get("requires_dist", [])
    return Reported(
        normalized(str(metadata["name"])),
        str(metadata["version"]),
        str(download["url"]),
        str(hashes.get("sha256", "")),
        tuple(map(str, requires)),
    )
