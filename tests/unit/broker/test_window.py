"""What waits for a broker's confirmation: in its order, within bounds, and forgotten with the connection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker import window as module
from hostcore.broker.message import Message
from hostcore.broker.window import MOST_BYTES, MOST_MESSAGES, Window
from hostcore.errors import BrokerAwayError, BrokerBusyError, MessageTooLargeError


@pytest.fixture
def window() -> Window:
    found = Window()
    found.open(largest=2 * MOST_BYTES)
    return found


def message(size: int = 1, qos: int = 1) -> Message:
    return Message("a", bytes(size), qos)


def test_without_a_connection_it_takes_nothing(window: Window) -> None:
    window.add(message())
    window.close()
    assert window.is_empty
    with pytest.raises(BrokerAwayError):
        window.add(message())
    assert window.next(may_confirm=True) is None


def test_it_takes_a_number_of_messages_and_then_as_many_as_are_confirmed(window: Window) -> None:
    numbers = [window.add(message()) for _ in range(MOST_MESSAGES)]
    with pytest.raises(BrokerBusyError, match="wait for the broker's confirmation"):
        window.add(message())
    window.confirm(numbers[0])
    window.add(message())


def test_it_takes_a_number_of_bytes_or_one_large_message(window: Window) -> None:
    number = window.add(message(MOST_BYTES + 1))
    with pytest.raises(BrokerBusyError):
        window.add(message())
    window.confirm(number)
    window.add(message())
    with pytest.raises(BrokerBusyError):
        window.add(message(MOST_BYTES))


def test_what_the_broker_would_never_take_is_refused(window: Window) -> None:
    with pytest.raises(MessageTooLargeError, match="the broker takes 8388608"):
        window.add(message(2 * MOST_BYTES + 1))


def test_messages_without_confirmation_wait_behind_those_with_one(window: Window) -> None:
    """The broker gets all in the order in which they were published."""
    first, second = window.add(message(qos=1)), window.add(message(qos=0))
    assert window.next(may_confirm=False) is None
    found = [window.next(may_confirm=True), window.next(may_confirm=False)]
    assert [each[0] for each in found if each] == [first, second]


@given(
    steps=st.lists(st.one_of(st.integers(0, 40), st.sampled_from(["confirm", "send", "close"])), max_size=60),
)
def test_its_bounds_hold_whatever_happens(steps: list[int | str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_MESSAGES", 5)
        patch.setattr(module, "MOST_BYTES", 60)
        window, present = Window(), dict[int, int]()
        window.open(30)
        for step in steps:
            if isinstance(step, int):
                try:
                    present[window.add(message(step))] = step
                except MessageTooLargeError:
                    assert step > 30
                except BrokerBusyError:
                    assert len(present) == 5 or sum(present.values()) + step > 60
            elif step == "close":
                window.close()
                window.open(30)
                present.clear()
            elif step == "confirm" and present:
                oldest = next(iter(present))
                window.confirm(oldest)
                window.confirm(oldest)
                del present[oldest]
            elif step == "send":
                window.next(may_confirm=True)
            assert len(present) <= 5
            assert sum(present.values()) <= 60
            assert window.is_empty is not bool(present)
