"""The packages that the sandbox has already, and the empty wheels that pip gets in their place.

Drivers depend on these packages, which reach for devices with native code. In the sandbox, modules of the host replace
them. pip must find a version of each: otherwise it would refuse the driver, or choose one from years ago that depends
on less.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.late_pattern import late_pattern
from hostcore.libraries.wheel_name import normalized

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

PROVIDED: Mapping[str, tuple[str, ...]] = {
    "adafruit-blinka": ("board", "busio", "digitalio", "microcontroller", "micropython", "pulseio", "pwmio"),
    "adafruit-blinka-bleio": (),
    "adafruit-circuitpython-typing": ("circuitpython_typing",),
    "adafruit-extended-bus": ("adafruit_extended_bus",),
    "adafruit-platformdetect": (),
    "adafruit-pureio": (),
    "gpiozero": ("gpiozero",),
    "pyserial": ("serial",),
    "rpi-gpio": ("RPi",),
    "rpi-gpio2": ("RPi",),
    "rpi-lgpio": ("RPi",),
    "smbus": ("smbus",),
    "smbus-cffi": ("smbus",),
    "smbus2": ("smbus2",),
    "spidev": ("spidev",),
    "rpi-ws281x": ("rpi_ws281x",),
    # Blinka depends on these for boards that are no Raspberry Pi. Nothing else in a driver imports them.
    "binho-host-adapter": (),
    "pyftdi": (),
    "sysv-ipc": (),
}
"""The name of each package (PEP 503), and the modules of the sandbox that replace it; () if drivers never import it."""
_NAME = late_pattern(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
NEWEST = "9999"
"""The version of an empty wheel, higher than any real one, so that pip prefers it."""
_VERSION = late_pattern(r"[0-9A-Za-z][0-9A-Za-z.+_!]{0,60}")
"""What a version can be made of (PEP 440), in a file name."""
_DATE = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip archive can have. With a fixed date, the same wheel has the same bytes."""


def is_provided(requirement: str) -> bool:
    """Return whether the sandbox has the package of a requirement (PEP 508), such as ``smbus2>=0.4``."""
    found = _NAME.match(requirement)
    return found is not None and "@" not in requirement and normalized(found[0]) in PROVIDED


def fitting_version(specifiers: SpecifierSet) -> str:
    """Return a version that the specifiers allow: `NEWEST`, or else one that they name, or one beside it.

    ``==0.7.0`` gives 0.7.0, ``>=7,<9`` gives 7, ``<9`` gives 0. ``===`` may be followed by any text, such as a path, so
    texts that are no versions do not count.
    """
    named = [version for each in specifiers if _VERSION.fullmatch(version := each.version.removesuffix(".*"))]
    candidates = [NEWEST, *named, *(f"{each}.1" for each in named), "0"]
    return next((each for each in candidates if specifiers.contains(each, prereleases=True)), NEWEST)


def write_empty_wheel(folder: Path, package: str, version: str) -> None:
    """Write a wheel without modules. The same arguments give the same bytes. Raises OSError."""
    name = package.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: wasi-host\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, _DATE), text)
    # The build number makes pip prefer it to a real wheel of the same version.
    (folder / f"{name}-{version}-{NEWEST}-py3-none-any.whl").write_bytes(content.getvalue())
