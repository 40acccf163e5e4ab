"""Finds the plugins: the files in the plugins folder, combined with the settings of host.toml."""

from __future__ import annotations

from pathlib import Path

from hostcore.config.loading import merge_plugins
from hostcore.config.model import Config, PluginSettings
from hostcore.config.values import check_plugin_name
from hostcore.errors import ConfigError

SUFFIXES = (".py", ".wasm")
"""The two forms of a plugin."""


def find_plugins(config: Config) -> tuple[PluginSettings, ...]:
    """Return all enabled plugins, those of host.toml in its order, then the others by name.

    Raises:
        ConfigError: the plugins folder cannot be read, or its files and host.toml contradict each other.
    """
    return tuple(each for each in merge_plugins(config, plugin_files(config)) if each.enabled)


def odd_files(config: Config) -> tuple[str, ...]:
    """Return one line for each file in the plugins folder that looks like a plugin, but cannot be one."""
    return tuple(
        f"{path} is left out: no plugin can have its name; allowed is {rule}"
        for path in _candidates(config)
        if (rule := _rule_against(path.stem))
    )


def plugin_files(config: Config) -> list[Path]:
    """Return the plugin files in the plugins folder.

    Raises:
        ConfigError: the folder cannot be read.
    """
    return [path for path in _candidates(config) if not _rule_against(path.stem)]


def _rule_against(name: str) -> str:
    """Return the rule that a name breaks; "" if a plugin can have the name."""
    try:
        check_plugin_name(name)
    except ValueError as rule:
        return str(rule)
    return ""


def _candidates(config: Config) -> list[Path]:
    """Return the files with a plugin's suffix, except working copies, whose names start with "." or "_"."""
    folder = config.host.plugins_folder
    try:
        files = [path for path in folder.iterdir() if path.suffix in SUFFIXES and path.name[0] not in "._"]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(
            f"cannot read the folder {folder}: {error.strerror}", file=str(config.path), key="host.plugins_folder"
        ) from None
    return sorted(path for path in files if _is_file(path))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a link to a path that cannot be read
        return False
