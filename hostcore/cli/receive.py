"""``wasi-host receive``: what ``wasi-host push`` runs over ssh on the computer of the host."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from hostcore.cli.new_plugin import require_name
from hostcore.config.loading import find_config, load_config
from hostcore.config.model import Config
from hostcore.errors import HostError
from hostcore.files import Folder
from hostcore.reload.granting import require_own

LARGEST_DRIVER = 1 << 20
"""The most bytes of a driver that can be put there."""


def receive(config_file: Path | None, name: str, sha256: str) -> int:
    """Put a driver from standard input into the plugins folder, whole or not at all. Blocks until it has arrived.

    Args:
        config_file: the settings file that the person named, if any.
        name: the name of its plugin.
        sha256: the digest of all of it, in hex.

    Returns:
        0.

    Raises:
        HostError: it may not be put there, did not arrive whole, or cannot be written. Nothing has changed.
    """
    config = load_config(find_config(config_file, Path.cwd()))
    path = _place(config, require_name(name))
    source = sys.stdin.buffer.read(LARGEST_DRIVER + 1)
    if hashlib.sha256(source).hexdigest() != sha256:
        raise HostError(
            f"{path}: it did not arrive whole, or has more than {LARGEST_DRIVER} bytes; nothing has changed"
        )
    try:
        with Folder.open(path.parent) as folder:
            folder.write(path.name, source, mode=0o644)
    except OSError as error:
        raise HostError(f"{path}: cannot be written: {error.strerror}") from None
    return 0


def _place(config: Config, name: str) -> Path:
    """Return the file of a plugin in the plugins folder.

    Raises:
        HostError: these settings do not let a driver be put there.
    """
    require_own(config.path)
    if config.screen.read_only:
        raise HostError(f"{config.path} has read_only = true in [screen], so no driver can be put there")
    path = config.host.plugins_folder / f"{name}.py"
    others = [each.path for each in config.plugins if each.name == name and each.path != path]
    others += [each for each in (path.with_suffix(".wasm"),) if each.exists()]
    if others:
        raise HostError(f"the plugin {name} is {others[0]} already; give your file another name")
    return path
