"""The place of a new plugin: the person's own settings and plugins folder, which may have to be made first."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from hostcore import shipped
from hostcore.config.finding import FILE_NAME
from hostcore.config.loading import load_config
from hostcore.config.model import Config
from hostcore.config.values import check_plugin_name
from hostcore.errors import ConfigError, HostError
from hostcore.files import Folder, make_folder
from hostcore.permissions import Permission
from hostcore.quick_dataclass import dataclass
from hostcore.reload.granting import grant


def require_name(name: str) -> str:
    """Return `name` if a plugin can have it. Raises HostError for other names."""
    try:
        return check_plugin_name(name)
    except ValueError as rule:
        raise HostError(f"no plugin can have the name {name!r}; allowed is {rule}") from None


def require_new(config: Config, path: Path) -> None:
    """Raise HostError if a plugin at `path` would replace another one, or get its table of host.toml."""
    for taken in (path, path.with_suffix(".wasm")):
        if taken.exists():
            raise HostError(f"{taken} is there already; choose another name")
    if any(plugin.name == path.stem for plugin in config.plugins):
        raise HostError(f"{config.path} has [plugins.{path.stem}] already; choose another name")


def is_new(config: Config, path: Path) -> bool:
    """Return whether `require_new` allows the path."""
    try:
        require_new(config, path)
    except HostError:
        return False
    return True


def first_free(config: Config, names: Sequence[str]) -> str | None:
    """Return the first of these names that a new plugin can have; None if all are taken.

    Raises:
        HostError: no plugin can have that name.
    """
    free = (each for each in names if is_new(config, config.host.plugins_folder / f"{each}.py"))
    found = next(free, None)
    return None if found is None else require_name(found)


def write_plugin(config: Config, path: Path, files: Mapping[str, bytes], permissions: Sequence[Permission]) -> None:
    """Write the files of a new plugin and grant it permissions: all, or nothing.

    Args:
        config: the settings to edit.
        path: the plugin's file.
        files: the content of each file in its folder, by name. Those that the plugin needs come before it.
        permissions: the permissions that the person agreed to.

    Raises:
        HostError: a file cannot be written, or the settings cannot be edited.
    """
    written: list[str] = []
    try:
        make_folder(path.parent, 0o777)
        with Folder.open(path.parent) as folder:
            try:
                for name, content in files.items():
                    written.append(name)
                    folder.write(name, content, mode=0o666)
                if permissions:
                    grant(config.path, path.stem, permissions)
            except (HostError, OSError):
                for name in written:
                    folder.remove(name)
                raise
    except OSError as error:
        raise HostError(f"{path}: cannot be written: {error.strerror}") from None


@dataclass(frozen=True, slots=True)
class Place:
    """The settings that a new plugin belongs to."""

    config: Config
    is_copy: bool
    """Whether the settings and the plugins beside them have just been copied from the built-in ones."""


def own_place(found: Path) -> Place:
    """Return the person's own settings. If there are none yet, copy the built-in settings and plugins here.

    Args:
        found: the settings file in use.

    Raises:
        HostError: they cannot be read or copied. Nothing was written.
    """
    folder, here = shipped.folder(), Path.cwd()
    if shipped.is_own(found):
        return Place(load_config(found), is_copy=False)
    own = here / FILE_NAME
    try:
        with Folder.open(here) as opened:
            _copy_built_in(folder / "plugins", found.read_bytes(), opened)
    except FileExistsError:
        raise ConfigError(
            f"there is no {FILE_NAME} here, but a folder plugins; copy {found} here yourself, or use another folder",
            file=str(own),
        ) from None
    except OSError as error:
        raise HostError(f"cannot copy the settings here: {error.strerror}: {error.filename or here}") from None
    return Place(load_config(own), is_copy=True)


def _copy_built_in(plugins: Path, settings: bytes, here: Folder) -> None:
    """Write the settings and a copy of the plugins into a folder, both or none.

    Raises:
        OSError: FileExistsError if there is a folder plugins already.
    """
    if here.stat("plugins") is not None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), "plugins")
    staged = f".plugins.{os.urandom(6).hex()}"
    try:
        with here.subfolder(staged) as copy:
            _copy(plugins, copy)
        with here.staged(FILE_NAME, settings, mode=0o666) as replace:
            here.rename(staged, "plugins")
            replace()
    finally:
        shutil.rmtree(staged, ignore_errors=True, dir_fd=here.descriptor)


def _copy(source: Path, target: Folder) -> None:
    for each in sorted(source.iterdir()):
        if not each.is_dir():
            target.write(each.name, each.read_bytes(), mode=0o666)
        elif each.name != "__pycache__":
            with target.subfolder(each.name) as inner:
                _copy(each, inner)
