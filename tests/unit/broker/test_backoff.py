"""A lost connection is tried again soon, then ever more seldom; one that a twin has taken over more seldom still."""

from __future__ import annotations

from hostcore.broker.backoff import LASTING_SECONDS, UNDISPUTED, Backoff, Delays

DELAYS = Delays(first=1, longest=30, taken_over=60, longest_taken_over=900)


def pauses(backoff: Backoff, count: int, lasted: float = 0, *, was_taken_over: bool = False) -> list[float]:
    return [backoff.pause(lasted, was_taken_over=was_taken_over) for _ in range(count)]


def are_about(found: list[float], wanted: list[float]) -> bool:
    return all(each / 2 <= pause <= each for pause, each in zip(found, wanted, strict=True))


def test_the_pauses_grow_up_to_the_longest() -> None:
    assert are_about(pauses(Backoff(DELAYS), 7), [1, 2, 4, 8, 16, 30, 30])


def test_a_connection_that_lasted_is_tried_again_soon() -> None:
    backoff = Backoff(DELAYS)
    pauses(backoff, 7)
    assert are_about(pauses(backoff, 1, LASTING_SECONDS + 1), [1])


def test_two_hosts_with_one_name_throw_each_other_out_ever_more_seldom() -> None:
    backoff = Backoff(DELAYS)
    assert are_about(pauses(backoff, 6, 400, was_taken_over=True), [60, 120, 240, 480, 900, 900])


def test_another_loss_between_them_changes_nothing() -> None:
    backoff = Backoff(DELAYS)
    pauses(backoff, 3, was_taken_over=True)
    pauses(backoff, 3, LASTING_SECONDS + 1)
    assert are_about(pauses(backoff, 1, was_taken_over=True), [480])


def test_who_has_been_alone_for_long_begins_anew() -> None:
    backoff = Backoff(DELAYS)
    pauses(backoff, 6, was_taken_over=True)
    assert are_about(pauses(backoff, 1, UNDISPUTED * 900 + 1, was_taken_over=True), [60])
