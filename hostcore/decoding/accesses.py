"""The registers that a transfer writes or reads, with their fields and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hostcore.chips.model import Field, Register, Role
from hostcore.decoding.decoded import FieldValue, RegisterAccess
from hostcore.decoding.layout import Layout


def accesses(
    layout: Layout, number: int, increments: bool, data: bytes, before: Mapping[int, int], *, written: bool
) -> Iterator[RegisterAccess]:
    """Yield what bytes mean from a register's number on.

    Args:
        layout: the chip's registers.
        number: the number of the first register.
        increments: whether the number grows with each byte.
        data: the bytes that follow the number.
        before: the raw values that registers had, by register number.
        written: whether the host writes them.
    """
    for span in layout.spans(number, len(data), increments):
        raw = data[span.start : span.end]
        if span.register is None:
            yield RegisterAccess("", span.number, written, raw)
        elif span.is_whole:
            yield whole_register(span.register, raw, before.get(span.number), written=written)
        else:
            offset = f"+{span.offset}" if span.offset else ""
            yield RegisterAccess(span.register.name + offset, span.number, written, raw)


def whole_register(register: Register, raw: bytes, before: int | None, *, written: bool) -> RegisterAccess:
    """Return the access to one register, of all its bytes.

    Args:
        register: the register. It is no block.
        raw: its bytes.
        before: the raw value that it had; None if that is not known.
        written: whether the host writes it.
    """
    number = register.raw(raw)
    is_measured = register.role is Role.DATA or bool(register.scale.unit)
    return RegisterAccess(
        register.name,
        register.address,
        written,
        raw,
        number,
        before,
        tuple(field_value(field, number, before) for field in register.fields),
        register.value(number) if is_measured else None,
        register.scale.unit,
        number == register.idle,
    )


def field_value(field: Field, number: int, before: int | None) -> FieldValue:
    """Return the value of a field in its register's raw value, and the one that it had before."""
    value = field.bits.of(number)
    value_before = None if before is None else field.bits.of(before)
    word_before = "" if value_before is None else field.values.get(value_before, "")
    return FieldValue(field.name, value, field.values.get(value, ""), value_before, word_before)
