"""The host's side of a trace, without an instance: whatever is told, it keeps its time and shows a place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.hostcall import CrashKind
from hostcore.runtime.tracing import SKIP, Observer


class TestObserver:
    """The host's side, without an instance."""

    def test_every_step_is_told_until_that_took_its_part_of_the_time(self) -> None:
        generous, strict = Observer("x.py", "", 1000.0), Observer("x.py", "", 0.0)
        assert generous.stack("x.py\t1\tread", False) == 0
        assert strict.stack("x.py\t1\tread", False) == SKIP

    @given(st.text(), st.booleans())
    def test_whatever_is_told_as_a_stack_is_taken(self, frames: str, waits: bool) -> None:
        observer = Observer("x.py", "a\nb", 1.0)
        observer.stack(frames, waits)
        traced = observer.found(CrashKind.DEADLINE)
        assert traced is None or traced.place.startswith("x.py line ")

    @given(st.lists(st.integers(-5, 5) | st.integers() | st.text(), min_size=1))
    def test_a_line_that_the_source_does_not_have_is_shown_without_it(self, numbers: list[object]) -> None:
        observer = Observer("x.py", "a\nb", 1.0)
        observer.stack("\n".join(f"x.py\t{number}\tread" for number in numbers), True)
        traced = observer.found(CrashKind.DEADLINE)
        assert traced is not None

    def test_a_deep_stack_is_shown_from_its_inner_end(self) -> None:
        observer = Observer("x.py", "dive()", 1.0)
        observer.stack("\n".join(["x.py\t1\tdive"] * 100), False)
        traced = observer.found(CrashKind.DEADLINE)
        assert traced is not None
        assert "[70 frames before these]" in traced.traceback
        assert traced.traceback.count("in dive") == 30
