"""Quick dataclasses behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import functools
import pickle
import subprocess
import sys
import typing
import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.quick_dataclass import MISSING, asdict, dataclass, field, fields, is_dataclass, replace


@dataclass(frozen=True, slots=True)
class Point:
    """Two numbers, and what goes with them."""

    x: int
    y: int = 0
    tags: list[str] = dataclasses.field(default_factory=list, compare=False)
    seen: int = dataclasses.field(default=3, init=False, repr=False)
    note: str = dataclasses.field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("x is negative")


@dataclasses.dataclass(frozen=True, slots=True)
class Twin:
    """The same, by the standard library."""

    x: int
    y: int = 0
    tags: list[str] = dataclasses.field(default_factory=list, compare=False)
    seen: int = dataclasses.field(default=3, init=False, repr=False)
    note: str = dataclasses.field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Named(Point):
    """A point with a name."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Large:
    """Fields of every kind."""

    a: int
    b: int
    c: int
    d: int = 4
    e: int = 5
    f: int = 6
    g: int = 7
    h: list[int] = field(default_factory=list)
    i: int = 9
    j: int = 10
    k: int = field(default=11, init=False)
    l: int = 12  # noqa: E741 - the twelfth
    m: int = field(default=13, kw_only=True)

    def __post_init__(self) -> None:
        if self.a < 0:
            raise ValueError("a is negative")


class Larger(Large):
    """One of its own kind, although it gets nothing of its own."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """No field."""


@given(st.integers(0), st.integers(), st.lists(st.text()), st.text())
def test_it_holds_shows_compares_and_copies_what_it_was_given(x: int, y: int, tags: list[str], note: str) -> None:
    point, twin = Point(x, y, tags, note=note), Twin(x, y, tags, note=note)
    assert dataclasses.asdict(point) == dataclasses.asdict(twin)
    assert repr(point) == repr(twin).replace("Twin", "Point")
    assert point == Point(x, y, ["another"], note=note)
    assert hash(point) == hash(Point(x, y, [], note=note))
    assert point != Point(x, y + 1, tags, note=note)
    assert pickle.loads(pickle.dumps(point)) == point
    assert copy.deepcopy(point) == point
    assert dataclasses.replace(point, y=y + 1) == Point(x, y + 1, tags, note=note)


def test_what_is_left_out_has_its_default() -> None:
    assert (Point(1).y, Point(1).tags, Point(1).seen, Point(1).note) == (0, [], 3, "")
    assert Point(1).tags is not Point(1).tags


@pytest.mark.parametrize("arguments", [(), (1, 2, [], "note"), (1, 2, [], 4)])
def test_it_refuses_wrong_arguments_by_its_name(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=r"Point\.__init__\(\)"):
        Point(*arguments)


def test_it_checks_itself_after_it_was_made() -> None:
    with pytest.raises(ValueError, match="negative"):
        Point(-1)


def test_it_cannot_be_changed() -> None:
    point: Any = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    assert not hasattr(point, "__dict__")


@pytest.mark.parametrize("kind", [Large, Larger])
def test_an_object_is_complete_frozen_and_of_its_own_class(kind: type[Large]) -> None:
    for _ in range(2):  # the first one compiles its __init__
        made = kind(1, 2, 3, m=5)
        assert type(made) is kind
        assert (made.a, made.d, made.h, made.k, made.m) == (1, 4, [], 11, 5)
        assert made.h is not kind(1, 2, 3).h
        with pytest.raises(dataclasses.FrozenInstanceError):
            made.a = 2  # type: ignore[misc]
        assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == replace(made) == made != replace(made, j=0)
        with pytest.raises(ValueError, match="a is negative"):
            kind(-1, 2, 3)


def test_it_matches_by_position() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
    assert Point.__match_args__ == Twin.__match_args__


def test_a_class_can_be_made_of_another() -> None:
    named = Named(1, 2, name="corner")
    assert (named.x, named.y, named.name, named.seen) == (1, 2, "corner", 3)
    assert named != Point(1, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        named.x = 2  # type: ignore[misc]
    assert repr(named) == "Named(x=1, y=2, tags=[], note='', name='corner')"


def test_a_field_can_be_compared_without_being_hashed() -> None:
    @dataclass(frozen=True, slots=True)
    class Table:
        """Has a value that has no hash."""

        name: str
        rows: dict[str, int] = dataclasses.field(default_factory=dict, hash=False)

    assert hash(Table("a", {"b": 1})) == hash(Table("a"))
    assert Table("a", {"b": 1}) != Table("a")


def test_objects_without_fields_are_equal() -> None:
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1
    assert repr(Nothing()) == "Nothing()"


def test_what_a_class_defines_itself_stays() -> None:
    @dataclass(frozen=True, slots=True)
    class Loose:
        """Equal to everything."""

        x: int

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

        def __repr__(self) -> str:
            return "loose"

    assert Loose(1) == Loose(2)
    assert (hash(Loose(1)), repr(Loose(1))) == (7, "loose")


def test_a_class_that_may_be_changed_is_compared_and_has_no_hash() -> None:
    @dataclass(slots=True)
    class Changing:
        """May be changed."""

        x: int
        seen: list[int] = field(default_factory=list)

    changing = Changing(1)
    changing.x = 2
    changing.seen.append(3)
    assert changing == Changing(2, [3])
    assert not hasattr(changing, "__dict__")
    assert copy.deepcopy(changing) == changing
    with pytest.raises(TypeError, match="unhashable"):
        hash(changing)


def test_a_class_without_slots_keeps_what_it_computed() -> None:
    @dataclass(frozen=True)
    class Squared:
        """Computes once."""

        x: int
        y: int = 2

        @functools.cached_property
        def squares(self) -> list[int]:
            return [self.x**2, self.y**2]

    squared = Squared(3)
    assert squared.squares is squared.squares
    assert (squared, hash(squared), Squared.y) == (Squared(3, 2), hash(Squared(3)), 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        squared.x = 4  # type: ignore[misc]


def test_objects_without_equality_are_themselves() -> None:
    @dataclass(slots=True, eq=False, weakref_slot=True)
    class Seat:
        """One of many."""

        number: int

    seat = Seat(1)
    assert (seat == Seat(1), len({seat, Seat(1)}), weakref.ref(seat)()) == (False, 2, seat)


def test_the_standard_library_sees_its_fields() -> None:
    seen = [(each.name, each.type, each.init, each.repr, each.kw_only) for each in dataclasses.fields(Point)]
    assert seen == [(each.name, each.type, each.init, each.repr, each.kw_only) for each in dataclasses.fields(Twin)]
    assert dataclasses.is_dataclass(Point)
    assert not dataclasses.is_dataclass(int)
    assert typing.get_type_hints(Point) == typing.get_type_hints(Twin)


def test_a_dataclass_of_the_standard_library_can_be_made_of_a_quick_one() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Longer(Point):
        """By the standard library."""

        z: int = 3

    assert [each.name for each in fields(Longer)] == ["x", "y", "tags", "seen", "note", "z"]
    assert replace(Longer(1, z=4), y=2) == Longer(1, 2, z=4)


@pytest.mark.parametrize("kind", [Point, Twin])
def test_it_is_read_and_replaced_as_one_of_the_standard_library(kind: type[Any]) -> None:
    made: Any = kind(1, tags=["a"])
    assert (
        [each.name for each in fields(kind)]
        == [each.name for each in fields(made)]
        == ["x", "y", "tags", "seen", "note"]
    )
    assert [each.default is MISSING for each in fields(kind)] == [True, False, True, False, False]
    assert replace(made, y=5) == dataclasses.replace(made, y=5) == kind(1, 5, ["a"])
    several: Any = (made, {"b": [made]})
    copied: Any = asdict(several)
    assert copied == (dataclasses.asdict(made), {"b": [dataclasses.asdict(made)]})
    assert is_dataclass(kind)
    with pytest.raises(ValueError, match="seen"):
        replace(made, seen=4)


def test_making_classes_and_objects_does_not_load_the_standard_library() -> None:
    program = (
        "import sys; from hostcore.quick_dataclass import *\n"
        "made = dataclass(frozen=True, slots=True)(type('Made', (), {'__annotations__': {'x': 'int'}}))\n"
        "assert replace(made(1), x=2) == made(2) and repr(made(1)) == 'Made(x=1)' and asdict(made(1)) == {'x': 1}\n"
        "assert not {'dataclasses', 'inspect'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
