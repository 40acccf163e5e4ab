"""One of this project's own plugins as a new plugin, for a chip at any address."""

from __future__ import annotations

import re
from pathlib import Path

from hostcore import shipped
from hostcore.authoring.place import write_plugin
from hostcore.config.model import Config
from hostcore.driver_wish import DriverWish
from hostcore.errors import HostError
from hostcore.permissions import Permission

_ADDRESS = re.compile(r'settings\.get\("address", 0x[0-9A-Fa-f]{2}\)')
_BUS = re.compile(r'settings\.get\("bus"\)')


def write_own(config: Config, name: str, wish: DriverWish, permissions: tuple[Permission, ...]) -> Path:
    """Write a copy of one of this project's plugins, and grant it permissions: all, or nothing. Return its file.

    Args:
        config: the settings.
        name: the new plugin's name, which is free.
        wish: the plugin, and how its chip is connected.
        permissions: what the person agreed to.

    Raises:
        HostError: there is no such plugin, or a file cannot be written. Nothing was.
    """
    source = shipped.folder() / "plugins" / f"{wish.source}.py"
    if wish.source not in {each.stem for each in source.parent.glob("*.py")}:
        raise HostError(f"this project has no plugin {wish.source!r}")
    text = source.read_text(encoding="utf-8")
    path = config.host.plugins_folder / f"{name}.py"
    write_plugin(config, path, {path.name: connected(text, wish).encode()}, permissions)
    return path


def connected(source: str, wish: DriverWish) -> str:
    """Return the source with the wish's address and bus as defaults of its settings."""
    if wish.address is not None:
        source = _ADDRESS.sub(f'settings.get("address", 0x{wish.address:02X})', source)
    if wish.bus is not None:
        source = _BUS.sub(f'settings.get("bus", {wish.bus})', source)
    return source
