"""Finds the files that come with the host: host.toml, plugins/, wit/ and the Python runtime component."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from zlib import crc32

_PACKAGE = Path(__file__).resolve().parent
AFTER_BUILD = Path("runtime", "immortal_objects.py")
"""Changes the Python runtime component when it is built."""


def folder() -> Path:
    """Return the folder with host.toml, plugins/ and wit/: in the installed package, or the top of the checkout."""
    installed = _PACKAGE / "shipped"
    return installed if installed.is_dir() else _PACKAGE.parent


def python_runtime() -> Path | None:
    """Return the prebuilt Python runtime component; None in a checkout, which builds it at the first start."""
    installed = _PACKAGE / "shipped" / "python-runtime.wasm"
    return installed if installed.is_file() else None


def sources_key() -> int:
    """Return a number that changes when a source of the Python runtime component changes.

    It is computed from the sizes and times of the files. Their content is not read.
    """
    builder = importlib.util.find_spec("componentize_py")
    sources = [*guest_sources().rglob("*.py"), *(folder() / "wit").glob("*.wit"), _PACKAGE / AFTER_BUILD]
    if builder is not None and builder.origin:
        sources.append(Path(builder.origin))
    found = [(path, path.stat()) for path in sorted(sources)]
    return crc32("".join(f"{path} {stat.st_size} {stat.st_mtime_ns}\n" for path, stat in found).encode())


def guest_sources() -> Path:
    """Return the folder of the Python code that runs inside the sandbox."""
    return _PACKAGE / "runtime" / "guest"


def is_own(settings: Path) -> bool:
    """Return whether a settings file is a person's own.

    The built-in one is, too, if the working directory is its folder: that is a clone of the project.
    """
    return settings.parent != folder() or Path.cwd() == folder()
