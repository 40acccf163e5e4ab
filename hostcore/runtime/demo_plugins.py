"""Support for plugins of the demo:plugin contract: their polls, and the drivers that read sensors for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hostcore import shipped
from hostcore.compat.demo.contract import DRIVERS, POLLS
from hostcore.config.model import Limits
from hostcore.events import Event, TransferCompleted
from hostcore.quick_dataclass import replace
from hostcore.runtime.linker import LinkedComponent
from hostcore.runtime.plugin import PluginSpec

if TYPE_CHECKING:
    from hostcore.compat.demo.readings import Poll


def polls(linked: LinkedComponent) -> tuple[Poll, ...]:
    """The component's functions that return readings."""
    if not linked.polls:
        return ()
    from hostcore.compat.demo.readings import Poll  # noqa: PLC0415 - only for the contract demo:plugin

    return tuple(Poll(each, linked.polls[each]) for each in POLLS if each in linked.polls)


def needed_drivers(spec: PluginSpec, linked: LinkedComponent) -> tuple[PluginSpec, ...]:
    """The host's own drivers that read sensors for the plugin `spec`. They use the plugin's name."""
    imported = {each.name for each in linked.imports}
    return tuple(
        PluginSpec(
            spec.name,
            shipped.folder() / "plugins" / f"{driver}.py",
            limits=Limits(call_seconds=spec.limits.call_seconds),
        )
        for function, driver in DRIVERS.items()
        if function in imported
    )


def without_lines(publish: Callable[[Event], None]) -> Callable[[Event], None]:
    """Wrap `publish` for such a driver: its events name no line, because the line is not in the plugin's file."""

    def publish_without(event: Event) -> None:
        publish(replace(event, source_line=0) if isinstance(event, TransferCompleted) else event)

    return publish_without
