"""What a recording says of its host and its plugin, as the facts that a screen shows. All of it may be forged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hostcore.backends.base import BackendKind
from hostcore.events.facts import BusFacts, HostFacts, PluginFacts
from hostcore.permissions import Permission, parse_permission
from hostcore.place import BusName
from hostcore.recording.model import Header


def host_facts(header: Header, chips_folder: Path | None) -> HostFacts:
    """Return the facts about the host. What was not recorded is as in the built-in settings.

    Args:
        header: of the recording.
        chips_folder: the folder of a person's own chip files on this computer.
    """
    return HostFacts(
        version=header.host_version,
        host_name="replay",
        config_file=Path("host.toml"),
        is_shipped_config=True,
        plugins_folder=Path(),
        interval=1.0,
        buses=tuple(_buses(header)),
        started_ns=header.began_ns,
        chips_folder=chips_folder,
    )


def plugin_facts(header: Header) -> PluginFacts:
    """Return the facts about the plugin. Its name and its permissions help to tell the chips."""
    limits = header.limits
    permissions = tuple(_permissions(header))
    return PluginFacts(header.plugin, Path(header.file), 1.0, permissions, limits.memory_mib, limits.call_seconds)


def _buses(header: Header) -> Iterator[BusFacts]:
    for name in header.buses:
        with suppress(ValueError):
            yield BusFacts(BusName(name), BackendKind.SIMULATED if name in header.simulated else BackendKind.LINUX)


def _permissions(header: Header) -> Iterator[Permission]:
    for text in header.permissions:
        with suppress(ValueError):
            yield parse_permission(text)
