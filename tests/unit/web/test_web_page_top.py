"""The top of every tab: what is held, how the buses are, whether the host is there, and that a page may only look."""

from __future__ import annotations

import re
from dataclasses import replace

from hostcore.devices.environment import Signal
from hostcore.events import Alarm, AlarmRaised, ConnectionLost, ConnectionRestored, HeldQuantity, QuantitiesHeld, State
from hostcore.events.facts import QuantityFacts
from hostcore.view.bus_health import HealthTrouble
from hostcore.view.condition import Condition
from hostcore.view.plugins import PluginStatus
from hostcore.web.page import PluginRow, Top, plugins_block
from hostcore.web.page.top import bar
from tests.scripted_session import host_facts
from tests.web_view_events import after

EVIL = "\"'><script>alert(1)</script>\x1b"
TOP = Top(host_facts(), ())
LIGHT = QuantityFacts("illuminance", "lx", 0.0, 1e6, Signal(260.0))


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<.*?>", " ", html)).strip()


def test_quantities_that_a_person_holds_are_named_with_their_units() -> None:
    view = after(QuantitiesHeld(1, (HeldQuantity("illuminance", 35.0), HeldQuantity(EVIL, 0.5))))
    held = view.world.words([LIGHT])
    assert held[0] == "illuminance 35 lx"
    shown = bar(replace(TOP, held=held))
    assert "SIMULATED, held by a person: illuminance 35 lx;" in text_of(shown)
    assert "<script" not in shown and "\x1b" not in shown
    assert "held" not in bar(TOP)


def test_what_is_not_well_with_the_buses_and_the_supply_is_told_in_the_words_of_the_screen() -> None:
    troubles = (HealthTrouble("UNDERVOLTAGE", is_grave=True), HealthTrouble("i2c-1 0x76 12 % fail", is_grave=False))
    shown = bar(replace(TOP, troubles=troubles))
    assert '<span class="bad">! UNDERVOLTAGE</span><span class="warn">! i2c-1 0x76 12 % fail</span>' in shown
    assert 'id="health"' not in bar(TOP)


def test_a_page_whose_host_is_gone_says_since_when_and_why() -> None:
    view = after(ConnectionLost(10**18, f"the host has ended {EVIL}"))
    shown = bar(replace(TOP, lost=view.connection.lost))
    assert re.search(r"NO CONNECTION to the host since \d\d:\d\d:\d\d : nothing here is newer\.", text_of(shown))
    assert "the host has ended" in shown and "<script" not in shown
    view.take(ConnectionRestored(10**18 + 1, is_new_host=True))
    assert view.connection.lost is None
    assert "NO CONNECTION" not in bar(TOP)


def test_a_page_that_only_looks_says_so_and_has_no_button_that_would_be_refused() -> None:
    raised = AlarmRaised(2, Alarm("hot", "air.t is above 30"), 2)
    top = replace(TOP, problems=after(raised).problems)
    assert 'data-order="acknowledge"' in bar(top)
    shown = bar(replace(top, why_not="host.toml says so"))
    assert "data-order" not in shown
    assert "READ-ONLY" in shown and "ALARM" in shown
    row = PluginRow("light", State.RUNNING, Condition.RUNNING, ""), PluginStatus("light")
    assert "data-order" in plugins_block([row], 0)
    listed = plugins_block([row], 0, f"host.toml says so {EVIL}")
    assert "data-order" not in listed and "<script" not in listed
    assert "No orders here: host.toml says so" in listed
