"""The actuators in a plugin's hands: permission first, then what host.toml describes; directly, and in the sandbox."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.access.decisions import Access
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.clock import VirtualClock
from hostcore.config.model import Config
from hostcore.errors import AccessDeniedError, BusError, UnsupportedError
from hostcore.events import Event, LedsShown, Outcome, PwmSet, RelaySwitched, TransferCompleted
from hostcore.permissions import Permission, parse_permission
from hostcore.plugin.actuators import PluginActuators
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from tests.actuator_bench import actuators_of
from tests.plain_python import PLUGINS
from tests.sandbox import BUSES, SETTINGS, Sandbox, simulated_pi

ALL = ("leds", "relay:fan", "relay:buzzer", "pwm:18")
Use = Callable[[PluginActuators], object]


class Bench:
    """A plugin's actuators without the plugin.

    Attributes:
        told: the events, but for the transfers.
        transfers: those.
        denied: the permissions that it lacked.
    """

    def __init__(self, *permissions: str, config: Config = SETTINGS) -> None:
        self.clock = VirtualClock()
        buses = Buses(dict.fromkeys(BUSES, simulated_pi(self.clock)), self.clock)
        self.told: list[Event] = []
        self.transfers: list[TransferCompleted] = []
        self.denied: list[Permission] = []
        self.share = BusShare(0.5, self.clock.monotonic_ns())
        limit = TimeLimit(self.clock, 5.0)
        limit.begin()
        kit = Kit(
            Access(
                "probe",
                [*map(parse_permission, permissions)],
                denied=lambda denial: self.denied.append(denial.permission),
            ),
            self.share,
            limit,
            self._publish,
        )
        self.all = actuators_of(config, buses, self._publish)
        self.actuators = PluginActuators(Gate(buses, "probe", kit), self.all)

    def _publish(self, event: Event) -> None:
        (self.transfers if isinstance(event, TransferCompleted) else self.told).append(event)


USES: dict[str, tuple[str, Use]] = {
    "leds_count": ("leds", lambda has: has.leds_count()),
    "leds_set": ("leds", lambda has: has.leds_set(0, 1, 2, 3)),
    "leds_fill": ("leds", lambda has: has.leds_fill(1, 2, 3)),
    "leds_show": ("leds", lambda has: has.leds_show()),
    "relay_set": ("relay:fan", lambda has: has.relay_set("fan", True)),
    "relay_is_on": ("relay:fan", lambda has: has.relay_is_on("fan")),
    "relay_pulse": ("relay:fan", lambda has: has.relay_pulse("fan", 1, 1, 0)),
    "pwm_set": ("pwm:18", lambda has: has.pwm_set(18, 0.5, 100)),
}


class TestPermissions:
    @pytest.mark.parametrize(("needed", "use"), USES.values(), ids=USES)
    def test_each_use_needs_its_own(self, needed: str, use: Use) -> None:
        bench = Bench(*(each for each in ("leds", "relay:buzzer", "relay:fan", "pwm:18", "pwm:17") if each != needed))
        with pytest.raises(AccessDeniedError, match=f'does not let probe .* add "{needed}"'):
            use(bench.actuators)
        assert bench.denied == [parse_permission(needed)]
        assert bench.told == []
        assert [(each.outcome, each.sequence, each.messages) for each in bench.transfers] == [(Outcome.DENIED, 0, ())]

    @pytest.mark.parametrize(("needed", "use"), USES.values(), ids=USES)
    def test_each_use_needs_no_other(self, needed: str, use: Use) -> None:
        bench = Bench(needed)
        use(bench.actuators)
        bench.all.stop()

    @pytest.mark.parametrize(
        ("use", "table"),
        [(USES["leds_set"][1], r"\[leds\]"), (USES["relay_set"][1], r"\[relays\.fan\]")],
        ids=["leds", "relay"],
    )
    def test_what_host_toml_does_not_describe_names_the_table_to_add(self, use: Use, table: str) -> None:
        with pytest.raises(UnsupportedError, match=f"add the table {table}"):
            use(Bench(*ALL, config=Config(Path("host.toml"))).actuators)


class TestRanges:
    @pytest.mark.parametrize(
        "use",
        [
            lambda has: has.leds_set(4, 0, 0, 0),
            lambda has: has.leds_fill(0, 0, 256),
            lambda has: has.relay_pulse("fan", 0, 100, 100),
            lambda has: has.relay_pulse("fan", 1001, 100, 100),
            lambda has: has.relay_pulse("fan", 1, 0, 100),
            lambda has: has.relay_pulse("fan", 1, 60_001, 100),
            lambda has: has.relay_pulse("fan", 1, 100, 60_001),
            lambda has: has.relay_set("Fan", True),
            lambda has: has.relay_set("x" * 1_000_000, True),
            lambda has: has.pwm_set(54, 0.5, 100),
            lambda has: has.pwm_set(18, 1.001, 100),
            lambda has: has.pwm_set(18, -0.001, 100),
            lambda has: has.pwm_set(18, math.nan, 100),
            lambda has: has.pwm_set(18, 0.5, 0.999),
            lambda has: has.pwm_set(18, 0.5, 10_001),
            lambda has: has.pwm_set(18, 0.5, math.inf),
            lambda has: has.pwm_set(18, 0.5, math.nan),
        ],
    )
    def test_what_is_beyond_is_refused_in_a_line_for_a_person(self, use: Use) -> None:
        bench = Bench(*ALL)
        with pytest.raises(UnsupportedError) as error:
            use(bench.actuators)
        assert 10 < len(str(error.value)) < 300
        assert bench.told == []

    def test_the_ends_of_each_range_are_allowed(self) -> None:
        bench = Bench(*ALL)
        for duty, frequency_hz in ((0.0, 1.0), (1.0, 10_000.0)):
            bench.actuators.pwm_set(18, duty, frequency_hz)
        bench.actuators.leds_set(3, 255, 0, 255)
        bench.actuators.relay_pulse("fan", 1000, 60_000, 0)
        bench.all.stop()

    @given(
        st.text(),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**32 - 1),
        st.floats(allow_nan=True),
        st.floats(allow_nan=True),
    )
    def test_whatever_a_component_can_send_ends_well_or_as_an_error_for_it(
        self, name: str, number: int, other: int, duty: float, frequency_hz: float
    ) -> None:
        bench = Bench("leds", "pwm:18")
        uses: list[Use] = [
            lambda has: has.leds_set(number, number & 0xFF, 0, other & 0xFF),
            lambda has: has.relay_set(name, True),
            lambda has: has.relay_pulse(name, number, other, number),
            lambda has: has.relay_is_on(name),
            lambda has: has.pwm_set(number & 0xFF, duty, frequency_hz),
        ]
        for use in uses:
            try:
                use(bench.actuators)
            except BusError as error:
                assert str(error)


def test_a_plugin_that_has_used_up_its_share_of_the_buses_waits() -> None:
    bench = Bench(*ALL)
    bench.share.spend(1_500_000_000)
    bench.actuators.relay_set("fan", True)
    assert bench.clock.monotonic_ns() == 2_000_000_000


class TestInTheSandbox:
    def test_a_plugin_lights_leds(self, sandbox: Sandbox) -> None:
        plugin = sandbox.load(
            """
            from host import leds
            def read():
                leds.fill(0, 0, 9)
                leds.set_color(1, 255, 128, 0)
                leds.show()
                return {"count": leds.count()}
            """,
            "leds",
        )
        assert plugin.read() == {"count": 4}
        blue = (0, 0, 9)
        shown = LedsShown(sandbox.clock.wall_ns(), "probe", (blue, (255, 128, 0), blue, blue), is_simulated=True)
        assert [each for each in sandbox.events if isinstance(each, LedsShown)] == [shown]

    def test_a_plugin_switches_and_pulses_relays(self, sandbox: Sandbox) -> None:
        plugin = sandbox.load(
            """
            from host import relays
            def read():
                relays.write("fan", True)
                before = relays.read("fan")
                relays.pulse("buzzer", 3, on=0.002, off=0.001)
                relays.write("buzzer", False)
                return {"before": before, "buzzer": relays.read("buzzer")}
            """,
            "relay:fan",
            "relay:buzzer",
        )
        assert plugin.read() == {"before": True, "buzzer": False}
        relays = {each.relay for each in sandbox.events if isinstance(each, RelaySwitched)}
        assert relays == {"fan", "buzzer"}

    def test_a_plugin_modulates_a_line(self, sandbox: Sandbox) -> None:
        plugin = sandbox.load(
            """
            from host import pwm
            def read():
                pwm.write(18, 0.25)
                pwm.write(18, 1, frequency=50)
                return {}
            """,
            "pwm:18",
        )
        plugin.read()
        set_ = [(each.line, each.duty, each.frequency_hz) for each in sandbox.events if isinstance(each, PwmSet)]
        assert set_ == [(18, 0.25, 1000.0), (18, 1.0, 50.0)]

    def test_the_display_that_the_documentation_shows_works(self, sandbox: Sandbox) -> None:
        text = (PLUGINS / "README.md").read_text(encoding="utf-8")
        (example,) = (block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "def update" in block)
        plugin = sandbox.load(example, "leds")
        readings = {"b": {"error": "no"}, "timestamp": "2026-01-31T08:00:00Z", "a": {"n": 1}, "c": {"n": 2}}
        plugin.update(json.dumps(readings))
        (shown,) = (each for each in sandbox.events if isinstance(each, LedsShown))
        red, green = (60, 0, 0), (0, 60, 0)
        assert shown.colors == (green, red, green, (0, 0, 0))

    def test_what_is_refused_is_an_exception_that_a_plugin_can_catch(self, sandbox: Sandbox) -> None:
        plugin = sandbox.load(
            """
            import host
            from host import leds, pwm, relays
            def attempt(use, *arguments):
                try:
                    use(*arguments)
                except host.Error as error:
                    return type(error).__name__
            def read():
                return {
                    "leds": attempt(leds.set_color, 9, 1, 2, 3),
                    "relay": attempt(relays.write, "fan", True),
                    "name": attempt(relays.read, "no such name"),
                    "pwm": attempt(pwm.write, 18, float("nan")),
                }
            """,
            "leds",
        )
        assert plugin.read() == {"leds": "BusError", "relay": "Denied", "name": "BusError", "pwm": "BusError"}
