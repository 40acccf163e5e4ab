"""A part that is made once, when a thread first uses it."""

from __future__ import annotations

import threading

import pytest

from hostcore.late_part import LatePart
from tests.waiting import until

PATIENCE = 10


def test_it_is_made_when_it_is_first_used() -> None:
    late = LatePart(list[int])
    assert late.made is None
    assert late.part is late.part is late.made


def test_threads_that_use_it_at_once_get_the_same() -> None:
    made, got, may_end = list[object](), list[object](), threading.Event()

    def make() -> object:
        made.append(object())
        assert may_end.wait(PATIENCE)
        return made[-1]

    late = LatePart(make)
    threads = [threading.Thread(target=lambda: got.append(late.part)) for _ in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: made, PATIENCE)
    may_end.set()
    for thread in threads:
        thread.join()
    assert got == [made[0]] * 4


def test_one_that_could_not_be_made_is_made_at_the_next_use() -> None:
    answers = iter([OSError("not yet"), None])

    def make() -> str:
        if error := next(answers):
            raise error
        return "made"

    late = LatePart(make)
    with pytest.raises(OSError, match="not yet"):
        _ = late.part
    assert late.part == "made"
