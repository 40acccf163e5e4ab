"""Grants permissions to a plugin: adds them to host.toml and leaves all other text as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hostcore.config.edit import with_permissions
from hostcore.config.loading import merge_plugins
from hostcore.config.model import Config, PluginSettings
from hostcore.errors import ConfigError, HostError
from hostcore.permissions import Permission, covers
from hostcore.reload.discovery import plugin_files
from hostcore.reload.settings_file import edit_settings
from hostcore.toml.reader import shown
from hostcore.toml.words import nearest


def grant(path: Path, plugin: str, permissions: Sequence[Permission]) -> tuple[Permission, ...]:
    """Write permissions for a plugin into a settings file, as `edit_settings` does. Blocks until they are on the disk.

    Args:
        path: the settings file.
        plugin: a plugin that has a table in this file, or a file in the plugins folder.
        permissions: the permissions to grant. Those that the plugin already has are left out.

    Returns:
        The permissions that were added.

    Raises:
        ConfigError: as for `edit_settings`; or there is no such plugin. The file is unchanged by this call.
    """
    added: tuple[Permission, ...] = ()

    def with_missing(config: Config, text: str) -> str:
        nonlocal added
        added = _missing(plugin_settings(config, plugin).permissions, permissions)
        return _edited(path, text, plugin, added) if added else text

    edit_settings(path, with_missing)
    return added


def plugin_settings(config: Config, name: str) -> PluginSettings:
    """Return the settings of the plugin `name`, enabled or not. Reads the plugins folder.

    Raises:
        ConfigError: there is no such plugin; the message names all plugins.
    """
    plugins = {each.name: each for each in merge_plugins(config, plugin_files(config))}
    if name not in plugins:
        raise ConfigError(
            f"no plugin {shown(name)}{nearest(name, plugins)}; there are: {', '.join(plugins) or 'none'} "
            f"(tables here, and files in {config.host.plugins_folder})",
            file=str(config.path),
        )
    return plugins[name]


def require_changeable(config: Config, done: str) -> None:
    """Raise HostError if the settings let no front end change anything.

    Args:
        config: the settings.
        done: what would be done to a driver, such as "added".
    """
    if config.screen.read_only:
        raise HostError(f"{config.path} has read_only = true in [screen], so no driver can be {done}")


def _missing(present: Sequence[Permission], wanted: Sequence[Permission]) -> tuple[Permission, ...]:
    """Return those of `wanted` that neither `present` nor an earlier one of `wanted` covers."""
    added: tuple[Permission, ...] = ()
    for each in wanted:
        if not covers((*present, *added), each):
            added = (*added, each)
    return added


def _edited(path: Path, text: str, plugin: str, added: Sequence[Permission]) -> str:
    """Return the new text."""
    edited = with_permissions(text, plugin, [str(each) for each in added])
    if edited is None:
        listed = ", ".join(f'"{each}"' for each in added)
        raise ConfigError(
            f"cannot be edited automatically; add {listed} by hand to permissions in [plugins.{plugin}]",
            file=str(path),
        )
    return edited
