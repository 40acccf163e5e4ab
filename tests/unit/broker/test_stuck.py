"""A broker that ends the connection at a message that it does not take is told with that message."""

from __future__ import annotations

from hostcore.broker.message import Message
from hostcore.broker.stuck import ENOUGH, LEFT_OUT_SECONDS, SMALL_BYTES, TOO_OFTEN, Stuck

LOST = "the connection is lost"
MOST = 5 << 20
LARGE = Message("homeassistant/device/pi/config", bytes(10_000))


def test_a_message_that_is_under_way_each_time_is_suspected() -> None:
    stuck = Stuck()
    told = [stuck.explained(LOST, LARGE) for _ in range(ENOUGH + 1)]
    assert told[: ENOUGH - 1] == [LOST] * (ENOUGH - 1)
    assert "each time when a message with 10,000 bytes for homeassistant/device/pi/config is on its way" in told[-1]


def test_a_reason_that_lasts_is_always_the_same_text() -> None:
    stuck = Stuck()
    told = {stuck.explained(LOST, Message("pi/camera", bytes(9_000 + number))) for number in range(10)}
    assert len(told) == len({LOST, "the other one"})


def test_other_losses_between_them_are_forgotten_and_forget() -> None:
    stuck = Stuck()
    for _ in range(ENOUGH - 1):
        stuck.explained(LOST, LARGE)
    assert stuck.explained("no answer", None) == "no answer"
    assert stuck.explained(LOST, LARGE) == LOST


def test_small_messages_are_not_suspected() -> None:
    stuck = Stuck()
    assert {stuck.explained(LOST, Message("pi/light", bytes(SMALL_BYTES))) for _ in range(9)} == {LOST}


def test_what_ends_the_connection_again_and_again_is_left_out_for_an_hour() -> None:
    now, told = [0.0], list[str]()
    stuck = Stuck(lambda: now[0])
    for _ in range(TOO_OFTEN):
        assert stuck.largest(MOST, told.append) == MOST
        stuck.explained(LOST, LARGE)
    assert not told
    assert stuck.largest(MOST, told.append) == len(LARGE.payload) - 1
    assert [line.partition(":")[0] for line in told] == ["messages of more than 9,999 bytes are left out for an hour"]
    assert stuck.largest(5_000, told.append) == 5_000
    now[0] += LEFT_OUT_SECONDS
    assert stuck.largest(MOST, told.append) == MOST
