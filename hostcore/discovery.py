"""Finds the plugins: the files in the plugins folder, and what host.toml says of them."""

from __future__ import annotations

from pathlib import Path

from hostcore.config import merge_plugins
from hostcore.config_model import Config, PluginSettings
from hostcore.errors import ConfigError

SUFFIXES = (".py", ".wasm")
"""The two forms of a plugin."""


def find_plugins(config: Config) -> tuple[PluginSettings, ...]:
    """Every plugin that is enabled, in host.toml's order, then by name.

    Raises:
        ConfigError: the plugins folder cannot be read, or its files and host.toml contradict each other.
    """
    return tuple(each for each in merge_plugins(config, plugin_files(config)) if each.enabled)


def plugin_files(config: Config) -> list[Path]:
    """The plugin files in the plugins folder; those that start with "." or "_" are somebody's working copies."""
    folder = config.host.plugins_folder
    try:
        files = [path for path in folder.iterdir() if path.suffix in SUFFIXES and path.name[0] not in "._"]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(
            f"cannot read the folder {folder}: {error.strerror}", file=str(config.path), key="host.plugins_folder"
        ) from None
    return sorted(path for path in files if path.is_file())
