"""Reads the registers of a chip file, with their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hostcore.chips.model import MOST_BYTES, Access, Bits, Field, Register, Role, Scale, Wiring
from hostcore.chips.reading.values import (
    LARGEST_REGISTER,
    LAST_BIT,
    LAST_REGISTER,
    member,
    read_bits,
    read_byte_order,
    read_fraction,
    read_name,
    read_raw,
    read_scale,
    read_source,
    read_value_names,
    text,
)
from hostcore.quick_dataclass import replace
from hostcore.toml.reader import KeyPath, Reader, integer, read_boolean, read_keys, read_table

MOST_REGISTERS = 4096
"""More than any chip on I2C has: it protects against a file that is not meant to describe one."""
SCALE_KEYS: Mapping[str, Reader] = {
    "unit": text(12),
    "scale": read_scale,
    "offset": read_fraction,
    "low": read_fraction,
    "high": read_fraction,
}
"""The keys that say how a number becomes a measured value."""

_NUMBER_KEYS: Mapping[str, Reader] = {
    "reset": read_raw,
    "idle": read_raw,
    "zero_bits": read_raw,
}
"""The keys that are raw values of the register."""
_VALUE_KEYS: Mapping[str, Reader] = {"signed": read_boolean, "shift": integer(0, LAST_BIT), "bits": read_bits}
"""The keys that say which of the bits are the value."""
_KEYS: Mapping[str, Reader] = {
    "address": integer(0, LAST_REGISTER),
    "size": integer(1, LARGEST_REGISTER, "bytes"),
    "access": member(Access),
    "role": member(Role),
    "byte_order": read_byte_order,
    **_NUMBER_KEYS,
    **_VALUE_KEYS,
    **SCALE_KEYS,
    "fields": read_table,
    "source": read_source,
}
_FIELD_KEYS: Mapping[str, Reader] = {
    "bits": read_bits,
    "values": read_value_names,
    "signed": read_boolean,
    "self_clearing": read_boolean,
}


def read_registers(found: object, at: KeyPath, bus: Wiring) -> tuple[Register, ...]:
    """Read all registers, into the order of their numbers.

    Args:
        found: the table ``[registers]``.
        at: its place.
        bus: the wiring of the chip, with the byte order of registers that do not name their own.
    """
    table = read_table(found, at)
    if len(table) > MOST_REGISTERS:
        raise at.error(f"found {len(table)} registers, allowed are up to {MOST_REGISTERS}")
    registers = [_register(read_name(name, at / name), value, at / name, bus) for name, value in table.items()]
    return tuple(sorted(registers, key=lambda register: register.address))


def _register(name: str, found: object, at: KeyPath, bus: Wiring) -> Register:
    keys = read_keys(found, at, _KEYS, required=("address", "source"))
    size = keys.get("size", 1)
    if size > MOST_BYTES:
        _refuse_number(keys, size, at)
    for key in _NUMBER_KEYS.keys() & keys.keys():
        require_fit(keys[key], 8 * size, at / key)
    scale, bits = scale_of(keys), _value_bits(keys, 8 * size, at)
    check_range(scale, bits or Bits(8 * size - 1, 0), at)
    fields = tuple(_field(key, value, at / "fields" / key, 8 * size) for key, value in keys.pop("fields", {}).items())
    for key in (*_VALUE_KEYS, *SCALE_KEYS):
        keys.pop(key, None)
    register = Register(name=name, **{"byte_order": bus.byte_order, **keys}, bits=bits, scale=scale, fields=fields)
    _check_bits(register, at)
    return register


def _refuse_number(keys: Mapping[str, Any], size: int, at: KeyPath) -> None:
    """Raise ConfigError if a block, which is no number, has keys that only a number can have."""
    for key in (*_NUMBER_KEYS, *_VALUE_KEYS, *SCALE_KEYS, "fields"):
        if key in keys:
            raise (at / key).error(f"found in a register of {size} bytes, allowed is up to {MOST_BYTES} bytes")


def scale_of(keys: Mapping[str, Any]) -> Scale:
    """Return the scale that the keys of a register or an answer describe."""
    return Scale(**{key: keys[key] for key in SCALE_KEYS if key in keys})


def _value_bits(keys: Mapping[str, Any], width: int, at: KeyPath) -> Bits | None:
    """Return the bits that are the value. None if all are, unsigned."""
    if "bits" in keys and "shift" in keys:
        raise (at / "shift").error("found beside bits, allowed is one of them")
    if not keys.keys() & _VALUE_KEYS.keys():
        return None
    if keys.get("shift", 0) >= width:
        raise (at / "shift").wrong(keys["shift"], f"a whole number from 0 to {width - 1}")
    bits: Bits = keys.get("bits") or Bits(width - 1, keys.get("shift", 0))
    require_within(bits, width, at / "bits")
    return replace(bits, signed=keys.get("signed", False))


def _field(key: str, found: object, at: KeyPath, width: int) -> Field:
    keys = read_keys(found, at, _FIELD_KEYS, required=("bits",))
    require_within(keys["bits"], width, at / "bits")
    bits = replace(keys["bits"], signed=keys.get("signed", False))
    names = keys.get("values", {})
    for value in names:
        if bits.of(bits.put(0, value)) != value:
            raise (at / "values").error(f"found the value {value}, allowed is one that fits into {bits.width} bits")
    return Field(read_name(key, at), bits, names, keys.get("self_clearing", False))


def _check_bits(register: Register, at: KeyPath) -> None:
    """Require that fields do not overlap, and that reserved bits are neither used nor 1 after power-on."""
    used = 0
    for field in register.fields:
        if used & field.bits.mask:
            other = next(each for each in register.fields if each.bits.mask & field.bits.mask)
            raise (at / "fields" / field.name).error(
                f"found bits that {other.name} has too, allowed are bits of its own"
            )
        used |= field.bits.mask
    if register.zero_bits & used:
        raise (at / "zero_bits").error(f"found 0x{register.zero_bits:02x}, allowed are bits that no field has")
    if register.zero_bits & (register.reset or 0):
        raise (at / "zero_bits").error(f"found 0x{register.zero_bits:02x}, allowed are bits that are 0 in `reset`")


def require_fit(value: int, width: int, at: KeyPath) -> None:
    """Raise ConfigError if a raw value has more than `width` bits."""
    if value >> width:
        raise at.error(f"found 0x{value:x}, allowed is up to 0x{(1 << width) - 1:x}, which fits into {width} bits")


def require_within(bits: Bits, width: int, at: KeyPath) -> None:
    """Raise ConfigError if bits are outside of a number of `width` bits."""
    if bits.last >= width:
        raise at.error(f"found bit {bits.last}, allowed is up to {width - 1}: the number has {width} bits")


def check_range(scale: Scale, bits: Bits, at: KeyPath) -> None:
    """Require that the range of values is one, and that the bits can mean a value within it."""
    if scale.low is not None and scale.high is not None and scale.low > scale.high:
        raise (at / "low").wrong(scale.low, f"a number up to `high`, which is {scale.high:g}")
    lowest, highest = bits.limits
    low, high = sorted((scale.value(lowest), scale.value(highest)))
    if (scale.low is not None and scale.low > high) or (scale.high is not None and scale.high < low):
        key = "low" if scale.low is not None and scale.low > high else "high"
        raise (at / key).error(
            f"found {getattr(scale, key):g}, allowed is a value that the number can mean: {low:g} to {high:g}, "
            f"by its bits, scale and offset"
        )


def check_places(registers: Iterable[Register], bus: Wiring, numbers: Mapping[str, range], at: KeyPath) -> None:
    """Require that all registers have numbers that the chip has, and that no two have the same.

    Args:
        registers: all of them.
        bus: the wiring of the chip.
        numbers: the numbers of each register, by its name.
        at: the place of the table.
    """
    end = 256**bus.register_bytes
    owners: dict[int, str] = {}
    for register in registers:
        here = at / register.name
        if numbers[register.name].stop > end:
            what = "0, because register_bytes is 0" if end == 1 else f"up to 0x{end - 1:x} for its last byte"
            raise (here / "address").error(f"found 0x{register.address:02x}, allowed is {what}")
        for number in numbers[register.name]:
            if number in owners:
                raise (here / "address").error(
                    f"found the number 0x{number:02x}, which {owners[number]} has too, allowed is one of its own; if "
                    f'a number is a whole register of several bytes, set numbers = "registers" in [bus]'
                )
            owners[number] = register.name
