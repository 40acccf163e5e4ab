"""``wasi-host receive``: what ``wasi-host push`` runs over ssh on the computer of the host."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from hostcore.authoring.place import require_name
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.errors import HostError
from hostcore.files import Folder
from hostcore.reload.granting import require_changeable
from hostcore.reload.settings_file import require_own
from hostcore.runtime.plugin_file import MAX_SOURCE

LARGEST: Mapping[str, int] = MappingProxyType({".py": MAX_SOURCE, ".wasm": 64 << 20})
"""The most bytes of a plugin's file that can be put there, by its suffix. Sealed Python has about 18 MB."""


def receive(config_file: Path | None, name: str, sha256: str) -> int:
    """Put a driver from standard input into the plugins folder, whole or not at all. Blocks until it has arrived.

    Args:
        config_file: the settings file that the person named, if any.
        name: the name of its file: that of its plugin, with or without ``.py``, or with ``.wasm``.
        sha256: the digest of all of it, in hex.

    Returns:
        0.

    Raises:
        HostError: it may not be put there, did not arrive whole, or cannot be written. Nothing has changed.
    """
    config = find_and_load(config_file)
    suffix = ".wasm" if name.endswith(".wasm") else ".py"
    path = _place(config, require_name(name.removesuffix(suffix)), suffix)
    source = sys.stdin.buffer.read(LARGEST[suffix] + 1)
    if hashlib.sha256(source).hexdigest() != sha256:
        raise HostError(
            f"{path}: it did not arrive whole, or has more than {LARGEST[suffix]} bytes; nothing has changed"
        )
    try:
        with Folder.open(path.parent) as folder:
            folder.write(path.name, source, mode=0o644)
    except OSError as error:
        raise HostError(f"{path}: cannot be written: {error.strerror}") from None
    return 0


def _place(config: Config, name: str, suffix: str) -> Path:
    """Return the file of a plugin in the plugins folder.

    Raises:
        HostError: these settings do not let a driver be put there.
    """
    require_own(config.path)
    require_changeable(config, "put there")
    path = config.host.plugins_folder / f"{name}{suffix}"
    others = [each.path for each in config.plugins if each.name == name and each.path not in {None, path}]
    others += [each for each in map(path.with_suffix, LARGEST) if each != path and each.exists()]
    if others:
        raise HostError(f"the plugin {name} is {others[0]} already; give your file another name")
    return path
