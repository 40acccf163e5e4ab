"""A plugin's life as a table, and what follows its crashes."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S
from hostcore.events import State
from hostcore.supervisor.life_cycle import CrashWindow, RestartPolicy, TransitionError, Trigger, next_state

FOLLOWS = {
    State.DISCOVERED: {Trigger.START: State.LOADING, Trigger.STOP: State.STOPPED},
    State.LOADING: {
        Trigger.LOADED: State.RUNNING,
        Trigger.CRASHED: State.BACKOFF,
        Trigger.CRASHED_OFTEN: State.QUARANTINED,
        Trigger.UNUSABLE: State.QUARANTINED,
        Trigger.STOP: State.STOPPED,
    },
    State.RUNNING: {
        Trigger.CRASHED: State.BACKOFF,
        Trigger.CRASHED_OFTEN: State.QUARANTINED,
        Trigger.RELOAD: State.LOADING,
        Trigger.STOP: State.STOPPED,
    },
    State.BACKOFF: {
        Trigger.RETRY: State.LOADING,
        Trigger.RELOAD: State.LOADING,
        Trigger.RELEASE: State.LOADING,
        Trigger.STOP: State.STOPPED,
    },
    State.QUARANTINED: {
        Trigger.RELEASE: State.LOADING,
        Trigger.RELOAD: State.LOADING,
        Trigger.STOP: State.STOPPED,
    },
    State.STOPPED: {Trigger.START: State.LOADING},
}
"""What follows each state; every other trigger means nothing there."""
ALL = [(state, trigger) for state, trigger in product(State, Trigger)]
POSSIBLE = [(state, trigger) for state, trigger in ALL if trigger in FOLLOWS[state]]
MEANINGLESS = [(state, trigger) for state, trigger in ALL if trigger not in FOLLOWS[state]]

POLICIES = st.builds(
    RestartPolicy,
    first_delay=st.floats(0.05, 60),
    longest_delay=st.floats(0.05, 3600),
    max_crashes=st.integers(0, 20),
    window=st.floats(1, 86_400),
)
"""What host.toml may ask for, but for hundreds of crashes."""
PATIENT = RestartPolicy(first_delay=0.5, longest_delay=1e9)


@pytest.mark.parametrize(("state", "trigger"), POSSIBLE, ids=lambda each: each.value)
def test_what_follows(state: State, trigger: Trigger) -> None:
    assert next_state(state, trigger) is FOLLOWS[state][trigger]


@pytest.mark.parametrize(("state", "trigger"), MEANINGLESS, ids=lambda each: each.value)
def test_a_trigger_that_means_nothing_is_refused_with_those_that_would(state: State, trigger: Trigger) -> None:
    with pytest.raises(TransitionError) as error:
        next_state(state, trigger)
    possible = str(error.value).removeprefix(f"a {state} plugin knows no {trigger.value!r}; possible: ").split(", ")
    assert sorted(possible) == sorted(each.value for each in FOLLOWS[state])


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_from_everywhere_a_plugin_can_be_stopped_and_started_again(state: State) -> None:
    stopped = state if state is State.STOPPED else next_state(state, Trigger.STOP)
    assert next_state(next_state(stopped, Trigger.START), Trigger.LOADED) is State.RUNNING


class TestRestartPolicy:
    @given(POLICIES, st.integers(1, 10_000), st.integers())
    def test_a_delay_is_never_nothing_and_never_too_long(self, policy: RestartPolicy, crashes: int, seed: int) -> None:
        delay = policy.delay(crashes, random.Random(seed))
        assert 0.75 * min(policy.first_delay, policy.longest_delay) <= delay <= policy.longest_delay

    @given(st.integers(1, 25), st.integers())
    def test_it_doubles_with_every_crash_less_a_quarter_at_most(self, crashes: int, seed: int) -> None:
        full = 0.5 * 2 ** (crashes - 1)
        assert 0.75 * full <= PATIENT.delay(crashes, random.Random(seed)) <= full

    @given(st.integers(1, 25), st.integers())
    def test_a_further_crash_is_always_followed_by_a_longer_delay(self, crashes: int, seed: int) -> None:
        chance = random.Random(seed)
        assert PATIENT.delay(crashes, chance) < PATIENT.delay(crashes + 1, chance)

    def test_plugins_that_died_together_do_not_come_back_together(self) -> None:
        chance = random.Random(1)
        assert len({PATIENT.delay(1, chance) for _ in range(100)}) == 100


class TestCrashWindow:
    def test_one_crash_more_than_allowed_within_the_window_is_too_many(self) -> None:
        window = CrashWindow(RestartPolicy(max_crashes=3, window=10.0))
        assert [window.add(second * NS_PER_S) for second in (0, 3, 6, 9)] == [False, False, False, True]

    def test_crashes_that_lie_back_longer_count_no_more(self) -> None:
        window = CrashWindow(RestartPolicy(max_crashes=3, window=10.0))
        assert not any(window.add(second * NS_PER_S) for second in range(0, 100, 4))
        assert window.recent(100 * NS_PER_S) == 2
        assert window.recent(200 * NS_PER_S) == 0

    def test_where_no_crash_is_allowed_the_first_is_too_many(self) -> None:
        assert CrashWindow(RestartPolicy(max_crashes=0)).add(0)

    def test_it_can_be_made_to_forget(self) -> None:
        window = CrashWindow(RestartPolicy(max_crashes=1))
        assert [window.add(0), window.add(1)] == [False, True]
        window.clear()
        assert [window.recent(1), window.add(2), window.add(3)] == [0, False, True]

    @given(POLICIES, st.lists(st.integers(0, 90_000 * NS_PER_S), max_size=60))
    def test_it_says_what_counting_all_crashes_would_say(self, policy: RestartPolicy, moments: list[int]) -> None:
        window, length = CrashWindow(policy), round(policy.window * NS_PER_S)
        moments.sort()
        for index, now in enumerate(moments):
            recent = sum(1 for moment in moments[: index + 1] if moment >= now - length)
            assert window.add(now) is (recent > policy.max_crashes)
            assert window.recent(now) == min(recent, policy.max_crashes + 1)
