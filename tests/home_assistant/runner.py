"""Runs the core of Home Assistant with its MQTT integration, and answers questions on standard input.

This runs in Home Assistant's own Python. Each line of standard input is a JSON object with the key "do"; each answer
is a line of JSON.
"""

# mypy: ignore-errors

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from types import MappingProxyType

from homeassistant import config_entries, core, loader
from homeassistant.components.mqtt.abbreviations import ABBREVIATIONS, DEVICE_ABBREVIATIONS, ORIGIN_ABBREVIATIONS
from homeassistant.helpers import (
    area_registry,
    category_registry,
    entity,
    floor_registry,
    frame,
    issue_registry,
    label_registry,
    restore_state,
    template,
)
from homeassistant.helpers import device_registry as devices
from homeassistant.helpers import entity_registry as entities

PRESENT = frozenset({"http", "file_upload"})
"""Integrations on which that of MQTT depends for its page of settings; they are said to be there already."""
OWN_NOISE = frozenset({"aiohttp_fast_zlib", "homeassistant.helpers.frame"})
"""What complains of how Home Assistant is started here, whatever is published."""


class Problems(logging.Handler):
    """Keeps what Home Assistant complains about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        if record.name not in OWN_NOISE:
            self.lines.append(f"{record.name}: {record.getMessage()}"[:2000])


async def started(folder: Path) -> core.HomeAssistant:
    """Return a Home Assistant without any integration. What it knows is in `folder`."""
    (folder / "configuration.yaml").touch()
    hass = core.HomeAssistant(str(folder))
    hass.config.skip_pip = True
    hass.config.components |= PRESENT
    loader.async_setup(hass)
    frame.async_setup(hass)
    entity.async_setup(hass)
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    await hass.config_entries.async_initialize()
    kept = (area_registry, category_registry, devices, entities, floor_registry, label_registry, issue_registry)
    for each in kept:
        if hasattr(each, "async_setup"):  # since 2026.3 or later
            each.async_setup(hass)
    for each in kept:
        await each.async_load(hass)
    await restore_state.async_load(hass)
    template.async_setup(hass)
    hass.set_state(core.CoreState.running)
    return hass


async def connected(hass: core.HomeAssistant, broker: dict) -> None:
    """Add the integration of MQTT, if `hass` does not know it from an earlier run."""
    if hass.config_entries.async_entries("mqtt"):
        await hass.config_entries.async_setup(hass.config_entries.async_entries("mqtt")[0].entry_id)
        return
    entry = config_entries.ConfigEntry(
        version=1,
        minor_version=2,
        domain="mqtt",
        title="MQTT",
        data=broker,
        options={},
        source="user",
        unique_id=None,
        discovery_keys=MappingProxyType({}),
        subentries_data=(),
    )
    await hass.config_entries.async_add(entry)


def answer_states(hass: core.HomeAssistant) -> dict:
    """All entities with their states."""
    registry = entities.async_get(hass)
    return {each.entity_id: _state(each, registry.async_get(each.entity_id)) for each in hass.states.async_all()}


def _state(state: core.State, entry: entities.RegistryEntry | None) -> dict:
    known = {}
    if entry:
        known = {"category": entry.entity_category, "unique_id": entry.unique_id, "options": dict(entry.options)}
    return {"state": state.state, "attributes": dict(state.attributes), **known}


def answer_devices(hass: core.HomeAssistant) -> dict:
    """All devices by name."""
    registry, entry = devices.async_get(hass), hass.config_entries.async_entries("mqtt")[0]
    return {
        each.name: {
            "via": registry.async_get(each.via_device_id).name if each.via_device_id else None,
            "version": each.sw_version,
            "model": each.model,
        }
        for each in devices.async_entries_for_config_entry(registry, entry.entry_id)
    }


async def main() -> None:
    """Answer until standard input ends."""
    folder, broker = Path(sys.argv[1]), json.loads(sys.argv[2])
    problems = Problems()
    logging.basicConfig(handlers=[problems], level=logging.WARNING)
    hass = await started(folder)
    await connected(hass, broker)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match json.loads(line):
            case {"do": "states"}:
                found = answer_states(hass)
            case {"do": "devices"}:
                found = answer_devices(hass)
            case {"do": "problems"}:
                found, problems.lines = problems.lines, []
            case {"do": "keys"}:
                found = [*ABBREVIATIONS, *ABBREVIATIONS.values(), *DEVICE_ABBREVIATIONS, *ORIGIN_ABBREVIATIONS]
            case {"do": "call", "service": service, "data": data}:
                await hass.services.async_call(*service.split("."), data, blocking=True)
                found = None
        print(json.dumps(found, default=str), flush=True)
    await hass.async_stop(force=True)


if __name__ == "__main__":
    asyncio.run(main())
