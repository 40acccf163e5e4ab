"""The folder of the wheels that were fetched for plugins, as the runtime and every command that fetches use it."""

from __future__ import annotations

from hostcore.config.loading import cache_folder
from hostcore.config.model import Config
from hostcore.libraries.store import WheelStore
from hostcore.runtime.loader import WHEELS


def wheel_store(config: Config) -> WheelStore:
    """Return the wheels of the folder that the settings name; by default it is the user's own.

    Raises:
        CacheError: host.toml names no folder, and no home folder is known.
    """
    return WheelStore(config.libraries.folder or cache_folder(config) / WHEELS)
