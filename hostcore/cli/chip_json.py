"""A chip file as JSON, for scripts. Registers and commands are referred to by their names."""

from __future__ import annotations

from typing import Any

from hostcore.chips.model import AnswerCondition, Chip, Command, Condition, Field, Identity, Measurement, Register
from hostcore.events.event_json import to_json


def summary_json(chip: Chip) -> dict[str, Any]:
    """Return what the list of all chips says of one, for `json.dumps`."""
    return {
        "name": chip.key,
        "chips": list(chip.names),
        "maker": chip.maker,
        "purpose": chip.purpose,
        "addresses": [f"0x{each:02x}" for each in chip.addresses],
    }


def chip_json(chip: Chip) -> dict[str, Any]:
    """Return all that the chip file says, for `json.dumps`."""
    return {
        **summary_json(chip),
        "source": chip.source,
        "libraries": list(chip.libraries),
        "bus": to_json(chip.bus),
        "spi": to_json(chip.spi),
        "identity": [_identity(each) for each in chip.identity],
        "crc": to_json(chip.crc),
        "measurement": _measurement(chip.measurement) if chip.measurement else None,
        "registers": [_register(each) for each in chip.registers],
        "has_all_registers": chip.complete,
        "reserved": [{"first": each.start, "last": each.stop - 1} for each in chip.reserved],
        "commands": [to_json(each) for each in chip.commands],
    }


def _identity(identity: Identity) -> dict[str, Any]:
    return {"register": identity.register.name, "values": list(identity.values), "source": identity.source}


def _measurement(measurement: Measurement) -> dict[str, Any]:
    return {
        "source": measurement.source,
        "start": [_way(each) for each in measurement.start],
        "ready": _way(measurement.ready),
        "busy": _way(measurement.busy),
        "wait_ms": measurement.wait_ms,
        "results": [each.name for each in measurement.results],
    }


def _way(way: Condition | AnswerCondition | Command | None) -> dict[str, Any] | None:
    match way:
        case None:
            return None
        case Command():
            return {"command": way.name}
        case AnswerCondition():
            return to_json(way)  # type: ignore[no-any-return]
        case Condition():
            field = way.field.name if way.field else None
            return {"register": way.register.name, "field": field, "value": way.value, "negated": way.negated}


def _register(register: Register) -> dict[str, Any]:
    return {
        "name": register.name,
        "address": register.address,
        "size": register.size,
        "byte_order": register.byte_order,
        "access": register.access,
        "role": register.role,
        "reset": register.reset,
        "bits": to_json(register.bits),
        "scale": to_json(register.scale),
        "fields": [_field(each) for each in register.fields],
        "source": register.source,
    }


def _field(field: Field) -> dict[str, Any]:
    return {"name": field.name, "bits": to_json(field.bits), "values": {str(k): v for k, v in field.values.items()}}
