"""The settings file of a command that only reaches a running host."""

from __future__ import annotations

from pathlib import Path

from hostcore.config.finding import find_config
from hostcore.config.loading import load_config
from hostcore.control.holder import Holder, present_holder


def settings_and_host(explicit: Path | None) -> tuple[Path, Holder | None]:
    """Return the settings file, and the host that runs with it; None if none does. Blocks for some seconds at most.

    A running host goes on with its old settings while a person repairs a mistake in the file. So the file is read only
    if no host runs.

    Args:
        explicit: the file that the person named, if any.

    Raises:
        HostError: no host runs, and the file is unusable; or it is not possible to know whether a host runs.
    """
    path = find_config(explicit, Path.cwd()).absolute()
    holder = present_holder(path)
    if holder is None:
        load_config(path)
    return path, holder
