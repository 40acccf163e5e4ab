"""Relays as all plugins share them, and trains of pulses."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor

import pytest

from hostcore.access.decisions import Access
from hostcore.actuators.relays import RETRIES, Train
from hostcore.clock import RealClock
from hostcore.errors import BusFaultError, UnsupportedError
from hostcore.events import Message, Outcome, RelaySwitched
from tests.actuator_bench import ALLOWED, BUZZER, FAN, MS, PATIENCE, Bench, HeldClock


class TestRelays:
    def test_on_is_low_where_the_settings_say_so(self) -> None:
        bench = Bench()
        for name in ("fan", "buzzer"):
            bench.relays.write(bench.account, ALLOWED, name, True)
        assert (bench.level(FAN), bench.level(BUZZER)) == (False, True)
        for name in ("fan", "buzzer"):
            bench.relays.write(bench.account, ALLOWED, name, False)
        assert (bench.level(FAN), bench.level(BUZZER)) == (True, False)

    def test_a_switch_is_told_once_and_can_be_read(self) -> None:
        bench = Bench()
        assert bench.relays.read("fan") is False
        for _ in range(2):
            bench.relays.write(bench.account, ALLOWED, "fan", True)
        assert bench.relays.read("fan") is True
        assert bench.told == [RelaySwitched(bench.clock.wall_ns(), "probe", "fan", True, is_simulated=True)]

    def test_switching_off_what_was_never_on_drives_the_line_and_is_told_once(self) -> None:
        bench = Bench()
        for _ in range(2):
            bench.relays.write(bench.account, ALLOWED, "fan", False)
        assert bench.level(FAN) is True
        assert bench.told == [RelaySwitched(bench.clock.wall_ns(), "probe", "fan", False, is_simulated=True)]

    def test_an_unknown_relay_names_those_there_are_and_the_table_to_add(self) -> None:
        bench = Bench()
        with pytest.raises(UnsupportedError, match=r"no relay 'pump', only these: fan, buzzer; .*\[relays\.pump\]"):
            bench.relays.write(bench.account, ALLOWED, "pump", True)
        with pytest.raises(UnsupportedError, match="pump"):
            bench.relays.read("pump")

    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_a_train_of_pulses_ends_off(self, count: int) -> None:
        bench = Bench()
        began = bench.clock.wall_ns()
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(count, 100 * MS, 50 * MS))
        bench.wait_for(lambda: len(bench.switched()) == 2 * count)
        assert bench.switched() == [True, False] * count
        times = [each.time_ns - began for each in bench.told]
        starts = [pulse * 150 * MS for pulse in range(count)]
        assert times == [at for start in starts for at in (start, start + 100 * MS)]
        bench.actuators.stop()

    def test_pulsing_returns_while_the_relay_is_on(self) -> None:
        bench = Bench(clock=RealClock())
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1, 60_000 * MS, 0))
        assert bench.relays.read("fan") is True
        bench.actuators.stop()
        assert bench.switched() == [True, False]

    def test_trains_of_several_relays_run_beside_each_other(self) -> None:
        bench = Bench()
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(3, 10 * MS, 10 * MS))
        bench.relays.pulse(bench.account, ALLOWED, "buzzer", Train(4, 7 * MS, 7 * MS))
        bench.wait_for(lambda: len(bench.switched("fan")) == 6 and len(bench.switched("buzzer")) == 8)
        bench.actuators.stop()

    def test_a_new_train_replaces_the_one_under_way(self) -> None:
        bench = Bench(clock=RealClock())
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1000, 60_000 * MS, 0))
        bench.relays.pulse(bench.account_of("other"), ALLOWED, "fan", Train(1, 1 * MS, 0))
        bench.wait_for(lambda: bench.switched() == [True, False])
        assert bench.told[-1] == RelaySwitched(bench.told[-1].time_ns, "other", "fan", False, is_simulated=True)
        bench.actuators.stop()

    def test_switching_ends_a_train(self) -> None:
        bench = Bench(clock=RealClock())
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1000, 60_000 * MS, 0))
        bench.relays.write(bench.account, ALLOWED, "fan", False)
        bench.relays.pulse(bench.account, ALLOWED, "buzzer", Train(1, 1 * MS, 0))
        bench.wait_for(lambda: bench.switched("buzzer") == [True, False])
        assert bench.switched() == [True, False]
        bench.actuators.stop()

    @pytest.mark.parametrize(("failing", "told"), [([2], 1), ([3], 1), ([2, 3, 4, 5], 4)])
    def test_a_train_whose_line_does_not_obey_is_logged_and_ends_off_as_soon_as_it_does(
        self, failing: list[int], told: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = Bench()
        self.let_fail(bench, failing, monkeypatch)
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(3, 1 * MS, 1 * MS))
        bench.wait_for(lambda: len(bench.troubles()) == told and bench.switched()[-1:] == [False])
        assert bench.switched() == [True, False]
        assert {each.plugin for each in bench.troubles()} == {"probe"}
        assert "relay fan cannot be switched" in bench.troubles()[0].text
        bench.actuators.stop()

    def test_a_line_that_never_obeys_is_not_tried_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bench = Bench()
        self.let_fail(bench, range(2, 1000), monkeypatch)
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(3, 1 * MS, 1 * MS))
        bench.wait_for(lambda: len(bench.troubles()) == RETRIES + 1)
        bench.relays.pulse(bench.account, ALLOWED, "buzzer", Train(1, 1 * MS, 1 * MS))
        bench.wait_for(lambda: bench.switched("buzzer") == [True, False])
        assert len(bench.troubles()) == RETRIES + 1
        bench.actuators.stop()

    def test_a_call_that_fails_leaves_the_train_under_way(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = HeldClock()
        bench = Bench(clock=clock)
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1, 50 * MS, 0))
        with monkeypatch.context() as patch:
            self.let_fail(bench, [1, 2], patch)
            with pytest.raises(BusFaultError):
                bench.relays.write(bench.account, ALLOWED, "fan", True)
            failed = bench.transfers[-1]
            assert (failed.outcome, failed.messages) == (Outcome.BUS, (Message(True, b"\0"),)), "what it was to send"
            with pytest.raises(BusFaultError):
                bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1, MS, 0))
        clock.go.set()
        bench.wait_for(lambda: bench.switched() == [True, False])
        bench.actuators.stop()

    def test_a_defect_costs_one_attempt_and_not_the_thread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bench = Bench()
        self.let_fail(bench, [2], monkeypatch, ZeroDivisionError("defect"))
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1, 1 * MS, 1 * MS))
        bench.wait_for(lambda: bench.switched() == [True, False])
        assert "a defect of this host: ZeroDivisionError" in bench.troubles()[0].text
        bench.actuators.stop()

    def test_a_plugin_that_waits_for_its_share_keeps_no_other_from_its_relay(self) -> None:
        clock = HeldClock()
        bench = Bench(clock=clock)
        greedy = bench.account_of("greedy")
        assert greedy.kit.share is not None
        greedy.kit.share.spend(10**10)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(bench.relays.write, greedy, ALLOWED, "fan", True)
            assert clock.waiting.wait(PATIENCE)
            bench.relays.write(bench.account, ALLOWED, "buzzer", True)
            assert bench.switched("buzzer") == [True]
            assert not waiting.done()
            clock.go.set()
            waiting.result(PATIENCE)

    @pytest.mark.parametrize("end", [lambda access: access.grant([]), lambda access: access.release()])
    def test_a_train_ends_off_when_its_plugin_stops_or_loses_the_permission(
        self, end: Callable[[Access], None]
    ) -> None:
        bench = Bench(clock=RealClock())
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1000, 1 * MS, 1 * MS))
        bench.wait_for(lambda: len(bench.switched()) > 4)
        end(bench.account.kit.access)
        bench.wait_for(lambda: any(each.plugin == "host" for each in bench.transfers))
        told = len(bench.switched())
        assert bench.relays.read("fan") is False
        bench.relays.pulse(bench.account_of("other"), ALLOWED, "buzzer", Train(2, 1 * MS, 1 * MS))
        bench.wait_for(lambda: len(bench.switched("buzzer")) == 4)
        assert len(bench.switched()) == told, "the train goes on"
        bench.actuators.stop()

    def test_the_end_does_not_wait_for_a_line_that_hangs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bench = Bench(clock=RealClock())
        bench.relays.write(bench.account, ALLOWED, "buzzer", True)
        hangs, goes_on = threading.Event(), threading.Event()

        def hang(_level: bool) -> None:
            hangs.set()
            assert goes_on.wait(PATIENCE)

        monkeypatch.setattr(bench.buses.gpio_line(FAN), "write", hang)
        with ThreadPoolExecutor(2) as pool:
            hung = pool.submit(bench.relays.write, bench.account_of("other"), ALLOWED, "fan", True)
            assert hangs.wait(PATIENCE)
            pool.submit(bench.actuators.stop).result(PATIENCE)
            assert not hung.done()
            assert bench.switched("buzzer") == [True, False], "the other relays are off"
            goes_on.set()
            hung.result(PATIENCE)

    def let_fail(
        self,
        bench: Bench,
        calls: Collection[int],
        monkeypatch: pytest.MonkeyPatch,
        error: Exception | None = None,
    ) -> None:
        """Let these writes of the fan's line fail, counted from 1."""
        line = bench.buses.gpio_line(FAN)
        obey, count = line.write, itertools.count(1)

        def write(level: bool) -> None:
            if next(count) in calls:
                raise error or BusFaultError("gone")
            obey(level)

        monkeypatch.setattr(line, "write", write)
