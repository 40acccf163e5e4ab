"""Quick dataclasses behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.quick_dataclass import dataclass


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


def test_other_kinds_are_those_of_the_standard_library() -> None:
    @dataclass(slots=True)
    class Changing:
        """May be changed."""

        x: int

    changing = Changing(1)
    changing.x = 2
    assert changing == Changing(2)
