"""A plugin's life as a table, its present state, and what follows its crashes."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import TransitionError
from hostcore.events import State, StateChanged
from hostcore.events.stream import EventStream
from hostcore.supervisor.life_cycle import LifeCycle
from hostcore.supervisor.restarts import CrashWindow, RestartPolicy, Restarts
from hostcore.supervisor.transitions import Trigger, next_state

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
        Trigger.STOP: State.STOPPED,
    },
    State.BACKOFF: {
        Trigger.CRASHED: State.BACKOFF,
        Trigger.CRASHED_OFTEN: State.QUARANTINED,
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
        assert 0 < policy.shortest_delay <= delay

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


class TestRestarts:
    def test_crashes_lead_to_longer_waits_and_then_to_none(self) -> None:
        restarts = Restarts(RestartPolicy(first_delay=1.0, max_crashes=2, window=60.0))
        first, second, third = (restarts.after_crash(0) for _ in range(3))
        assert first and second
        assert 0.75 * NS_PER_S <= first <= NS_PER_S < 1.5 * NS_PER_S <= second <= 2 * NS_PER_S
        assert third is None

    def test_crashes_that_are_forgotten_do_not_count(self) -> None:
        restarts = Restarts(RestartPolicy(first_delay=1.0, max_crashes=1, window=60.0))
        for _ in range(3):
            moment = restarts.after_crash(0)
            assert moment and moment <= NS_PER_S
            restarts.forget()


class TestPresentState:
    def life(self) -> tuple[LifeCycle, VirtualClock, Callable[[], list[StateChanged]]]:
        """A plugin's life, its clock, and the changes that are published since the last time."""
        clock = VirtualClock()
        stream = EventStream(clock)
        events = stream.subscribe(StateChanged)
        life = LifeCycle("light", clock, stream)
        return life, clock, lambda: [each.event for each in events.take(0) if isinstance(each.event, StateChanged)]

    def test_every_change_is_published_when_the_state_is_set(self) -> None:
        life, clock, published = self.life()
        assert life.state is State.DISCOVERED
        life.move(Trigger.START, "its file was found")
        assert life.state is State.LOADING
        assert published() == [
            StateChanged(clock.wall_ns(), "light", State.DISCOVERED, State.LOADING, "its file was found")
        ]

    def test_an_order_that_means_nothing_changes_and_publishes_nothing(self) -> None:
        life, _, published = self.life()
        with pytest.raises(TransitionError):
            life.move(Trigger.LOADED, "loaded")
        assert life.state is State.DISCOVERED
        assert published() == []

    def test_the_retry_is_told_in_seconds_from_now_once_it_is_known(self) -> None:
        life, clock, published = self.life()
        life.move(Trigger.START, "its file was found")
        retry_ns = clock.monotonic_ns() + 5 * NS_PER_S
        life.move(Trigger.CRASHED, "looking for the line: read crashed", is_searching=True)
        clock.advance(2)
        life.explain("read crashed in light.py line 3", retry_ns)
        _, crashed, located = published()
        assert (crashed.after, crashed.retry_seconds) == (State.BACKOFF, 0)
        assert (located.before, located.after, located.retry_seconds) == (State.BACKOFF, State.BACKOFF, 3)

    def test_a_retry_whose_moment_has_passed_is_not_told(self) -> None:
        life, clock, published = self.life()
        life.move(Trigger.START, "its file was found")
        retry_ns = clock.monotonic_ns() + NS_PER_S
        clock.advance(5)
        life.move(Trigger.CRASHED, "read crashed", retry_ns)
        assert published()[-1].retry_seconds == 0

    def test_a_search_for_the_line_of_a_crash_is_told_until_it_ends(self) -> None:
        life, _, published = self.life()
        life.move(Trigger.START, "its file was found")
        life.move(Trigger.CRASHED, "read crashed", is_searching=True)
        life.explain("read crashed")
        assert [each.is_searching for each in published()] == [False, True, False]

    def test_a_search_ends_with_the_state(self) -> None:
        life, _, published = self.life()
        life.move(Trigger.START, "its file was found")
        life.move(Trigger.CRASHED, "read crashed", is_searching=True)
        life.move(Trigger.RELOAD, "its file changed")
        assert not published()[-1].is_searching

    def test_libraries_that_lack_are_told_until_the_state_or_the_file_changes(self) -> None:
        life, _, published = self.life()
        life.move(Trigger.START, "its file was found")
        life.move(Trigger.UNUSABLE, "not fetched", lacks_libraries=True)
        life.move(Trigger.RELOAD, "its file changed")
        life.move(Trigger.LOADED, "loaded as driver")
        life.reject("not fetched", lacks_libraries=True)
        life.forget_rejected()
        life.forget_rejected()
        assert [each.lacks_libraries for each in published()] == [False, True, False, False, True, False]

    def test_that_the_version_which_is_not_taken_lacks_libraries_is_known_until_a_newer_one_comes(self) -> None:
        life, _, published = self.life()
        life.move(Trigger.START, "its file was found")
        life.move(Trigger.LOADED, "loaded as driver")
        life.reject("not fetched", lacks_libraries=True)
        life.move(Trigger.CRASHED, "read crashed")
        life.explain("KeyError")
        life.move(Trigger.RETRY, "the wait is over")
        life.forget_rejected()
        assert [each.lacks_libraries for each in published()] == [False, False, True, True, True, True, False]

    def test_a_version_that_is_not_taken_is_told_until_a_newer_one_comes_even_after_a_crash(self) -> None:
        life, _, published = self.life()
        life.move(Trigger.START, "its file was found")
        life.move(Trigger.LOADED, "loaded as driver")
        life.reject("line 3, invalid syntax", lacks_libraries=False)
        life.move(Trigger.CRASHED, "read crashed")
        life.explain("KeyError")
        life.forget_rejected()
        told = published()
        assert [each.rejected for each in told] == ["", "", *["line 3, invalid syntax"] * 3, ""]
        assert [each.cause for each in told[2:4]] == ["loaded as driver", "read crashed"]

    def test_nothing_new_is_not_published(self) -> None:
        life, _, published = self.life()
        life.explain("broken")
        life.explain("broken")
        assert len(published()) == 1
