"""Parts of the view as JSON, as the web's API tells them."""

from __future__ import annotations

import json

import pytest

from hostcore.events import (
    Counters,
    LedsShown,
    PwmSet,
    ReadingFailed,
    RelaySwitched,
    State,
    StateChanged,
)
from hostcore.view.condition import Condition
from hostcore.web.view_json import actuators_json, plugin_json
from hostcore.web.web_view import WebView
from tests.scripted_session import host_facts, plugin_facts


def test_a_plugin_is_told_with_its_permissions_as_host_toml_writes_them() -> None:
    view = WebView(host_facts(), [plugin_facts("light", "i2c:1:0x23", "gpio:4:in", interval=9)])
    view.fold([StateChanged(5, "light", State.RUNNING, State.BACKOFF, "it died"), ReadingFailed(8, "light", "no")])
    (light,) = view.plugins.all()
    told = plugin_json(light, view.condition_of(light))
    assert json.loads(json.dumps(told))["counters"]["calls"] == Counters().calls
    del told["counters"]
    assert told == {
        "name": "light",
        "state": "backoff",
        "condition": "backoff",
        "cause": "it died",
        "since_ns": 5,
        "retry_ns": 0,
        "is_searching": False,
        "lacks_libraries": False,
        "rejected": "",
        "fetch_error": "",
        "last_error": "no",
        "last_error_ns": 8,
        "version": "",
        "interval": 9,
        "permissions": ["i2c:1:0x23", "gpio:4:in"],
    }


def test_a_wait_and_a_search_are_told_as_on_the_screen() -> None:
    view = WebView(host_facts(), [plugin_facts("light")])
    view.fold([StateChanged(5, "light", State.RUNNING, State.BACKOFF, "it died", retry_seconds=2, is_searching=True)])
    told = plugin_json(*view.plugins.all(), Condition.RUNNING)
    assert (told["retry_ns"], told["is_searching"]) == (2_000_000_005, True)


def test_a_version_is_told_from_the_first_load_on_and_stays_over_a_crash() -> None:
    view = WebView(host_facts(), [plugin_facts("light")])
    view.fold(
        [
            StateChanged(5, "light", State.LOADING, State.RUNNING, "loaded as driver", version="0123456789ab"),
            StateChanged(6, "light", State.RUNNING, State.BACKOFF, "it died"),
        ]
    )
    assert plugin_json(*view.plugins.all(), Condition.RUNNING)["version"] == "0123456789ab"


def test_a_host_without_actuators_has_none_to_tell() -> None:
    assert actuators_json(WebView(host_facts()).outputs) == {"leds": None, "relays": [], "pwm": []}


@pytest.mark.parametrize("kind", ["linux", "simulated"])
def test_actuators_are_told_before_their_first_use_and_whether_they_are_simulated(kind: str) -> None:
    facts = host_facts(kind=kind, leds=2, leds_bus="i2c-1", relays=("buzzer",))
    view = WebView(facts, [plugin_facts("light", "pwm:18")])
    unused = {"time_ns": 0, "plugin": "", "is_simulated": kind == "simulated", "by_person": False, "through": ""}
    assert actuators_json(view.outputs) == {
        "leds": {"colors": [[0, 0, 0], [0, 0, 0]], **unused},
        "relays": [{"relay": "buzzer", "on": False, "alarm": "", **unused}],
        "pwm": [{"line": 18, "duty": 0.0, "frequency_hz": 0.0, **unused}],
    }


def test_actuators_are_told_as_they_were_last_set() -> None:
    view = WebView(host_facts(leds=1, relays=("buzzer", "fan")))
    view.fold(
        [
            LedsShown(1, "light", ((1, 2, 3),)),
            RelaySwitched(2, "light", "fan", True, is_simulated=True),
            PwmSet(3, "light", 12, 0.5, 100.0),
        ]
    )
    assert actuators_json(view.outputs) == {
        "leds": {
            "time_ns": 1,
            "plugin": "light",
            "colors": [[1, 2, 3]],
            "is_simulated": False,
            "by_person": False,
            "through": "",
        },
        "relays": [
            {
                "time_ns": 0,
                "plugin": "",
                "relay": "buzzer",
                "on": False,
                "is_simulated": True,
                "by_person": False,
                "through": "",
                "alarm": "",
            },
            {
                "time_ns": 2,
                "plugin": "light",
                "relay": "fan",
                "on": True,
                "is_simulated": True,
                "by_person": False,
                "through": "",
                "alarm": "",
            },
        ],
        "pwm": [
            {
                "time_ns": 3,
                "plugin": "light",
                "line": 12,
                "duty": 0.5,
                "frequency_hz": 100.0,
                "is_simulated": False,
                "by_person": False,
                "through": "",
            }
        ],
    }
