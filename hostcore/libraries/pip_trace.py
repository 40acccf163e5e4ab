"""Reads what pip prints at ``-vv`` with PIP_RESOLVER_DEBUG, which says more than its report and its last error.

The lines are the same from pip 22.3, which comes with Python 3.11, to pip 26.3. They are for people, so what they do
not say is simply not known: each message that is made of them has a general form, too.
"""

from __future__ import annotations

import errno
import re
from collections import defaultdict
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from hostcore.libraries.pip_process import LARGEST_FILE, REFUSED
from hostcore.libraries.wheel_name import LONGEST_NAME, normalized, package_of
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from packaging.requirements import Requirement

LONGEST_LINE = 4000
"""Characters of a line that are looked at. An index can have pip print a line of megabytes, in which the expressions
below would search for hours."""
_WANTED = re.compile(r"adding_requirement\(Specifier\w*\('([^']{1,300})'\), (None|.{0,80}?LinkCandidate\('[^' ]+)")
_CANDIDATES = re.compile(r"^Given no hashes to check (\d+) links for project '([^']+)'", re.MULTILINE)
_SKIPPED = re.compile(
    r"Skipping link: (?:(?P<source>No sources permitted)|(?P<native>none of the wheel's tags)).*?: (?P<link>\w+:\S+)"
)
_PURE = re.compile(r"-none-any\.whl(#|$)")
_OTHER_PYTHON = re.compile(r"Link requires a different Python \(.*?\): (?P<link>\w+:\S+)")
_UNREACHABLE = re.compile(r"^Could not fetch URL (\S+): (?!404 )", re.MULTILINE)
_RETRYING = re.compile(r"Retrying \(|Incremented Retry|Starting new HTTPS? connection")
_ASKED = re.compile(r"^(?:Getting page|Starting new HTTPS? connection \(\d+\):) (\S+)", re.MULTILINE)
_VERSIONS = re.compile(r"satisfies the requirement ([\w.-]+).*\(from versions: ([^)]*)\)")
_CAUSE = re.compile(r"^The conflict is caused by:\n((?: {4}.+\n)+)", re.MULTILINE)
_LAST = re.compile(r"^ERROR: (.+)", re.MULTILINE)
_UNEXPECTED = re.compile(r"Exception:|.*due to an OSError")
_RAISED = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)*(\S.*)", re.MULTILINE)
_TOO_LARGE = f"[Errno {errno.EFBIG}]"
_PASSWORD = re.compile(r"(?<=//)[^/\s@]+@")
_AT_PLACE = re.compile(
    r"^(?:Collecting|Processing) (?:(?P<package>[\w.-]{1,100}) ?@ )?(?P<place>[\w+.-]*:?/\S+)"
    r"(?: \(from (?P<by>[\w.-]+))?",
    re.MULTILINE,
)


class Kind(Enum):
    """Why pip left a file of an index out."""

    SOURCE = "has only source, which would have to be built, and building runs its code"
    NATIVE = "has native code, and only pure Python runs in the sandbox"
    OTHER_PYTHON = "needs another Python"


@dataclass(frozen=True)
class Wanted:
    """A requirement, and who has it."""

    requirement: str
    by: str
    """The package's name (PEP 503), "" for the plugin itself."""


class Trace:
    """What pip printed.

    Args:
        text: its output.
    """

    def __init__(self, text: str) -> None:
        self._text = "\n".join(line[:LONGEST_LINE] for line in text.split("\n"))

    def wanted(self) -> tuple[Wanted, ...]:
        """Return the requirements in the order in which pip met them, each once."""
        found = (Wanted(text, _package_of(by)) for text, by in _WANTED.findall(self._text))
        return tuple(dict.fromkeys(found))

    def unavailable(self) -> frozenset[str]:
        """Return the packages of which pip never found a file that it could use."""
        most: dict[str, int] = defaultdict(int)
        for count, name in _CANDIDATES.findall(self._text):
            most[normalized(name)] = max(most[normalized(name)], int(count[:9]))
        return frozenset(name for name, count in most.items() if not count)

    def left_out(self) -> Mapping[str, frozenset[Kind]]:
        """Return why files of each package were left out."""
        found: dict[str, set[Kind]] = defaultdict(set)
        for match in _SKIPPED.finditer(self._text):
            is_pure = _PURE.search(match["link"])  # but for Python 2, or for a version that is too new
            kind = Kind.SOURCE if match["source"] else Kind.OTHER_PYTHON if is_pure else Kind.NATIVE
            found[_package_of(match["link"])].add(kind)
        for match in _OTHER_PYTHON.finditer(self._text):
            found[_package_of(match["link"])].add(Kind.OTHER_PYTHON)
        return {name: frozenset(kinds) for name, kinds in found.items()}

    def versions(self, package: str) -> str:
        """Return the versions that could be used of a package that had none that fits; "" if there are none."""
        for name, versions in _VERSIONS.findall(self._text):
            if normalized(name) == package and versions != "none":
                return log_line(", ".join(versions.split(", ")[-8:]), 200)
        return ""

    def unreachable(self) -> str:
        """Return the host of an index that did not answer properly; "" if all did."""
        found = _UNREACHABLE.search(self._text)
        return _host_of(found[1]) if found else ""

    def last_asked(self) -> str:
        """Return the host that pip asked last; "" if none."""
        found = _ASKED.findall(self._text)
        return _host_of(found[-1]) if found else ""

    def conflict(self) -> str:
        """Return the requirements that contradict each other, in one line; "" if none do."""
        found = _CAUSE.search(self._text)
        return log_line("; ".join(dict.fromkeys(map(str.strip, found[1].splitlines()))), 300) if found else ""

    def refused(self) -> str:
        """Return what pip wanted to build or to clone, and who wants it; "" if nothing, or if pip did not say.

        Such a package is named by an address or a path: pip leaves sources of an index out.
        """
        text, refused, _ = self._text.partition(REFUSED)
        found = [*_AT_PLACE.finditer(text)] if refused else []
        if not found:
            return ""
        package, place, by = found[-1].group("package", "place", "by")
        named = f"{package} @ {place}" if package else place
        return log_line(_PASSWORD.sub("", f"{by} wants {named}, which" if by else named), 300)

    def last_error(self) -> str:
        """Return the last error in pip's own words, without passwords.

        If pip did not expect the error, it is the last line of the traceback, which is missing if the disk is full.
        """
        found = _LAST.findall(self._text)
        words: str = found[-1] if found else "it said nothing"
        if _UNEXPECTED.match(words):
            raised = _RAISED.findall(self._text)
            if any(_TOO_LARGE in each for each in raised):
                return f"an index sends a file of more than {LARGEST_FILE >> 20} MiB"
            words = f"pip failed: {raised[-1]}" if raised else "pip failed, and could not say why; is the disk full?"
        return log_line(_PASSWORD.sub("", words), 300)

    def says(self, words: str) -> bool:
        """Return whether pip printed these words."""
        return words in self._text


def is_progress(line: bytes) -> bool:
    """Return whether a line of the output tells of progress. Another attempt to reach an index is none."""
    return _RETRYING.search(line.decode("utf-8", "replace")) is None


def parsed(wanted: Wanted) -> Requirement | None:
    """Parse a requirement; None if it is not one."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - takes 40 ms

    try:
        return Requirement(wanted.requirement)
    except InvalidRequirement:
        return None


def _package_of(link: str) -> str:
    """Return the package (PEP 503) of a file that a link leads to; "" if there is no file."""
    file = unquote(link.partition("#")[0].rpartition("/")[2]).partition("#")[0][:LONGEST_NAME]
    if file.endswith(".whl"):
        return package_of(file)
    source = re.match(r"(.+?)-v?\d", file)
    return normalized(source[1]) if source else ""


def _host_of(url: str) -> str:
    """Return the host of an address, without a password that may be in it."""
    host = urlsplit(url).netloc if "//" in url else url
    return log_line(host.rpartition("@")[2] or url, 100)
