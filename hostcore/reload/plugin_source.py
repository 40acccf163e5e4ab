"""The sources of a host's plugins: a folder with host.toml, or one file that a person tries."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hostcore.access.decisions import not_in_host_toml
from hostcore.config.model import Config, PluginSettings
from hostcore.errors import HostError
from hostcore.permissions import Permission, covers, use_of
from hostcore.quick_dataclass import replace
from hostcore.reload.discovery import find_plugins, odd_files

if TYPE_CHECKING:
    from hostcore.settings_wish import SettingsWish


class PluginSource(Protocol):
    """Knows the plugins of a host, and their permissions. Its methods can be called from any thread, one at a time."""

    keeps_requests: bool
    """Whether the accesses that the plugins were denied are saved for ``wasi-host grant``."""
    keeps_states: bool
    """Whether the states of the plugins outlast the host."""
    keeps_history: bool
    """Whether the readings of the plugins are stored."""
    takes_drivers: bool
    """Whether the host runs drivers that are added to the plugins folder."""

    def find(self, config: Config) -> tuple[PluginSettings, ...]:
        """Return all enabled plugins. Raises ConfigError if files and settings contradict each other."""

    def for_them(self, config: Config) -> Config:
        """Return the settings without those that mean other plugins than these."""

    def odd_files(self, config: Config) -> tuple[str, ...]:
        """Return one line for each file that looks like a plugin, but cannot be one."""

    def not_granted(self, plugin: str, wanted: Permission) -> str:
        """Return why a plugin is denied an access, and what a person can do."""

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> None:
        """Grant permissions to a plugin. `find` returns them from then on. Raises HostError if that is not possible."""

    def fulfil(self, wish: SettingsWish) -> None:
        """Change the settings for a person. Raises HostError if that is not possible."""


class Installed:
    """The plugins of host.toml and of the plugins folder.

    Args:
        config_path: the settings file, which takes the permissions.
    """

    keeps_requests = keeps_states = keeps_history = takes_drivers = True

    def __init__(self, config_path: Path) -> None:
        self._config_path = config_path

    def find(self, config: Config) -> tuple[PluginSettings, ...]:
        """See `PluginSource`."""
        return find_plugins(config)

    def for_them(self, config: Config) -> Config:
        """See `PluginSource`."""
        return config

    def odd_files(self, config: Config) -> tuple[str, ...]:
        """See `PluginSource`."""
        return odd_files(config)

    def not_granted(self, plugin: str, wanted: Permission) -> str:
        """See `PluginSource`."""
        return not_in_host_toml(plugin, wanted)

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> None:
        """See `PluginSource`. Writes host.toml."""
        from hostcore.reload.granting import grant  # noqa: PLC0415 - few sessions grant anything

        grant(self._config_path, plugin, permissions)

    def fulfil(self, wish: SettingsWish) -> None:
        """See `PluginSource`. Writes host.toml."""
        from hostcore.reload.wishes import fulfil  # noqa: PLC0415 - few sessions change settings

        fulfil(self._config_path, wish)


class OneFile:
    """One file, with its permissions for this run. The plugins folder and the tables of plugins do not count.

    Args:
        name: the plugin's name.
        path: the file, absolute.
        permissions: what it may use.
    """

    keeps_requests = keeps_states = keeps_history = takes_drivers = False

    def __init__(self, name: str, path: Path, permissions: Iterable[Permission]) -> None:
        self.name, self._path = name, path
        self.permissions = tuple(permissions)

    def find(self, config: Config) -> tuple[PluginSettings, ...]:
        """See `PluginSource`. Only interval and limits are those of host.toml."""
        only = PluginSettings(
            name=self.name,
            path=self._path,
            enabled=True,
            interval=config.host.interval,
            sha256=None,
            permissions=self.permissions,
            limits=config.limits,
            settings="{}",
        )
        return (only,)

    def for_them(self, config: Config) -> Config:
        """See `PluginSource`. Alarms watch the plugins of host.toml."""
        return replace(config, alarms=())

    def odd_files(self, config: Config) -> tuple[str, ...]:
        """See `PluginSource`. There are none: no folder is searched."""
        return ()

    def not_granted(self, plugin: str, wanted: Permission) -> str:
        """See `PluginSource`. The command says how to grant it."""
        return f"{plugin} may not {use_of(wanted)} in this run"

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> None:
        """See `PluginSource`. Writes no file."""
        self.permissions += tuple(each for each in permissions if not covers(self.permissions, each))

    def fulfil(self, wish: SettingsWish) -> None:
        """See `PluginSource`. There are no settings to keep."""
        raise HostError(f"{self.name} runs on trial, and host.toml does not count for it; install it, and try again")
