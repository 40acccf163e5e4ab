"""The folders that the host keeps between its starts."""

from __future__ import annotations

from pathlib import Path

from hostcore.config.model import Config
from hostcore.errors import CacheError
from hostcore.libraries.store import WheelStore
from hostcore.runtime.loader import WHEELS


def cache_folder(config: Config) -> Path:
    """Return the folder of compiled components.

    Raises:
        CacheError: host.toml names none, and no home folder is known.
    """
    if config.host.cache_folder is None:
        raise CacheError("no home folder is known for compiled components; set cache_folder in [host] of host.toml")
    return config.host.cache_folder


def wheel_store(config: Config) -> WheelStore:
    """Return the wheels that were fetched for plugins. Raises CacheError like `cache_folder`."""
    return WheelStore(config.libraries.folder or cache_folder(config) / WHEELS)
