"""The alarms in the web: JSON, metrics, the page, and the request that acknowledges one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hostcore.config.web import WebSettings
from hostcore.events import Alarm, AlarmAcknowledged, AlarmCleared, AlarmRaised, AlarmsSet
from tests.browser import Browser
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.web_visitor import Served, serving

pytest_plugins = ["tests.browser_fixture"]

HOT = Alarm("too-warm", "air.t is above 30 °C", "Open the <window>", "air", "t", "°C", above=30.0)
DOOR = Alarm("open-door", "door.is_open is true", plugin="door", reading="is_open", has_bell=False)
TOKEN = "correct-horse-battery"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(session=ScriptedSession(known=[plugin_facts("air")])) as made:
        made.publish(AlarmsSet(1, (HOT, DOOR)), AlarmRaised(2, HOT, 2, 31.0))
        yield made


def test_every_alarm_is_told_with_its_state(served: Served) -> None:
    hot, door = served.visitor.get("/api/alarms").json["alarms"]
    assert hot == {
        "name": "too-warm", "sentence": "air.t is above 30 °C", "message": "Open the <window>", "plugin": "air",
        "reading": "t", "unit": "°C", "has_bell": True, "above": 30.0, "below": None,
        "state": "raised", "since_ns": 2, "value": 31.0, "acknowledged_ns": 0, "is_simulated": False,
        "is_injected": False,
    }  # fmt: skip
    assert (door["name"], door["state"], door["since_ns"]) == ("open-door", "inactive", 0)
    served.publish(AlarmAcknowledged(3, HOT))
    assert served.visitor.get("/api/alarms").json["alarms"][0]["state"] == "acknowledged"
    served.publish(AlarmCleared(4, HOT))
    assert served.visitor.get("/api/alarms").json["alarms"][0]["state"] == "cleared"


def test_there_is_a_metric_for_each_of_them(served: Served) -> None:
    def metric() -> dict[str, float]:
        families = text_string_to_metric_families(served.visitor.get("/metrics").text)
        (found,) = (each for each in families if each.name == "wasi_host_alarm")
        return {each.labels["alarm"]: each.value for each in found.samples}

    assert metric() == {"too-warm": 1, "open-door": 0}
    served.publish(AlarmAcknowledged(3, HOT))
    assert metric() == {"too-warm": 1, "open-door": 0}
    served.publish(AlarmCleared(4, HOT))
    assert metric() == {"too-warm": 0, "open-door": 0}


def test_the_page_shows_those_that_are_raised_with_a_button(served: Served) -> None:
    text = served.visitor.get("/").text
    assert "✗ ALARM <strong>too-warm</strong>: air.t is above 30 °C (31 °C): Open the &lt;window&gt;" in text
    assert 'data-alarm="too-warm" data-order="acknowledge"' in text
    assert "open-door" not in text
    served.publish(AlarmAcknowledged(3, HOT))
    text = served.visitor.get("/").text
    assert "alarm <strong>too-warm</strong>" in text and "; acknowledged" in text
    assert "data-alarm" not in text
    served.publish(AlarmCleared(4, HOT))
    assert "too-warm" not in served.visitor.get("/").text


def test_a_visitor_acknowledges_one(served: Served) -> None:
    answer = served.visitor.post("/api/alarms/too-warm/acknowledge")
    assert (answer.status, answer.json) == (202, {"alarm": "too-warm", "order": "acknowledge"})
    assert served.session.acknowledged == ["too-warm"]


def test_in_a_browser_a_key_on_the_button_is_enough(served: Served, browser: Browser) -> None:
    browser.open(served.server.address)
    browser.wait("document.documentElement.classList.contains('live')")
    browser.says("ALARM too-warm: air.t is above 30 °C (31 °C): Open the <window>")
    browser.element("[data-alarm=too-warm]").send_keys("\n")
    browser.says("too-warm: acknowledge ordered.")
    assert served.session.acknowledged == ["too-warm"]
    served.publish(AlarmAcknowledged(3, HOT))
    browser.says("Open the <window>; acknowledged")


def test_what_cannot_be_acknowledged_is_told(served: Served) -> None:
    served.session.refusal = "the alarm open-door is not raised"
    answer = served.visitor.post("/api/alarms/open-door/acknowledge")
    assert (answer.status, answer.json) == (404, {"error": "the alarm open-door is not raised"})


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_of_another_site_acknowledges_nothing(served: Served, content_type: str) -> None:
    answer = served.visitor.post("/api/alarms/too-warm/acknowledge", Content_Type=content_type)
    assert (answer.status, served.session.acknowledged) == (415, [])


def test_a_web_that_only_looks_acknowledges_nothing_and_gives_no_order() -> None:
    session = ScriptedSession(facts=replace(host_facts(), is_read_only=True))
    with serving(session=session) as served:
        for path in ("/api/alarms/too-warm/acknowledge", "/api/plugins/air/stop"):
            answer = served.visitor.post(path)
            assert (answer.status, "read_only = true in [screen]" in answer.json["error"]) == (403, True)
        assert "read_only = true in [screen]" in served.visitor.get("/plugins").text
    assert (session.acknowledged, session.orders) == ([], [])


def test_without_the_token_nobody_acknowledges_anything() -> None:
    with serving(WebSettings(port=0, token=TOKEN), ScriptedSession()) as served:
        assert served.visitor.post("/api/alarms/too-warm/acknowledge").status == 401
        assert served.session.acknowledged == []
