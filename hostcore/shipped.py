"""Finds the files that come with the host: host.toml, plugins/, wit/ and the Python runtime component."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from zlib import crc32

_PACKAGE = Path(__file__).resolve().parent


def folder() -> Path:
    """The folder that holds host.toml, plugins/ and wit/: inside the installed package, or the checkout's top."""
    installed = _PACKAGE / "shipped"
    return installed if installed.is_dir() else _PACKAGE.parent


def python_runtime() -> Path | None:
    """The prebuilt Python runtime component, or None in a checkout, where it is built on the first start."""
    installed = _PACKAGE / "shipped" / "python-runtime.wasm"
    return installed if installed.is_file() else None


def sources_key() -> int:
    """Changes with all that a Python runtime component of this checkout is built from: by sizes and times, unread."""
    builder = importlib.util.find_spec("componentize_py")
    sources = [*guest_sources().rglob("*.py"), *(folder() / "wit").glob("*.wit")]
    if builder is not None and builder.origin:
        sources.append(Path(builder.origin))
    found = [(path, path.stat()) for path in sorted(sources)]
    return crc32("".join(f"{path} {stat.st_size} {stat.st_mtime_ns}\n" for path, stat in found).encode())


def guest_sources() -> Path:
    """The folder of the Python that runs inside the sandbox."""
    return _PACKAGE / "runtime" / "guest"
