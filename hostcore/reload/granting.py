"""Grants permissions to a plugin: adds them to host.toml and leaves all other text as it is."""

from __future__ import annotations

import codecs
import fcntl
import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hostcore import shipped
from hostcore.config.edit import with_permissions
from hostcore.config.loading import FILE_NAME, decode_config, merge_plugins, parse_config, read_config
from hostcore.config.model import Config, PluginSettings
from hostcore.config.reader import nearest, shown
from hostcore.errors import ConfigError
from hostcore.files import write_whole
from hostcore.permissions import Permission, covers
from hostcore.reload.discovery import plugin_files

WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
"""The bits of a file's mode that allow writing."""


def grant(path: Path, plugin: str, permissions: Sequence[Permission]) -> tuple[Permission, ...]:
    """Write permissions for a plugin into a settings file. Blocks until they are on the disk.

    The file is replaced completely or not at all, and only if no one else changed it at the same time. It keeps its
    mode.

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
        with _locked(_target(path).parent):
            return _grant(path, plugin, permissions)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", file=str(path)) from None


def _grant(path: Path, plugin: str, permissions: Sequence[Permission]) -> tuple[Permission, ...]:
    before = read_config(path)
    text = decode_config(path, before)
    settings = plugin_settings(parse_config(path, text), plugin)
    added = _missing(settings.permissions, permissions)
    if added:
        after = _edited(path, text, plugin, added)
        _replace(path, before, after.encode("utf-8-sig" if before.startswith(codecs.BOM_UTF8) else "utf-8"))
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
    if _target(path) == folder / FILE_NAME and folder != Path.cwd():
        copy = shlex.join(["cp", "-r", str(folder / FILE_NAME), str(folder / "plugins"), "."])
        raise ConfigError(
            f"these are the built-in settings, which belong to the installation; make them your own with: {copy}",
            file=str(path),
        )


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


def _replace(path: Path, before: bytes, after: bytes) -> None:
    """Replace the file's content, unless it is no longer `before`."""
    target = _target(path)
    found = target.stat()
    if not (found.st_mode & WRITABLE and os.access(target, os.W_OK)):
        raise ConfigError(f"is read-only; allow writing with: chmod u+w {shlex.quote(str(target))}", file=str(path))
    staged = target.with_name(f".{target.name}.granting")
    try:
        write_whole(staged, after)
        with suppress(PermissionError):  # only root can change the owner of a file
            os.chown(staged, found.st_uid, found.st_gid)
        staged.chmod(stat.S_IMODE(found.st_mode))
        if read_config(path) != before:
            raise ConfigError("was changed while it was edited; nothing was written, try again", file=str(path))
        staged.replace(target)
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)


def _target(path: Path) -> Path:
    """Return the file itself if `path` is a link to it."""
    return Path(os.path.realpath(path))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let only one process or thread at a time edit settings in `folder`."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
