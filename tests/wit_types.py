"""WIT types of every kind, and Python values for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from hostcore.hostcall import Err

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class WitType:
    """A type in component text, and a function that draws a Python value for it."""

    text: str
    value: Callable[[Draw], Any]
    members: tuple[WitType, ...] = ()
    named: bool = False
    """Whether an import of the type needs a name, as for records."""


def scalar(text: str, values: st.SearchStrategy[Any]) -> WitType:
    return WitType(text, lambda draw: draw(values))


def integer(text: str, least: int, most: int) -> WitType:
    return scalar(text, st.sampled_from([least, most]) | st.integers(least, most))


CHARACTERS = st.characters(exclude_categories=["Cs"])
BYTES = st.binary(max_size=40)
COUNTS = st.integers(0, 4)
SCALARS = (
    scalar("bool", st.booleans()),
    *(integer(f"s{bits}", -(1 << bits - 1), (1 << bits - 1) - 1) for bits in (8, 16, 32, 64)),
    *(integer(f"u{bits}", 0, (1 << bits) - 1) for bits in (8, 16, 32, 64)),
    scalar("f32", st.floats(width=32, allow_nan=False)),
    scalar("f64", st.floats(allow_nan=False)),
    scalar("char", CHARACTERS),
    scalar("string", st.text(CHARACTERS, max_size=20)),
)


BY_NAME = {wit.text: wit for wit in SCALARS}


def list_of(element: WitType) -> WitType:
    if element.text == "u8":
        return WitType("(list {})", lambda draw: draw(BYTES), (element,))
    return WitType("(list {})", lambda draw: [element.value(draw) for _ in range(draw(COUNTS))], (element,))


def tuple_of(members: Sequence[WitType]) -> WitType:
    return WitType(
        f"(tuple{' {}' * len(members)})", lambda draw: tuple(each.value(draw) for each in members), tuple(members)
    )


def record_of(members: Sequence[WitType]) -> WitType:
    fields = " ".join(f'(field "f{index}" {{}})' for index in range(len(members)))
    return WitType(
        f"(record {fields})", lambda draw: tuple(each.value(draw) for each in members), tuple(members), named=True
    )


def variant_of(payloads: Sequence[WitType | None]) -> WitType:
    cases = " ".join(f'(case "c{index}"{" {}" if payload else ""})' for index, payload in enumerate(payloads))

    def value(draw: Draw) -> tuple[str, Any]:
        index = draw(st.integers(0, len(payloads) - 1))
        payload = payloads[index]
        return f"c{index}", payload.value(draw) if payload else None

    return WitType(f"(variant {cases})", value, tuple(filter(None, payloads)), named=True)


def option_of(payload: WitType) -> WitType:
    return WitType("(option {})", lambda draw: payload.value(draw) if draw(st.booleans()) else None, (payload,))


def result_of(ok: WitType | None, err: WitType | None) -> WitType:
    def value(draw: Draw) -> Any:
        if draw(st.booleans()):
            return ok.value(draw) if ok else None
        return Err(err.value(draw) if err else None)

    text = f"(result{' {}' if ok else ''}{' (error {})' if err else ''})"
    return WitType(text, value, tuple(filter(None, (ok, err))))


def enum_of(count: int) -> WitType:
    names = [f"e{index}" for index in range(count)]
    return WitType(f"(enum {quoted(names)})", lambda draw: draw(st.sampled_from(names)), named=True)


def flags_of(count: int) -> WitType:
    names = [f"g{index}" for index in range(count)]
    return WitType(f"(flags {quoted(names)})", lambda draw: draw(st.frozensets(st.sampled_from(names))), named=True)


def quoted(names: Sequence[str]) -> str:
    return " ".join(f'"{name}"' for name in names)


def draw_type(draw: Draw, depth: int = 3) -> WitType:
    """Draw a type of any kind, nested up to `depth` levels.

    It never draws an option or a result inside an option, or a result in the ok case of a result, because Python has no
    distinct values for these.
    """
    leaves: list[Callable[[], WitType]] = [
        lambda: draw(st.sampled_from(SCALARS)),
        lambda: enum_of(draw(st.integers(1, 40))),
        lambda: flags_of(draw(st.integers(1, 32))),
    ]

    def inner(*without: str) -> WitType:
        drawn = draw_type(draw, depth - 1)
        return SCALARS[-1] if without and drawn.text.startswith(without) else drawn

    def several() -> list[WitType]:
        return [inner() for _ in range(draw(st.integers(1, 4)))]

    def perhaps(*without: str) -> WitType | None:
        return inner(*without) if draw(st.booleans()) else None

    composites: list[Callable[[], WitType]] = [
        lambda: list_of(inner()),
        lambda: tuple_of(several()),
        lambda: record_of(several()),
        lambda: variant_of([perhaps() for _ in range(draw(st.integers(1, 4)))]),
        lambda: option_of(inner("(option", "(result")),
        lambda: result_of(perhaps("(result"), perhaps()),
    ]
    return draw(st.sampled_from([*leaves, *composites] if depth else leaves))()
