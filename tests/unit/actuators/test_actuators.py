"""Actuators as all plugins share them: LEDs, relays and lines with pulse-width modulation of the simulated Pi."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.access.decisions import Reservations
from hostcore.actuators import reserve_actuators
from hostcore.actuators.relays import Train
from hostcore.backends.base import PwmSettings
from hostcore.backends.spi import SpiSettings
from hostcore.clock import NS_PER_S, Clock, RealClock
from hostcore.config.actuators import LedsSettings
from hostcore.config.model import Config
from hostcore.errors import BusFaultError, UnsupportedError
from hostcore.events import Event, LedsShown, LogWritten, PwmSet, RelaySwitched
from hostcore.hostcall import Trap
from hostcore.permissions import SpiPermission, parse_permission
from hostcore.place import BusName, Place
from tests.actuator_bench import ALLOWED, BLUE, BUZZER, DARK, FAN, GREEN, LEDS, MS, PWM, RED, RELAYS, Bench
from tests.waiting import soon


class TestLeds:
    def test_what_several_plugins_set_is_shown_together_at_the_end_of_the_round(self) -> None:
        bench = Bench()
        bench.leds.set_color(bench.account_of("one"), 0, RED)
        bench.leds.set_color(bench.account_of("other"), 2, BLUE)
        assert bench.shown == ()
        bench.leds.show_changed()
        assert bench.shown == (RED, DARK, BLUE)
        assert bench.told == [LedsShown(bench.clock.wall_ns(), "other", (RED, DARK, BLUE), is_simulated=True)]

    def test_a_plugin_can_show_them_earlier(self) -> None:
        bench = Bench()
        bench.leds.fill(bench.account, GREEN)
        bench.leds.show(bench.account)
        bench.leds.show_changed()
        assert bench.told == [LedsShown(bench.clock.wall_ns(), "probe", (GREEN, GREEN, GREEN), is_simulated=True)]

    def test_nothing_is_sent_or_told_where_nothing_changed(self) -> None:
        bench = Bench()
        bench.leds.fill(bench.account, RED)
        bench.leds.show(bench.account)
        bench.pi.faults.append(BusFaultError("a second transfer"))
        bench.leds.fill(bench.account, RED)
        bench.leds.show(bench.account)
        bench.leds.show_changed()
        assert len(bench.told) == 1
        assert len(bench.transfers) == 1

    def test_a_strip_that_nobody_uses_is_never_opened(self) -> None:
        bench = Bench()
        bench.leds.show_changed()
        bench.actuators.stop()
        assert bench.pi.opened == []

    def test_dark_is_sent_too_at_first_since_nobody_knows_what_the_strip_shows(self) -> None:
        bench = Bench()
        bench.leds.fill(bench.account, DARK)
        bench.leds.show_changed()
        assert bench.shown == (DARK, DARK, DARK)

    @pytest.mark.parametrize(("order", "seen"), [("GRB", (1, 2, 3)), ("RGB", (2, 1, 3))])
    def test_the_order_of_the_parts_is_that_of_the_settings(self, order: Any, seen: tuple[int, int, int]) -> None:
        bench = Bench(LedsSettings(SpiPermission(0, 1), count=1, order=order))
        bench.leds.fill(bench.account, (1, 2, 3))
        bench.leds.show_changed()
        assert bench.shown == (seen,)

    @given(st.floats(0, 1), st.tuples(*[st.integers(0, 255)] * 3))
    def test_brightness_scales_what_the_leds_get_and_not_what_is_told(
        self, brightness: float, color: tuple[int, int, int]
    ) -> None:
        bench = Bench(LedsSettings(SpiPermission(0, 1), count=1, brightness=brightness))
        bench.leds.fill(bench.account, color)
        bench.leds.show_changed()
        assert bench.shown == (tuple(round(part * brightness) for part in color),)
        assert isinstance(bench.told[0], LedsShown)
        assert bench.told[0].colors == (color,)

    @pytest.mark.parametrize("index", [-1, 3, 4_294_967_295])
    def test_an_led_that_is_not_there_is_refused(self, index: int) -> None:
        bench = Bench()
        with pytest.raises(UnsupportedError, match=rf"no LED {index}; the strip has 0 to 2"):
            bench.leds.set_color(bench.account, index, RED)

    @pytest.mark.parametrize("color", [(256, 0, 0), (0, -1, 0)])
    def test_a_colour_that_there_is_not_is_refused(self, color: tuple[int, int, int]) -> None:
        bench = Bench()
        with pytest.raises(UnsupportedError, match="each part is 0 to 255"):
            bench.leds.fill(bench.account, color)

    def test_what_could_not_be_shown_is_shown_the_next_time(self) -> None:
        bench = Bench()
        bench.leds.fill(bench.account, RED)
        bench.pi.faults.append(BusFaultError("loose"))
        with pytest.raises(BusFaultError, match="loose"):
            bench.leds.show(bench.account)
        bench.leds.show_changed()
        assert bench.shown == (RED, RED, RED)

    def test_a_strip_that_fails_at_the_end_of_rounds_is_told_of_once_in_the_log_of_who_set_it(self) -> None:
        bench = Bench()
        bench.pi.faults += [BusFaultError("loose")] * 3
        bench.leds.fill(bench.account, RED)
        for _ in range(4):
            bench.leds.show_changed()
        trouble, shown = bench.told
        assert isinstance(trouble, LogWritten)
        assert (trouble.plugin, trouble.text) == ("probe", "the LEDs cannot be shown: loose")
        assert isinstance(shown, LedsShown)

    def test_a_bus_that_stays_taken_holds_up_no_round(self) -> None:
        bench = Bench()
        bench.leds.fill(bench.account, RED)
        with bench.buses.held(Place(BusName("spi-0"), 1)):
            bench.leds.show_changed()
            assert bench.told == []
        bench.leds.show_changed()
        assert bench.shown == (RED, RED, RED)

    def test_colours_that_are_set_while_a_frame_is_under_way_are_shown_afterwards(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = Bench()
        bench.leds.fill(bench.account, DARK)
        bench.leds.show(bench.account)
        device = bench.buses.spi_device(bench.leds.place)
        send = device.transfer

        def set_meanwhile(data: bytes, settings: SpiSettings) -> bytes:
            monkeypatch.undo()
            bench.leds.fill(bench.account, DARK)
            with suppress(Trap):
                bench.leds.show(bench.account.in_background())
            return send(data, settings)

        monkeypatch.setattr(device, "transfer", set_meanwhile)
        bench.leds.fill(bench.account, RED)
        bench.leds.show(bench.account)
        bench.leds.show_changed()
        assert bench.shown == (DARK, DARK, DARK)

    def test_a_defect_is_logged_and_the_colours_are_shown_the_next_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bench = Bench()
        device = bench.buses.spi_device(bench.leds.place)

        def fail(_data: bytes, _settings: SpiSettings) -> bytes:
            monkeypatch.undo()
            raise ZeroDivisionError("defect")

        monkeypatch.setattr(device, "transfer", fail)
        bench.leds.fill(bench.account, RED)
        bench.leds.show_changed()
        assert "a defect of this host: ZeroDivisionError" in bench.troubles()[0].text
        bench.leds.show_changed()
        assert bench.shown == (RED, RED, RED)

    def test_the_strip_shows_them_by_itself_soon_after_a_round(self) -> None:
        bench = Bench()
        bench.leds.fill(bench.account, RED)
        bench.actuators.show_soon()
        bench.wait_for(lambda: bool(bench.told))
        assert bench.shown == (RED, RED, RED)
        bench.actuators.stop()

    def test_the_time_that_showing_holds_the_bus_is_paid_for(self) -> None:
        bench = Bench()
        bench.pi.transfer_ns = 3 * NS_PER_S
        bench.leds.fill(bench.account, RED)
        bench.leds.show(bench.account)
        share = bench.account.kit.share
        assert share is not None
        assert share.wait_ns(bench.clock.monotonic_ns()) == 2 * NS_PER_S


class TestPwm:
    def test_a_line_is_set_and_told_once(self) -> None:
        bench = Bench()
        for _ in range(2):
            bench.pwm.write(bench.account, ALLOWED, 18, 0.25, 440.0)
        output: Any = bench.buses.pwm(PWM)
        assert (output.duty, output.frequency_hz) == (0.25, 440.0)
        assert bench.told == [PwmSet(bench.clock.wall_ns(), "probe", 18, 0.25, 440.0, is_simulated=True)]
        assert {(each.pwm, each.messages) for each in bench.transfers} == {(PwmSettings(0.25, 440.0), ())}

    def test_a_line_that_does_not_exist_is_refused(self) -> None:
        bench = Bench()
        with pytest.raises(UnsupportedError, match="54"):
            bench.pwm.write(bench.account, ALLOWED, 54, 0.5, 100.0)
        assert bench.told == []


class TestTheEnd:
    def used(self, clock: Clock) -> Bench:
        bench = Bench(clock=clock)
        bench.leds.fill(bench.account, RED)
        bench.leds.show(bench.account)
        bench.relays.write(bench.account, ALLOWED, "fan", True)
        bench.relays.pulse(bench.account, ALLOWED, "buzzer", Train(1000, 60_000 * MS, 60_000 * MS))
        bench.pwm.write(bench.account, ALLOWED, 18, 0.5, 100.0)
        bench.told.clear()
        return bench

    def test_leaves_nothing_running_within_a_second_and_tells_so_in_nobodys_name(self) -> None:
        bench = self.used(RealClock())
        with soon():
            bench.actuators.stop()
        assert bench.shown == (DARK, DARK, DARK)
        assert (bench.level(FAN), bench.level(BUZZER)) == (True, False)
        told = {(type(each), *names(each)) for each in bench.told}
        assert told == {
            (RelaySwitched, "", "fan", False),
            (RelaySwitched, "", "buzzer", False),
            (PwmSet, "", 18, 0.0),
            (LedsShown, "", (DARK, DARK, DARK)),
        }

    def test_ends_the_thread(self) -> None:
        before = set(threading.enumerate())
        bench = self.used(RealClock())
        bench.actuators.stop()
        assert set(threading.enumerate()) <= before

    def test_nothing_can_be_used_any_more(self) -> None:
        bench = self.used(RealClock())
        bench.actuators.stop()
        bench.told.clear()
        uses: Sequence[Callable[[], object]] = [
            lambda: bench.leds.fill(bench.account, RED),
            lambda: bench.relays.write(bench.account, ALLOWED, "fan", True),
            lambda: bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1, MS, 0)),
            lambda: bench.pwm.write(bench.account, ALLOWED, 18, 0.5, 100.0),
        ]
        for use in uses:
            with pytest.raises(UnsupportedError, match="the host is stopping"):
                use()
        bench.leds.show_changed()
        assert bench.told == []

    def test_what_was_never_used_is_not_touched(self) -> None:
        bench = Bench()
        bench.actuators.stop()
        assert bench.pi.opened == []

    def test_buses_that_stay_taken_do_not_hold_it_up(self) -> None:
        bench = self.used(RealClock())
        with soon(), bench.buses.held(Place(BusName("spi-0"), 1)), bench.buses.held(FAN), bench.buses.held(PWM):
            bench.actuators.stop()
        assert (RelaySwitched, "", "buzzer", False) in {(type(each), *names(each)) for each in bench.told}


def names(event: Event) -> tuple[object, ...]:
    match event:
        case RelaySwitched():
            return event.plugin, event.relay, event.on
        case PwmSet():
            return event.plugin, event.line, event.duty
        case LedsShown():
            return event.plugin, event.colors
    return (event,)


def test_lines_of_relays_and_the_device_of_the_leds_are_kept_from_plugins() -> None:
    reservations = Reservations()
    reserve_actuators(Config(Path("host.toml"), leds=LEDS, relays=RELAYS), reservations)
    owners = {
        text: reservations.reserve("probe", parse_permission(text))
        for text in ("gpio:27:out", "gpio:22:pulses", "pwm:27", "spi:0.1", "spi:0.0", "pwm:18", "gpio:5:out")
    }
    assert owners == {
        "gpio:27:out": "the relay fan",
        "gpio:22:pulses": "the relay buzzer",
        "pwm:27": "the relay fan",
        "spi:0.1": "the LED strip",
        "spi:0.0": None,
        "pwm:18": None,
        "gpio:5:out": None,
    }
