"""Plugins that are kept from their work, because an access is denied to them."""

from __future__ import annotations

from hostcore.events import AccessDenied, Confidence, Counters, CountersTaken, State, StateChanged
from hostcore.permissions import parse_permission
from tests.evidence import Bench, a_plugin


def denied(*granted: str, owner: str = "", count: int = 100, fails: bool = True) -> Bench:
    """A plugin that asks for 0x76 once a second."""
    made = Bench(a_plugin("light", *granted))
    for number in range(1, count + 1):
        if number in (1, 10, 100):
            wanted = parse_permission("i2c:1:0x76")
            made.take(AccessDenied(made.now_ns, "light", wanted, "no", number, owner))
        made.take(CountersTaken(made.now_ns, "light", Counters(calls=number, denied=number, errors=number * fails)))
        made.wait(1)
    return made


def test_the_owner_of_the_device_is_named_and_keeps_it() -> None:
    (found,) = denied(owner="bme680").findings()
    assert found.sentence == "light cannot work: it asks for 0x76 on i2c-1, which belongs to bme680."
    assert found.advice == "Check in light which device it is for. bme680 keeps 0x76 on i2c-1."
    assert found.kind == "denied-access" and found.confidence is Confidence.CERTAIN
    assert (found.plugin, found.bus, found.address) == ("light", "i2c-1", 0x76)
    assert "i2c:1" not in found.sentence + found.advice
    assert found.evidence[0].text == "denied at least 100 times"


def test_what_belongs_to_nobody_can_be_granted_without_the_grammar_of_permissions() -> None:
    (found,) = denied().findings()
    assert found.sentence == "light cannot work: host.toml does not let it use 0x76 on i2c-1."
    assert found.advice == "If light is meant to, grant it: key g in the pane Plugins, or wasi-host grant light."


def test_a_plugin_that_was_denied_a_few_times_is_not_told() -> None:
    assert denied(count=9).findings() == ()


def test_a_plugin_that_works_without_it_is_fine() -> None:
    assert denied(fails=False).findings() == ()


def test_it_ends_with_the_grant() -> None:
    made = denied()
    assert made.kinds() == ["denied-access"]
    made.case.know([a_plugin("light", "i2c:1:0x76")])
    made.wait(10)
    assert made.kinds() == []


def test_it_ends_a_minute_after_the_last_denial() -> None:
    made = denied(owner="bme680")
    assert made.kinds() == ["denied-access"]
    made.wait(70)
    assert made.kinds() == []


def test_a_plugin_that_was_stopped_is_not_told() -> None:
    made = denied()
    made.take(StateChanged(made.now_ns, "light", State.RUNNING, State.STOPPED, "a person's order"))
    made.wait(10)
    assert made.findings() == ()
