"""Reads a plugin's file: its Python, and whether it is the version that host.toml pins."""

from __future__ import annotations

import os

from hostcore.errors import PluginFileError
from hostcore.files import read_bounded
from hostcore.hashes import sha256
from hostcore.runtime.compiling.ahead import Ahead, beside
from hostcore.runtime.plugin import PluginSpec

MAX_SOURCE = 1 << 20
"""The longest .py, in bytes."""


def read_source(spec: PluginSpec) -> str:
    """The Python in a plugin's file.

    Raises:
        PluginFileError: it cannot be read, is too long, is no UTF-8 text, or is not the version that is pinned.
    """
    try:
        content = read_bounded(spec.path, MAX_SOURCE)
    except OSError as error:
        raise PluginFileError(spec.name, f"{spec.path}: {error.strerror}") from None
    if spec.sha256 is not None:
        require_pinned(spec, sha256_of(content))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PluginFileError(spec.name, f"{spec.path} is not UTF-8 text (byte {error.start})") from None


def ahead_of(spec: PluginSpec) -> Ahead | None:
    """The compiled file beside a component, if host.toml allows one."""
    return beside(spec.path, os.uname().machine, spec.compiled_sha256) if spec.compiled_sha256 else None


def sha256_of(content: bytes) -> str:
    """64 hex digits."""
    return sha256(content).hexdigest()


def require_pinned(spec: PluginSpec, found: str) -> None:
    """Raise PluginFileError unless `found` is the SHA-256 that host.toml pins, if it pins one."""
    if spec.sha256 is not None and found != spec.sha256.lower():
        raise PluginFileError(
            spec.name,
            f"{spec.path} has the SHA-256 {found}, but host.toml pins {spec.sha256}; "
            f"put the new hash into sha256 of [plugins.{spec.name}] if you trust the file",
        )
