"""``wasi-host new``: writes a first driver, which runs at once."""

from __future__ import annotations

from pathlib import Path

from hostcore.authoring.empty import write_empty
from hostcore.authoring.place import Place, own_place, require_name, require_new
from hostcore.cli.lines import say
from hostcore.config.finding import find_config


def new(config_file: Path | None, name: str) -> int:
    """Write a driver into the plugins folder, and grant it the permission that it uses.

    Args:
        config_file: the settings file that the person named, if any.
        name: the driver's name.

    Returns:
        0.

    Raises:
        HostError: no plugin can have this name, it is in use, or a file cannot be written.
    """
    require_name(name)
    place = own_place(find_config(config_file, Path.cwd()))
    say_copied(place)
    require_new(place.config, place.config.host.plugins_folder / f"{name}.py")
    path, _ = write_empty(place.config, name)
    taken_up = "start wasi-host here to see it" if place.is_copy else "a running host takes it up at once"
    say(f"{path} reads the computer's temperature; {taken_up}.")
    say("Change it and save: the new version runs within a second. To grant it more, run: wasi-host grant " + name)
    return 0


def say_copied(place: Place) -> None:
    """Say that the built-in settings were copied, if they were."""
    if place.is_copy:
        say(f"{place.config.path} and the plugins beside it are copies of the built-in ones. You can change them.")
