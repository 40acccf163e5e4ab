"""``/api/problems``: everything that is wrong, as the screen and the page list it."""

from __future__ import annotations

from hostcore.events import (
    AccessDenied,
    Alarm,
    AlarmRaised,
    AlarmsSet,
    BusHealthMeasured,
    Confidence,
    Finding,
    FindingRaised,
    State,
    StateChanged,
)
from hostcore.permissions import LedsPermission
from hostcore.place import BusName
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.web_visitor import serving

EVIL = "\ud800\x1b[31m</script>"
HOT = Alarm("too-warm", "air.t is above 30 °C", plugin="air", reading="t")
SLOW = Finding(
    "slow", f"It is slow {EVIL}", "Wait.", Confidence.LIKELY, plugin="air", bus=BusName("i2c-1"), address=118
)
PLUGINS = ("light", "air", "strip")


def test_a_host_that_is_well_has_none() -> None:
    with serving() as served:
        assert served.visitor.get("/api/problems").json == {"problems": []}


def test_all_that_is_wrong_is_told_the_worst_first() -> None:
    with serving(session=ScriptedSession(known=[plugin_facts(name) for name in PLUGINS])) as served:
        served.publish(
            *(StateChanged(1, name, State.LOADING, State.RUNNING, "") for name in PLUGINS),
            AlarmsSet(1, (HOT,)),
            AccessDenied(2, "strip", LedsPermission(), "it may not", 1),
            FindingRaised(3, SLOW, 3),
            StateChanged(4, "light", State.RUNNING, State.QUARANTINED, f"it died {EVIL}"),
            BusHealthMeasured(5, BusName("i2c-3"), sda=False, scl=True, is_simulated=True),
            AlarmRaised(6, HOT, 6, 31.0),
        )
        alarm, stuck, light, slow, strip = served.visitor.get("/api/problems").json["problems"]
        page = served.visitor.get("/").text
    assert alarm == {
        "kind": "alarm", "word": "ALARM", "severity": "grave", "sentence": "too-warm: air.t is above 30 °C (31)",
        "rank": 0, "since_ns": 6, "plugin": "air", "bus": None, "is_simulated": False, "finding": None,
        "alarm": "too-warm", "requests": [],
    }  # fmt: skip
    assert (stuck["kind"], stuck["bus"], stuck["is_simulated"]) == ("bus stuck", "i2c-3", True)
    assert (light["kind"], light["plugin"], light["sentence"]) == ("quarantined", "light", f"light: it died {EVIL}")
    assert (slow["word"], slow["severity"], slow["finding"]["advice"]) == ("likely", "warning", "Wait.")
    assert (slow["finding"]["address"], slow["finding"]["since_ns"]) == (118, 3)
    assert (strip["kind"], strip["requests"]) == ("request", ["leds"])
    places = [page.index(words) for words in ("ALARM", "bus stuck: i2c-3", "quarantined: light", "likely: It is slow")]
    assert places == sorted(places), "the page lists the same in the same order"
