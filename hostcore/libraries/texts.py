"""Finds the text of library files that a traceback or a trace names, in the wheels that this computer has fetched."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from hostcore.errors import WheelError
from hostcore.files import read_bounded
from hostcore.libraries.wheel import LARGEST_WHEEL, Wheel

MOST_WHEELS = 1000
"""Most wheels of the folder that are looked at."""
_METADATA = ".dist-info/METADATA"


def library_texts(folder: Path, files: Collection[str]) -> dict[str, str]:
    """Return the texts of library files, as far as they are here. Blocks for a few milliseconds for each wheel.

    A recording tells the version of a library, but not the hash of its wheel. So the text is that of this version. What
    ran may be another text, if the library was changed.

    Two wheels of one version may have different texts, such as two builds of an own library. Then there is none.

    Args:
        folder: the folder of wheels.
        files: names as tracebacks show them: ``adafruit_circuitpython_sht4x-1.0.27/adafruit_sht4x.py``.
    """
    wanted = {file.partition("/")[0] for file in files if "/" in file}
    found: dict[str, set[str]] = {}
    for wheel in _wheels(folder, wanted) if wanted else ():
        for file in files:
            distribution, _, path = file.partition("/")
            if distribution == wheel.name.folder and (text := _text(wheel, path)) is not None:
                found.setdefault(file, set()).add(text)
    return {file: texts.pop() for file, texts in found.items() if len(texts) == 1}


def _wheels(folder: Path, wanted: set[str]) -> Iterator[Wheel]:
    """The wheels of these distributions, each ``NAME-VERSION``."""
    for path in sorted(folder.glob("*.whl"))[:MOST_WHEELS]:
        try:
            with zipfile.ZipFile(path) as archive:
                names = {each.removesuffix(_METADATA) for each in archive.namelist() if each.endswith(_METADATA)}
            for name in names & wanted:
                yield Wheel(f"{name}-py3-none-any.whl", read_bounded(path, LARGEST_WHEEL))
        except (OSError, ValueError, zipfile.BadZipFile, WheelError):
            continue  # a wheel that is damaged has no text to show


def _text(wheel: Wheel, path: str) -> str | None:
    try:
        content = wheel.find_data(path)
    except WheelError:
        return None
    return None if content is None else content.decode("utf-8-sig", "replace")
