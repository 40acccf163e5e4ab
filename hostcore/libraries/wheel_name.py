"""The file name of a wheel, and what it says: package, version, and the Pythons that it is for."""

from __future__ import annotations

import re
from itertools import product

from hostcore.errors import WheelError
from hostcore.late_pattern import late_pattern
from hostcore.libraries.guest_python import GUEST_PYTHON, LAST_MINOR
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass

LONGEST_NAME = 200
"""Characters of a file name. File systems allow 255 bytes."""
_WHEEL = late_pattern(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?)"
    r"-(?P<version>[0-9A-Za-z][0-9A-Za-z.!+_]*)"
    r"(?:-[0-9][0-9A-Za-z._]*)?"  # build number
    r"-(?P<python>[0-9A-Za-z._]+)-(?P<abi>[0-9A-Za-z._]+)-(?P<platform>[0-9A-Za-z._]+)\.whl"
)
"""PEP 427: ``{distribution}-{version}(-{build tag})?-{python tag}-{abi tag}-{platform tag}.whl``."""
_PACKAGE = late_pattern(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class WheelName:
    """The file name of a pure wheel for the Python in the sandbox."""

    file: str
    name: str
    """The package's name, as the file name spells it."""
    version: str
    tags: frozenset[str]
    """Compatibility tags (PEP 425), such as ``py3-none-any``."""

    @property
    def folder(self) -> str:
        """The first part of the names that tracebacks show, such as ``adafruit_circuitpython_sht4x-1.0.27``."""
        return f"{self.name}-{self.version}"


def parse_wheel_name(file: str) -> WheelName:
    """Take the file name of a wheel apart.

    Raises:
        WheelError: it is no file name of a wheel, or the wheel is native or for another Python.
    """
    found = _WHEEL.fullmatch(file) if len(file) <= LONGEST_NAME else None
    if found is None:
        problem = "no file name of a wheel; allowed is one such as pynmea2-1.19.0-py3-none-any.whl"
        raise WheelError(problem, file=log_line(file, 100))
    pythons, abis, platforms = (found[each].split(".") for each in ("python", "abi", "platform"))
    if "none" not in abis or "any" not in platforms:
        raise WheelError(
            f"{found['name']} has native code for {found['abi']}-{found['platform']}; only pure Python runs in the "
            f"sandbox",
            file=file,
        )
    if not any(map(_is_for_guest, pythons)):
        raise WheelError(
            f"{found['name']} is for {found['python']}, but the Python in the sandbox is {GUEST_PYTHON}", file=file
        )
    tags = frozenset("-".join(each) for each in product(pythons, abis, platforms))
    return WheelName(file, found["name"], found["version"], tags)


def normalized(name: str) -> str:
    """Return the one spelling of a package's name that indexes use (PEP 503): ``RPi.bme280`` is ``rpi-bme280``."""
    return re.sub(r"[-_.]+", "-", name).lower()


def package_of(file: str) -> str:
    """Return the package (PEP 503) of a wheel's file name, whose form is not checked."""
    return normalized(file.partition("-")[0])


def is_package_name(name: str) -> bool:
    """Return whether a package can have this name (PEP 508, `Names`)."""
    return len(name) <= LONGEST_NAME and _PACKAGE.fullmatch(name) is not None


def same_version(one: str, other: str) -> bool:
    """Return whether two versions are equal (PEP 440): ``1.0`` and ``1.0.0`` are. A file name has ``_`` for ``-``."""
    one, other = one.replace("_", "-"), other.replace("_", "-")
    if one == other:
        return True
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - nearly all are spelled alike

    try:
        return max(len(one), len(other)) <= LONGEST_NAME and Version(one) == Version(other)
    except InvalidVersion:
        return False


def _is_for_guest(tag: str) -> bool:
    """Return whether the Python in the sandbox runs what a tag such as ``py3`` stands for (PEP 425)."""
    found = re.fullmatch(r"py3(\d{0,2})", tag)
    return found is not None and int(found[1] or 0) <= LAST_MINOR
