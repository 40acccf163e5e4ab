"""``wasi-host new --from PACKAGE``: writes a plugin for a library of PyPI."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from hostcore.access.decisions import conflicts
from hostcore.authoring.library import as_name, chip_of, library_plugin, package_of
from hostcore.authoring.place import first_free, own_place, require_name, require_new
from hostcore.cli.lines import say
from hostcore.cli.new import say_copied
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.question import agreed
from hostcore.config.finding import find_config
from hostcore.config.loading import load_config
from hostcore.config.model import Config
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.errors import HostError
from hostcore.libraries.draft.writing import Draft
from hostcore.log.safe_text import log_line
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS
from hostcore.quick_dataclass import dataclass, replace
from hostcore.reload.discovery import find_plugins
from hostcore.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Wish:
    """The library that a person wants a plugin for."""

    name: str | None
    """The plugin's name; None to derive it from the package's."""
    requirement: str
    """The package, with a version if the person wants one (PEP 508)."""
    address: int | None = None
    """The chip's I2C address, 0x08 to 0x77; None for the library's default."""
    grants: bool = False
    """Whether the person agrees to the permissions that the plugin likely needs."""


def new_from(config_file: Path | None, wish: Wish) -> int:
    """Fetch a library, and write a plugin that uses it. Blocks for seconds, for the network.

    Args:
        config_file: the settings file that the person named, if any.
        wish: what the person wants.

    Returns:
        0.

    Raises:
        HostError: the name cannot be used, the library cannot be fetched, or a file cannot be written. Nothing was
            written then, except wheels.
    """
    package = package_of(wish.requirement)
    found = find_config(config_file, Path.cwd())
    config, progress = load_config(found), TerminalProgress()
    name = _name_for(config, wish, package)

    def notice(line: str) -> None:
        progress.line(f"wasi-host: {log_line(line)}")

    wanted = DriverWish(DriverKind.LIBRARY, name, wish.requirement, address=wish.address)
    made = library_plugin(config, name, wanted, Workshop(progress), notice)
    drafted = made.draft
    if wish.address is not None and not drafted.gives_address:
        raise HostError(f"{drafted.what or package} takes no I2C address; leave out --address")
    grants = _is_granted(name, drafted, yes=wish.grants)
    place = own_place(found)
    say_copied(place)
    path = made.write(place.config, name, drafted.permissions if grants else ())
    _tell(place.config, path, drafted, grants=grants, is_watched=not place.is_copy)
    return 0


def parse_address(text: str) -> int:
    """Return an I2C address such as ``0x5c``. The ValueError for other text says what is allowed."""
    rule = f"an I2C address, 0x{I2C_FIRST_ADDRESS:02x} to 0x{I2C_LAST_ADDRESS:02x}"
    if re.fullmatch("0[xX][0-9a-fA-F]{1,2}", text) and I2C_FIRST_ADDRESS <= int(text, 16) <= I2C_LAST_ADDRESS:
        return int(text, 16)
    raise ValueError(rule)


def _name_for(config: Config, wish: Wish, package: str) -> str:
    folder = config.host.plugins_folder
    if wish.name is not None:
        require_new(config, folder / f"{require_name(wish.name)}.py")
        return wish.name
    names = [as_name(each) for each in (chip_of(package), package)]
    if (name := first_free(config, names)) is not None:
        return name
    raise HostError(
        f"there are plugins {' and '.join(dict.fromkeys(names))} already; give the new one a name: "
        f"wasi-host new NAME --from {package}"
    )


def _is_granted(name: str, drafted: Draft, *, yes: bool) -> bool:
    """Return whether the person agrees to the permissions. Without a terminal, nobody can be asked."""
    if not drafted.permissions:
        return False
    wanted = ", ".join(map(str, drafted.permissions))
    return yes or (sys.stdin.isatty() and agreed(f"Grant {name} {wanted}", "nothing is written"))


def _tell(config: Config, path: Path, drafted: Draft, *, grants: bool, is_watched: bool) -> None:
    name = path.stem
    say(f"{path} uses {drafted.what}." if drafted.what else f"{path} names what the library has: write the rest.")
    if grants:
        say(f"{config.path}: {name} may use {', '.join(map(str, drafted.permissions))}.")
    elif drafted.permissions:
        say(f"It may use nothing yet. Grant it: wasi-host grant {name} {' '.join(map(str, drafted.permissions))}")
    print("A running host takes it up at once." if is_watched else "Start wasi-host here to see what it reads.")
    for line in _warnings(config, name, drafted):
        say(f"wasi-host: warning: {line}", is_result=False)


def _warnings(config: Config, name: str, drafted: Draft) -> Iterator[str]:
    """Yield a line for each other plugin that has the devices of this one."""
    granted = load_config(config.path)
    plugins = [each for each in find_plugins(granted) if each.name != name]
    own = next((each for each in find_plugins(granted) if each.name == name), None)
    if own is not None:
        wanted = replace(own, permissions=drafted.permissions)
        for conflict in conflicts([*plugins, wanted], granted.access.shared):
            if name in conflict.plugins:
                yield str(conflict)
