"""The web as programs and browsers use it: JSON, orders, the page; that it starts and stops."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hostcore.config.web import WebSettings
from hostcore.errors import HostError
from hostcore.events import (
    AdjustedValue,
    Confidence,
    Evidence,
    Finding,
    FindingCleared,
    FindingRaised,
    Level,
    LogWritten,
    PageRendered,
    ReadingPublished,
    RelaySwitched,
    RoundCompleted,
    State,
    StateChanged,
    ValuesDescribed,
)
from hostcore.place import BusName
from hostcore.quantities import DescribedValue, Quantity
from hostcore.session import Order
from hostcore.web import open_web, page
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.web_visitor import Served, Visitor, serving

TOKEN = "correct-horse-battery"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(
        session=ScriptedSession(known=[plugin_facts("light", "i2c:1:0x23"), plugin_facts("dashboard")])
    ) as made:
        yield made


def moved(plugin: str, to: State, cause: str = "") -> StateChanged:
    return StateChanged(5, plugin, State.RUNNING, to, cause)


# JSON


def test_readings_are_the_newest_round(served: Served) -> None:
    assert served.visitor.get("/api/readings").json == {}
    served.publish(RoundCompleted(1, 1, {"timestamp": "t", "light": {"lux": 3.5, "unit": "½"}}))
    assert served.visitor.get("/api/readings").json == {"timestamp": "t", "light": {"lux": 3.5, "unit": "½"}}


def test_values_are_told_one_by_one_with_what_they_measure(served: Served) -> None:
    assert served.visitor.get("/api/values").json == {"values": [], "left_out": 0}
    lux = Quantity("lx", "illuminance", "measurement", 1, "Window")
    served.publish(
        ValuesDescribed(1, "light", (DescribedValue("lux", lux),)),
        RoundCompleted(
            2,
            1,
            {
                "timestamp": "t",
                "light": {"lux": 3.5, "air": {"humidity": 40, "temperature": "high"}, "simulated": ["i2c-1"]},
            },
        ),
    )
    described, guessed, text = served.visitor.get("/api/values").json["values"]
    assert described == {
        "plugin": "light", "key": "lux", "value": 3.5, "unit": "lx", "device_class": "illuminance",
        "state_class": "measurement", "decimals": 1, "name": "Window", "is_guessed": False, "is_set": False,
        "raw": None, "is_held": False, "stale_seconds": None, "simulated": ["i2c-1"], "injected": [],
    }  # fmt: skip
    assert (guessed["key"], guessed["unit"], guessed["is_guessed"]) == ("air.humidity", "%", True)
    assert (text["value"], text["unit"]) == ("high", ""), "the unit of a text is not guessed"


def test_an_adjusted_value_has_the_raw_one_beside(served: Served) -> None:
    adjusted = (AdjustedValue(("air", "t"), 21.4, is_held=True),)
    served.publish(
        ReadingPublished(1, "light", {"air": {"t": 19.9}, "lux": 3}, adjusted=adjusted),
        RoundCompleted(2, 1, {"light": {"air": {"t": 19.9}, "lux": 3}}),
    )
    told = served.visitor.get("/api/values").json["values"]
    assert [(each["key"], each["value"], each["raw"], each["is_held"]) for each in told] == [
        ("air.t", 19.9, 21.4, True),
        ("lux", 3, None, False),
    ]


def test_a_reading_that_failed_has_no_values(served: Served) -> None:
    served.publish(RoundCompleted(2, 1, {"light": {"error": "gone", "simulated": ["i2c-1"]}}))
    assert served.visitor.get("/api/values").json == {"values": [], "left_out": 0}


def test_values_of_a_huge_reading_are_counted_beyond_two_hundred(served: Served) -> None:
    served.publish(RoundCompleted(2, 1, {"light": {f"k{number}": number for number in range(250)}}))
    told = served.visitor.get("/api/values").json
    assert (len(told["values"]), told["left_out"]) == (200, 50)


def test_plugins_have_their_state_and_their_settings(served: Served) -> None:
    served.publish(moved("light", State.BACKOFF, "it died"))
    light, dashboard = served.visitor.get("/api/plugins").json["plugins"]
    assert (light["name"], light["state"], light["cause"]) == ("light", "backoff", "it died")
    assert (light["permissions"], light["interval"], light["counters"]["calls"]) == (["i2c:1:0x23"], 2.0, 0)
    assert (dashboard["name"], dashboard["state"]) == ("dashboard", "discovered")


def test_findings_are_told_with_their_evidence_until_they_are_cleared(served: Served) -> None:
    finding = Finding(
        "silent-address", "Nothing answers <b>.", "Check it.", Confidence.CERTAIN, (Evidence("no-acknowledge", 5),),
        "light", BusName("i2c-1"), 0x23,
    )  # fmt: skip
    served.publish(moved("light", State.RUNNING), FindingRaised(6, finding, 4))
    (told,) = served.visitor.get("/api/findings").json["findings"]
    assert (told["kind"], told["confidence"], told["address"], told["since_ns"]) == (
        "silent-address",
        "certain",
        0x23,
        4,
    )
    assert told["evidence"][0]["text"] == "no-acknowledge"
    page_text = served.visitor.get("/").text
    assert "✗ certain: Nothing answers &lt;b&gt;." in page_text and "1 trouble" in page_text
    served.publish(FindingCleared(7, finding))
    assert served.visitor.get("/api/findings").json == {"findings": []}


def test_a_plugin_that_appears_later_is_there_too(served: Served) -> None:
    served.session.known.append(plugin_facts("late", "system"))
    served.publish(moved("late", State.RUNNING))
    assert [each["permissions"] for each in served.visitor.get("/api/plugins").json["plugins"]][2:] == [["system"]]


def test_log_lines_are_chosen_by_plugin_level_and_number(served: Served) -> None:
    served.publish(*(LogWritten(n, ("light", "oled")[n % 2], list(Level)[n % 4], f"{n}") for n in range(150)))
    lines = served.visitor.get("/api/logs").json["lines"]
    assert [line["text"] for line in lines] == [str(n) for n in range(50, 150)]
    lines = served.visitor.get("/api/logs?plugin=oled&level=error&limit=2").json["lines"]
    assert [line["text"] for line in lines] == ["143", "147"]


def test_actuators_are_as_they_were_set(served: Served) -> None:
    served.publish(RelaySwitched(4, "light", "fan", True))
    assert served.visitor.get("/api/actuators").json == {
        "leds": None,
        "relays": [
            {
                "time_ns": 4,
                "plugin": "light",
                "relay": "fan",
                "on": True,
                "is_simulated": False,
                "by_person": False,
                "through": "",
                "alarm": "",
            }
        ],
        "pwm": [],
    }


def test_metrics_pass_the_official_parser(served: Served) -> None:
    served.publish(RoundCompleted(1, 1, {"light": {"lux": 3.5}}))
    answer = served.visitor.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    values = {f.name: f.samples[0].value for f in text_string_to_metric_families(answer.text) if f.samples}
    assert (values["wasi_host_reading"], values["wasi_host_rounds"]) == (3.5, 1)


# Orders


@pytest.mark.parametrize(
    ("word", "order"),
    [
        ("start", Order.START),
        ("stop", Order.STOP),
        ("restart", Order.RESTART),
        ("release", Order.RELEASE),
        ("reload", Order.RESTART),
    ],
)
def test_an_order_is_given_once(served: Served, word: str, order: Order) -> None:
    answer = served.visitor.post(f"/api/plugins/light/{word}")
    assert (answer.status, answer.json) == (202, {"plugin": "light", "order": word})
    assert served.session.orders == [("light", order)]


def test_an_order_for_nobody_is_not_found(served: Served) -> None:
    served.session.refusal = "no plugin is called 'x'; there are: light"
    answer = served.visitor.post("/api/plugins/x/stop")
    assert (answer.status, answer.json) == (404, {"error": "no plugin is called 'x'; there are: light"})


# The page


def test_the_pages_html_is_in_the_hosts_frame(served: Served) -> None:
    served.publish(PageRendered(1, "dashboard", 1, "<p>it is warm</p>"))
    answer = served.visitor.get("/")
    assert answer.status == 200
    assert "it is warm" in answer.text
    assert answer.headers["Content-Security-Policy"] == page.HEADERS["Content-Security-Policy"]


def test_a_page_plugin_that_crashed_gives_an_error_page_until_it_renders_again(served: Served) -> None:
    served.publish(PageRendered(1, "dashboard", 1, "<p>old</p>"))
    served.publish(moved("dashboard", State.BACKOFF, "render crashed: <script>"))
    answer = served.visitor.get("/")
    assert answer.status == 503
    assert "render crashed: &lt;script&gt;" in answer.text
    assert "old" not in answer.text
    served.publish(PageRendered(1, "dashboard", 2, "<p>new</p>"))
    assert served.visitor.get("/").status == 200


def test_without_a_page_plugin_the_page_says_so() -> None:
    with serving(session=ScriptedSession(known=[plugin_facts("light")])) as served:
        answer = served.visitor.get("/")
    assert answer.status == 200
    assert "No plugin makes a page" in answer.text
    assert "light" in answer.text


def test_its_files_are_kept_by_browsers_until_they_change(served: Served) -> None:
    for name, (content_type, content) in page.STATIC.items():
        answer = served.visitor.get(f"/static/{name}")
        assert (answer.body, answer.headers["Content-Type"]) == (content, content_type)
        again = served.visitor.get(f"/static/{name}", If_None_Match=answer.headers["ETag"])
        assert (again.status, again.body) == (304, b"")


# Every answer


@pytest.mark.parametrize("path", ["/", "/api/readings", "/metrics", "/nope", "/api/nope", "/login", "/static/live.js"])
def test_every_answer_is_fenced_in(served: Served, path: str) -> None:
    headers = served.visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert all(f"{name} 'none'" in policy for name in ("base-uri", "frame-ancestors"))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not [name for name in headers if name.startswith("Access-Control-")]
    assert not re.search("python|aiohttp", str(headers), re.IGNORECASE)


def test_a_head_is_the_answer_without_its_body(served: Served) -> None:
    answer = served.visitor.ask("HEAD", "/api/readings")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "2")


# Starting and stopping


def test_it_tells_where_it_is(served: Served) -> None:
    assert served.server.address == f"http://127.0.0.1:{served.visitor.port}/"


def test_a_port_that_is_taken_is_an_error_that_says_what_to_do(served: Served) -> None:
    second = open_web(served.session, WebSettings(port=served.visitor.port), served.said.append)
    with pytest.raises(HostError, match=rf"127\.0\.0\.1, port {served.visitor.port}: Address already in use; choose"):
        second.start()
    assert second.stop()


def test_an_address_that_is_not_this_machines_is_an_error(served: Served) -> None:
    with pytest.raises(HostError, match=r"cannot listen on 203\.0\.113\.1"):
        open_web(served.session, WebSettings(host="203.0.113.1", token=TOKEN), served.said.append).start()


def test_other_machines_are_never_let_in_without_a_token(served: Served) -> None:
    with pytest.raises(HostError, match="so a token is needed"):
        open_web(served.session, WebSettings(host="0.0.0.0", port=0), served.said.append).start()


def test_it_answers_on_ipv6_too() -> None:
    with serving(WebSettings(host="::1", port=0)) as served:
        assert served.server.address.startswith("http://[::1]:")
        assert Visitor(served.visitor.port, "::1").get("/api/readings").json == {}


def test_when_it_has_stopped_nothing_of_it_runs() -> None:
    before = set(threading.enumerate())
    with serving() as served:
        assert served.visitor.get("/api/readings").status == 200
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionRefusedError):
        served.visitor.connect()
