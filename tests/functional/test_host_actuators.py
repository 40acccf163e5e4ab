"""Actuators of a whole host: plugins use what they are granted, everybody sees it, and all is off in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.backends.base import Pull
from hostcore.events import AccessDenied, LedsShown, RelaySwitched
from hostcore.permissions import LedsPermission
from tests.supervised import SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

ACTUATORS = {
    "leds": {"spi": "0.1", "count": 2},
    "relays.fan": {"line": 27, "active_low": True},
}
RED, GREEN, DARK = (255, 0, 0), (0, 255, 0), (0, 0, 0)


def granted(**permissions: list[str]) -> dict[str, dict[str, object]]:
    return {**ACTUATORS, **{f"plugins.{name}": {"permissions": these} for name, these in permissions.items()}}


@pytest.fixture
def lights(supervised: SupervisedHost) -> SupervisedHost:
    """Two drivers that each light an LED, without showing it."""
    for index, name in enumerate(("first", "second")):
        color = (RED, GREEN)[index]
        supervised.write(
            name,
            f"""
            from host import leds
            def read():
                leds.set_color({index}, *{color})
                return {{}}
            """,
        )
    return supervised


def test_what_several_plugins_set_is_shown_at_the_end_of_a_round_and_dark_when_the_host_ends(
    lights: SupervisedHost,
) -> None:
    lights.configure(granted(first=["leds"], second=["leds"]))
    lights.start()
    lights.wait_for(LedsShown, where=lambda shown: shown.colors == (RED, GREEN))
    assert lights.stop()
    last = lights.of(LedsShown)[-1]
    assert (last.plugin, last.colors) == ("", (DARK, DARK))


def test_leds_that_are_not_granted_are_asked_for(lights: SupervisedHost) -> None:
    lights.configure(granted(first=["leds"]))
    lights.start()
    lights.wait_for(LedsShown, where=lambda shown: shown.colors == (RED, DARK))
    assert "does not let second use the LED strip" in lights.failure("second")
    assert lights.of(AccessDenied, "second")[0].permission == LedsPermission()


def test_a_fan_follows_a_plugin_and_is_off_when_the_host_ends(supervised: SupervisedHost) -> None:
    supervised.write(
        "cooler",
        """
        from host import relays
        def read():
            relays.write("fan", True)
            return {"fan": relays.read("fan")}
        """,
    )
    supervised.configure(granted(cooler=["relay:fan"]))
    supervised.start()
    assert supervised.reading("cooler") == {"fan": True}
    assert supervised.of(RelaySwitched, "cooler")[0].on
    line = supervised.wires.gpio_line(27)
    assert line.read(Pull.NONE) is False
    assert supervised.stop()
    assert line.read(Pull.NONE) is True
    assert [(each.plugin, each.on) for each in supervised.of(RelaySwitched)] == [("cooler", True), ("", False)]


@pytest.mark.parametrize(
    ("permission", "use", "owner"),
    [
        ("gpio:27:out", "gpio.write(27, True)", "the relay fan"),
        ("pwm:27", "pwm.write(27, 0.5)", "the relay fan"),
        ("spi:0.1", "spi.transfer('00', chip_select=1)", "the LED strip"),
    ],
)
def test_nobody_gets_past_the_permission_by_the_bare_line(
    supervised: SupervisedHost, permission: str, use: str, owner: str
) -> None:
    supervised.write("sly", f"from host import gpio, pwm, spi\ndef read():\n    {use}\n    return {{}}\n")
    supervised.configure(granted(sly=[permission]))
    supervised.start()
    assert f"belongs to {owner}, which used it first, so sly may not use it" in supervised.failure("sly")


def test_without_the_tables_a_call_says_which_one_to_add(supervised: SupervisedHost, tmp_path: Path) -> None:
    supervised.write(
        "eager",
        """
        import host
        from host import leds, relays
        def read():
            problems = []
            for use in (leds.count, lambda: relays.read("fan")):
                try:
                    use()
                except host.BusError as error:
                    problems.append(str(error))
            return {"problems": problems}
        """,
    )
    supervised.configure({"plugins.eager": {"permissions": ["leds", "relay:fan"]}})
    supervised.start()
    leds, relay = supervised.reading("eager")["problems"]
    assert "add the table [leds]" in leds
    assert "add the table [relays.fan]" in relay
