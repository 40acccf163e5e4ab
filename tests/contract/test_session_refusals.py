"""A request that cannot be is refused in the same words on both sides of the socket."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.errors import HostError
from hostcore.events.facts import ScanMode
from hostcore.faults.model import Fault, FaultKind
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.session import Order, Session
from hostcore.settings_wish import Calibration, RangeAlarm
from tests.front_end import Client

pytest_plugins = ["tests.front_end_fixture"]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (lambda session: session.order("nobody", Order.STOP), "nobody"),
        (lambda session: session.fetch("nobody"), "nobody"),
        (lambda session: session.keep_recording("nobody"), "nobody"),
        (lambda session: session.add_driver(DriverWish(DriverKind.EMPTY, "light")), "is there already"),
        (lambda session: session.add_driver(DriverWish(DriverKind.EMPTY, "No Name")), "no plugin can have the name"),
        (lambda session: session.source("nobody", "", 1), "nobody"),
        (lambda session: session.source("counter", "", 999), "999"),
        (lambda session: session.driver_file("nobody"), "nobody"),
        (lambda session: session.replace_driver("nobody", "", ""), "nobody"),
        (lambda session: session.replace_driver("counter", "0" * 64, ""), "was changed by somebody else"),
        (lambda session: session.replace_driver("counter", "0" * 64, "#" * 200_000), "131072 are allowed"),
        (lambda session: session.scan(99, ScanMode.AUTO), "i2c-99"),
        (lambda session: session.identify(99, 0x23), "i2c-99"),
        (lambda session: session.grant("nobody", (parse_permission("system"),)), "nobody"),
        (lambda session: session.change_settings(Calibration("nobody", ("count",), 1.0)), "nobody"),
        (lambda session: session.change_settings(RangeAlarm("light", ("lux",))), "no alarm watches"),
        (lambda session: session.acknowledge("nobody"), "busy"),
        (lambda session: session.acknowledge("busy"), "not raised"),
        (lambda session: session.actuate(SwitchRelay("heater", True)), "heater"),
        (lambda session: session.actuate(SetPwm(18, 2.0, 100.0)), "a duty of 2"),
        (lambda session: session.actuate(SetPwm(19, 0.5, 100.0)), "GPIO line 19"),
        (lambda session: session.actuate(LightLeds((1, 2, 3), 0, 9)), "LED 9"),
        (lambda session: session.hold("noise", 1.0), "temperature, humidity"),
        (lambda session: session.hold("humidity", 101.0), "0 to 100 %"),
        (lambda session: session.set_faults((Fault(FaultKind.NACK, BusName("i2c-99")),)), "i2c-99"),
    ],
)
def test_a_refusal_names_what_is_wrong(refused: Client, request_: Callable[[Session], object], words: str) -> None:
    with pytest.raises(HostError) as here:
        request_(refused.session)
    with pytest.raises(HostError) as there:
        request_(refused.host.host)
    assert words in str(here.value)
    assert str(here.value) == str(there.value)
