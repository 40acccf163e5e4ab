"""Where the files that come with the host lie: host.toml, plugins/, wit/ and the Python runtime component."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder() -> Path:
    """The folder that holds host.toml, plugins/ and wit/: inside the installed package, or the checkout's top."""
    installed = _PACKAGE / "shipped"
    return installed if installed.is_dir() else _PACKAGE.parent


def python_runtime() -> Path | None:
    """The prebuilt Python runtime component, or None in a checkout, where it is built on the first start."""
    installed = _PACKAGE / "shipped" / "python-runtime.wasm"
    return installed if installed.is_file() else None


def guest_sources() -> Path:
    """The folder of the Python that runs inside the sandbox."""
    return _PACKAGE / "runtime" / "guest"
