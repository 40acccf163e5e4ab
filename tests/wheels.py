"""Wheels made by tests, and damaged ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

PIP_TAGS = "py3-none-any"


def wheel_file(name: str, version: str = "1.0", tags: str = PIP_TAGS) -> str:
    """The file name of a wheel."""
    return f"{name.replace('-', '_')}-{version}-{tags}.whl"


def wheel_content(
    name: str,
    files: Mapping[str, str | bytes],
    *,
    version: str = "1.0",
    tags: str = PIP_TAGS,
    requires_python: str = "",
    requires: tuple[str, ...] = (),
) -> bytes:
    """A wheel with the files and with metadata, as pip would install it. The same arguments give the same bytes.

    Args:
        name: the package's name.
        files: their content by path. A file of the metadata replaces the one that is made.
        version: the package's version.
        tags: python tag, abi tag and platform tag.
        requires_python: `Requires-Python`, "" for none.
        requires: `Requires-Dist`.
    """
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    headers = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    headers += [f"Requires-Python: {requires_python}"] if requires_python else []
    headers += [f"Requires-Dist: {each}" for each in requires]
    pythons, abi, platform = tags.split("-")
    listed = "".join(f"Tag: {python}-{abi}-{platform}\n" for python in pythons.split("."))
    made = {
        f"{info}/METADATA": "\n".join(headers) + "\n\nA package of a test.\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\n{listed}",
        f"{info}/RECORD": "",
    }
    return archive({**made, **files})


def archive(files: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive with the files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archived:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.compress_type = method
            entry.external_attr = 0o100644 << 16
            archived.writestr(entry, content)
    return made.getvalue()
