"""What other threads want of a plugin's thread waits in its mailbox."""

from __future__ import annotations

import threading

import pytest

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.events import RoundCompleted
from hostcore.supervisor.mailbox import MOST_ORDERS, Mailbox
from hostcore.supervisor.transitions import Trigger

PATIENCE = 30.0
"""Seconds to wait for a thread."""


@pytest.fixture
def mail() -> Mailbox:
    return Mailbox(VirtualClock())


def test_orders_come_out_in_their_turn(mail: Mailbox) -> None:
    for order in (Trigger.STOP, Trigger.START, Trigger.RELOAD):
        mail.order(order)
    assert [mail.take_order() for _ in range(4)] == [Trigger.STOP, Trigger.START, Trigger.RELOAD, None]


def test_of_too_many_orders_the_newest_count(mail: Mailbox) -> None:
    mail.order(Trigger.STOP)
    for _ in range(MOST_ORDERS):
        mail.order(Trigger.RELOAD)
    assert mail.take_order() is Trigger.RELOAD


def test_only_the_newest_round_is_shown_and_only_once(mail: Mailbox) -> None:
    mail.show(RoundCompleted(1, 1, {}))
    mail.show(RoundCompleted(2, 2, {}))
    assert (mail.take_round(), mail.take_round()) == (RoundCompleted(2, 2, {}), None)


def test_a_stop_that_waits_or_the_end_keep_new_instances_from_beginning(mail: Mailbox) -> None:
    mail.order(Trigger.RELOAD)
    assert not mail.wants_stop
    mail.order(Trigger.STOP)
    assert mail.wants_stop
    assert mail.take_order() and mail.take_order() and not mail.wants_stop
    mail.end()
    assert mail.wants_stop


@pytest.mark.parametrize("what", ["order", "end"])
def test_nobody_sleeps_over_what_has_come_already(mail: Mailbox, what: str) -> None:
    mail.order(Trigger.STOP) if what == "order" else mail.end()
    assert not mail.sleep_until(3600 * NS_PER_S + mail._clock.monotonic_ns())


def test_who_sleeps_is_woken_by_a_round() -> None:
    clock = VirtualClock()
    mail = Mailbox(clock)
    came: list[bool] = []
    sleeper = threading.Thread(target=lambda: came.append(mail.sleep_until(clock.monotonic_ns() + 3600 * NS_PER_S)))
    mail.show(RoundCompleted(1, 1, {}))
    sleeper.start()
    sleeper.join(10)
    assert came == [False]


def test_a_moment_that_comes_ends_the_sleep(mail: Mailbox) -> None:
    assert mail.sleep_until(mail._clock.monotonic_ns())


@pytest.mark.parametrize("what", ["order", "end", "wake"])
def test_nobody_rests_over_what_has_come_already(mail: Mailbox, what: str) -> None:
    {"order": lambda: mail.order(Trigger.STOP), "end": mail.end, "wake": mail.wake}[what]()
    rester = threading.Thread(target=mail.rest, args=(3600.0,), daemon=True)
    rester.start()
    rester.join(PATIENCE)
    assert not rester.is_alive()


def test_an_order_can_be_left_where_it_is() -> None:
    mail = Mailbox(VirtualClock())
    for order in (Trigger.RELOAD, Trigger.STOP, Trigger.START):
        mail.order(order)
    assert mail.take_order(but=Trigger.STOP) is Trigger.RELOAD
    assert mail.take_order(but=Trigger.STOP) is None
    assert [mail.take_order(), mail.take_order(), mail.take_order()] == [Trigger.STOP, Trigger.START, None]
