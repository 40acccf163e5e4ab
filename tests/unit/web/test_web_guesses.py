"""Wrong tokens: after some of them their sender gets slow answers, and nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.web.guesses import FORGET_SECONDS, MOST_NETWORKS, MOST_WRONG, PAUSE_SECONDS, Guesses

THERE = "192.168.1.9"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def guesses(clock: VirtualClock) -> Guesses:
    return Guesses(clock)


def guess(guesses: Guesses, times: int = MOST_WRONG, visitor: str = THERE) -> list[bool]:
    return [guesses.count(visitor) for _ in range(times)]


def test_some_mistakes_are_forgiven(guesses: Guesses) -> None:
    assert guesses.pause(THERE) == 0
    assert not any(guess(guesses, MOST_WRONG - 1))
    assert guesses.pause(THERE) == 0


def test_then_answers_are_slow_for_a_while_and_it_is_said_once(guesses: Guesses, clock: VirtualClock) -> None:
    assert guess(guesses, MOST_WRONG + 1) == [False] * (MOST_WRONG - 1) + [True, False]
    assert guesses.pause(THERE) == PAUSE_SECONDS
    clock.advance(FORGET_SECONDS - 0.5)
    assert guesses.pause(THERE) == PAUSE_SECONDS
    clock.advance(0.5)
    assert guesses.pause(THERE) == 0
    assert not any(guess(guesses, MOST_WRONG - 1)), "it begins anew"


def test_others_do_not_wait(guesses: Guesses) -> None:
    guess(guesses)
    assert guesses.pause("192.168.1.10") == 0


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1:2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("::ffff:192.168.1.9", THERE, True),
        ("::ffff:192.168.1.8", THERE, False),
    ],
)
def test_addresses_that_one_visitor_can_choose_from_are_one(
    guesses: Guesses, one: str, other: str, is_same: bool
) -> None:
    guess(guesses, visitor=one)
    assert bool(guesses.pause(other)) is is_same


def test_only_so_many_are_remembered(guesses: Guesses) -> None:
    guess(guesses)
    for number in range(MOST_NETWORKS - 1):
        guesses.count(f"10.0.{number // 256}.{number % 256}")
    assert guesses.pause(THERE)
    guesses.count("10.1.0.0")
    assert not guesses.pause(THERE)


@given(st.text())
def test_any_address_is_counted(visitor: str) -> None:
    guesses = Guesses(VirtualClock())
    guess(guesses, visitor=visitor)
    assert guesses.pause(visitor) == PAUSE_SECONDS
