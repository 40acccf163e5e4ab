"""Finds the plugins: the files in the plugins folder, combined with the settings of host.toml."""

from __future__ import annotations

from pathlib import Path

from hostcore.config.loading import merge_plugins
from hostcore.config.model import Config, PluginSettings
from hostcore.config.values import check_plugin_name
from hostcore.errors import ConfigError
from hostcore.files import require_ordinary

SUFFIXES = (".py", ".wasm")
"""The two forms of a plugin."""


def find_plugins(config: Config) -> tuple[PluginSettings, ...]:
    """Return all enabled plugins, those of host.toml in its order, then the others by name.

    Raises:
        ConfigError: the plugins folder cannot be read, or its files and host.toml contradict each other.
    """
    return tuple(each for each in merge_plugins(config, plugin_files(config)) if each.enabled)


def odd_files(config: Config) -> tuple[str, ...]:
    """Return one line for each entry of the plugins folder that looks like a plugin, but cannot be one."""
    return tuple(f"{path} is left out: {problem}" for path in _candidates(config) if (problem := _problem_of(path)))


def plugin_files(config: Config) -> list[Path]:
    """Return the plugin files in the plugins folder.

    Raises:
        ConfigError: the folder cannot be read.
    """
    return [path for path in _candidates(config) if not _problem_of(path)]


def _problem_of(path: Path) -> str:
    """Return why a path cannot be a plugin's; "" if it can be one."""
    try:
        require_ordinary(path.stat(), path)
        check_plugin_name(path.stem)
    except OSError as error:  # also a link to a path that does not exist or cannot be read
        return error.strerror or str(error)
    except ValueError as rule:
        return f"no plugin can have its name; allowed is {rule}"
    return ""


def _candidates(config: Config) -> list[Path]:
    """Return the entries with a plugin's suffix, except working copies, whose names start with "." or "_"."""
    folder = config.host.plugins_folder
    try:
        files = [path for path in folder.iterdir() if path.suffix in SUFFIXES and path.name[0] not in "._"]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(
            f"cannot read the folder {folder}: {error.strerror}", file=str(config.path), key="host.plugins_folder"
        ) from None
    return sorted(files)
