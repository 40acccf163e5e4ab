"""Parts of the view as JSON, as the web's API tells them."""

from __future__ import annotations

import json

from hostcore.events import (
    Counters,
    LedsShown,
    PwmSet,
    ReadingFailed,
    RelaySwitched,
    State,
    StateChanged,
)
from hostcore.web.view_json import actuators_json, plugin_json
from hostcore.web.web_view import WebView
from tests.scripted_session import host_facts, plugin_facts


def test_a_plugin_is_told_with_its_permissions_as_host_toml_writes_them() -> None:
    view = WebView(host_facts(), [plugin_facts("light", "i2c:1:0x23", "gpio:4:in", interval=9)])
    view.fold([StateChanged(5, "light", State.RUNNING, State.BACKOFF, "it died"), ReadingFailed(8, "light", "no")])
    (light,) = view.plugins.all()
    told = plugin_json(light)
    assert json.loads(json.dumps(told))["counters"]["calls"] == Counters().calls
    del told["counters"]
    assert told == {
        "name": "light",
        "state": "backoff",
        "cause": "it died",
        "since_ns": 5,
        "last_error": "no",
        "last_error_ns": 8,
        "version": "",
        "interval": 9,
        "permissions": ["i2c:1:0x23", "gpio:4:in"],
    }


def test_actuators_are_told_if_they_were_ever_set() -> None:
    view = WebView(host_facts(relays=("buzzer", "fan")))
    assert actuators_json(view.outputs) == {"leds": None, "relays": [], "pwm": []}
    view.fold(
        [
            LedsShown(1, "light", ((1, 2, 3),)),
            RelaySwitched(2, "light", "fan", True),
            PwmSet(3, "light", 12, 0.5, 100.0),
        ]
    )
    assert actuators_json(view.outputs) == {
        "leds": {"time_ns": 1, "plugin": "light", "colors": [[1, 2, 3]]},
        "relays": [{"time_ns": 2, "plugin": "light", "relay": "fan", "on": True}],
        "pwm": [{"time_ns": 3, "plugin": "light", "line": 12, "duty": 0.5, "frequency_hz": 100.0}],
    }
