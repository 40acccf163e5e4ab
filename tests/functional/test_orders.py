"""Orders of a person: a plugin stops at once whatever it does, starts again, and says what an order would mean."""

from __future__ import annotations

import pytest

from hostcore.errors import HostError
from hostcore.events import (
    CountersTaken,
    LogWritten,
    PluginCrashed,
    RoundCompleted,
    State,
)
from hostcore.place import BusName, Place
from hostcore.session import Order
from tests.supervised import COUNTER, CRASHER, STRAIGHT, SupervisedHost
from tests.waiting import soon

pytest_plugins = ["tests.supervised_fixture"]

BUSY = {
    "in a loop": "while True: pass",
    "asleep": "time.sleep(60)",
    "waiting for the bus": "i2c.read(0x23, 1)",
    "waiting for the serial port": "uart.read(timeout=60)",
}
"""Ways to spend a minute in one call."""


class TestOrders:
    def test_a_stopped_plugin_leaves_the_rounds_and_starts_again(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.write("other", COUNTER)
        supervised.start()
        supervised.wait_for(RoundCompleted, where=lambda event: "counter" in event.readings)
        supervised.host.order("counter", Order.STOP)
        supervised.reaches("counter", State.STOPPED)
        supervised.wait_for(RoundCompleted, where=lambda event: "counter" not in event.readings)
        supervised.host.order("counter", Order.START)
        supervised.reaches("counter", State.RUNNING)
        assert supervised.reading("counter") == {"count": 1}

    @pytest.mark.parametrize("before", [State.RUNNING, State.STOPPED, State.QUARANTINED, State.BACKOFF])
    def test_a_restart_is_a_new_instance_from_any_state(self, supervised: SupervisedHost, before: State) -> None:
        source = CRASHER if before in {State.QUARANTINED, State.BACKOFF} else COUNTER
        supervised.write("plugin", source)
        delay = 60 if before is State.BACKOFF else 0.05
        supervised.configure({"supervisor": {"first_delay": delay, "max_crashes": 1}})
        supervised.start()
        if before is State.STOPPED:
            supervised.host.order("plugin", Order.STOP)
        supervised.reaches("plugin", before)
        supervised.write("plugin", COUNTER)
        supervised.host.order("plugin", Order.RESTART)
        supervised.reaches("plugin", State.LOADING)
        supervised.reaches("plugin", State.RUNNING)
        assert supervised.reading("plugin")["count"] == 1
        assert not [each for each in supervised.of(LogWritten, "plugin") if "knows no" in each.text]

    def test_an_order_that_means_nothing_now_says_what_would(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.start()
        supervised.reaches("counter", State.RUNNING)
        supervised.host.order("counter", Order.RELEASE)
        supervised.line("counter", "a running plugin knows no 'release'; possible: crashed, ")
        assert supervised.reading("counter")
        assert supervised.states("counter") == STRAIGHT

    def test_an_order_for_a_plugin_that_is_not_there_names_those_that_are(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.write("other", COUNTER)
        supervised.start()
        with pytest.raises(HostError, match="no plugin is called 'counters'; there are: counter, other"):
            supervised.host.order("counters", Order.STOP)

    @pytest.mark.parametrize("how", BUSY)
    def test_a_stop_ends_the_call_under_way_and_is_no_crash(self, supervised: SupervisedHost, how: str) -> None:
        self.start_busy(supervised, how)
        with supervised.host.buses.held(Place(BusName("i2c-1"))):
            supervised.line("busy", "begins")
            with soon():
                supervised.host.order("busy", Order.STOP)
                supervised.reaches("busy", State.STOPPED)
        assert not supervised.of(PluginCrashed)
        assert supervised.of(CountersTaken, "busy")[-1].counters.crashes == ()
        supervised.host.order("busy", Order.START)
        supervised.line("busy", "begins")

    @pytest.mark.parametrize("how", BUSY)
    def test_the_hosts_end_ends_the_call_under_way(self, supervised: SupervisedHost, how: str) -> None:
        self.start_busy(supervised, how)
        with supervised.host.buses.held(Place(BusName("i2c-1"))):
            supervised.line("busy", "begins")
            with soon():
                assert supervised.stop()
        assert supervised.threads() == set()

    def test_a_plugin_that_never_ends_to_load_can_be_stopped(self, supervised: SupervisedHost) -> None:
        supervised.write(
            "busy", "def hang():\n    print('begins')\n    while True: pass\nhang()\ndef read(): return {}\n"
        )
        supervised.configure({"limits": {"call_seconds": 60}})
        supervised.start()
        supervised.line("busy", "begins")
        supervised.host.order("busy", Order.STOP)
        assert supervised.reaches("busy", State.STOPPED).before is State.LOADING
        assert not supervised.of(PluginCrashed)

    def start_busy(self, supervised: SupervisedHost, how: str) -> None:
        """Start a host with a plugin that says when it begins to be busy, for up to a minute."""
        supervised.write(
            "busy",
            f"""
            import time
            from host import i2c, uart
            def read():
                print("begins", flush=True)
                {BUSY[how]}
                return {{}}
            """,
        )
        supervised.configure(
            {"limits": {"call_seconds": 60}, "plugins.busy": {"permissions": ["i2c:1:0x23", "uart:serial0"]}}
        )
        supervised.start()
