"""Grants permissions to a plugin: adds them to host.toml and leaves all other text as it is."""

from __future__ import annotations

import codecs
import os
import shlex
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hostcore import shipped
from hostcore.config.edit import with_permissions
from hostcore.config.loading import FILE_KIND, FILE_NAME, LARGEST_FILE, merge_plugins, parse_config
from hostcore.config.model import Config, PluginSettings
from hostcore.errors import ConfigError, HostError
from hostcore.files import Folder
from hostcore.permissions import Permission, covers
from hostcore.reload.discovery import plugin_files
from hostcore.toml.document import decode, reading
from hostcore.toml.reader import nearest, shown

WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
"""The bits of a file's mode that allow writing."""


def grant(path: Path, plugin: str, permissions: Sequence[Permission]) -> tuple[Permission, ...]:
    """Write permissions for a plugin into a settings file. Blocks until they are on the disk.

    The file is replaced completely or not at all, and only if no one else changed it at the same time. It keeps its
    owner and mode. If `path` is a link, the file that it leads to is edited; a link of another user is followed only
    to files of that user. Root can run this in a folder of a user who means harm.

    Args:
        path: the settings file.
        plugin: a plugin that has a table in this file, or a file in the plugins folder.
        permissions: the permissions to grant. Those that the plugin already has are left out.

    Returns:
        The permissions that were added.

    Raises:
        ConfigError: the file cannot be read or written, is not valid, would become invalid, was changed at the same
            time, or is the built-in one; or there is no such plugin. The file is unchanged by this call.
    """
    require_own(path)
    try:
        folder, name = Folder.of_file(path)
        with folder, folder.locked():
            folder.remove_unfinished(name, age=0)
            return _grant(_Target(path, folder, name), plugin, permissions)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", file=str(path)) from None


@dataclass(frozen=True, slots=True)
class _Target:
    """The file to edit. All access goes through its opened folder."""

    path: Path
    """Its path as the person knows it, for messages. It may be a link."""
    folder: Folder
    name: str

    def read(self) -> tuple[bytes, os.stat_result]:
        with reading(self.path, FILE_KIND):
            return self.folder.snapshot(self.name, LARGEST_FILE)


def _grant(target: _Target, plugin: str, permissions: Sequence[Permission]) -> tuple[Permission, ...]:
    before, found = target.read()
    text = decode(target.path, before)
    settings = plugin_settings(parse_config(target.path, text), plugin)
    added = _missing(settings.permissions, permissions)
    if added:
        after = _edited(target.path, text, plugin, added)
        content = after.encode("utf-8-sig" if before.startswith(codecs.BOM_UTF8) else "utf-8")
        _require_writable(target, found)
        with target.folder.staged(target.name, content, like=found) as replace:
            if target.read()[0] != before:
                problem = "was changed while it was edited; nothing was written, try again"
                raise ConfigError(problem, file=str(target.path))
            replace()
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


def require_own(path: Path) -> None:
    """Raise ConfigError for the built-in settings, unless the working directory is theirs. It says how to copy them."""
    folder = shipped.folder()
    if Path(os.path.realpath(path)) == folder / FILE_NAME and folder != Path.cwd():
        copy = shlex.join(["cp", "-r", str(folder / FILE_NAME), str(folder / "plugins"), "."])
        raise ConfigError(
            f"these are the built-in settings, which belong to the installation; make them your own with: {copy}",
            file=str(path),
        )


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
    """Return the new text. It is checked to be valid."""
    edited = with_permissions(text, plugin, [str(each) for each in added])
    if edited is None:
        listed = ", ".join(f'"{each}"' for each in added)
        raise ConfigError(
            f"cannot be edited automatically; add {listed} by hand to permissions in [plugins.{plugin}]",
            file=str(path),
        )
    try:
        parse_config(path, edited)
    except ConfigError as error:  # its line number is that of the new text, which no one has seen
        raise ConfigError(error.problem, file=error.file, key=error.key) from None
    return edited


def _require_writable(target: _Target, found: os.stat_result) -> None:
    """Respect a file that is read-only. Its folder alone would allow to replace it."""
    if not (found.st_mode & WRITABLE and os.access(target.name, os.W_OK, dir_fd=target.folder.descriptor)):
        file = shlex.quote(os.path.realpath(target.path))
        raise ConfigError(f"is read-only; allow writing with: chmod u+w {file}", file=str(target.path))
