"""Outputs on the web: a person drives them behind the token, and nobody else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.config.web import WebSettings
from hostcore.read_only import as_wanted
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.web_visitor import Answer, Served, serving

TOKEN = "correct-horse-battery"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
FAN = {"relay": "fan", "on": True}
NOTHING: tuple[object, ...] = ()


def session(*, read_only: bool = False) -> ScriptedSession:
    facts = replace(host_facts(leds=3, relays=("fan",)), is_read_only=read_only)  # all but the LEDs are simulated
    return ScriptedSession(facts=facts, known=[plugin_facts("cooling", "pwm:18")])


@pytest.fixture(scope="module")
def shared() -> Iterator[Served]:
    with serving(WebSettings(port=0, token=TOKEN), session()) as made:
        yield made


@pytest.fixture
def guarded(shared: Served) -> Served:
    shared.session.actuations.clear()
    shared.session.refusal = ""
    return shared


def post(served: Served, kind: str, body: object, **headers: str) -> Answer:
    sent = {"Content_Type": "application/json", **BEARER, **headers}
    return served.visitor.ask("POST", f"/api/actuators/{kind}", json.dumps(body).encode(), **sent)


@pytest.mark.parametrize(
    ("kind", "body", "actuation"),
    [
        ("relay", FAN, SwitchRelay("fan", True)),
        ("pwm", {"line": 18, "duty": 0.5, "frequency_hz": 100}, SetPwm(18, 0.5, 100.0)),
        ("leds", {"color": [1, 2, 3]}, LightLeds((1, 2, 3))),
        ("leds", {"color": [1, 2, 3], "first": 1, "last": 2}, LightLeds((1, 2, 3), 1, 2)),
    ],
)
def test_with_the_token_every_kind_of_output_is_driven(
    guarded: Served, kind: str, body: object, actuation: SwitchRelay | SetPwm | LightLeds
) -> None:
    answer = post(guarded, kind, body)
    assert (answer.status, answer.json) == (200, {"done": str(actuation), "simulated": kind != "leds"})
    assert guarded.session.actuations == [actuation]


def test_without_the_token_nothing_is_driven(guarded: Served) -> None:
    assert post(guarded, "relay", FAN, Authorization="Bearer wrong").status == 401
    assert guarded.session.actuations == []


def test_where_no_token_is_set_nothing_is_driven_and_the_answer_says_what_to_set() -> None:
    with serving(session=session()) as served:
        answer = post(served, "relay", FAN)
        assert (answer.status, "set token in [web] of host.toml" in answer.json["error"]) == (403, True)
        page = served.visitor.get("/hardware").text
    assert not served.session.actuations
    assert "relay fan" in page and "set token in [web] of host.toml" in page
    assert "data-output" not in page, "no button without a token"


@pytest.mark.parametrize("asked", [True, False])
def test_a_web_that_only_looks_drives_nothing_and_has_no_buttons(asked: bool) -> None:
    made = session(read_only=not asked)
    shown = as_wanted(made, read_only=True) if asked else made
    with serving(WebSettings(port=0, token=TOKEN), shown) as served:
        answer = post(served, "relay", FAN)
        page = served.visitor.get("/hardware", **BEARER).text
    assert answer.status == 403
    assert ("--read-only" if asked else "read_only = true in [screen]") in answer.json["error"]
    assert not made.actuations
    assert "data-output" not in page and "relay fan" in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Host": "evil.example"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_page_of_another_site_cannot_drive_anything(guarded: Served, headers: dict[str, str]) -> None:
    assert post(guarded, "relay", FAN, **headers).status in {403, 415, 421}
    assert guarded.session.actuations == []


def test_what_the_host_refuses_is_told(guarded: Served) -> None:
    guarded.session.refusal = "host.toml has no relay 'fan'"
    answer = post(guarded, "relay", FAN)
    assert (answer.status, answer.json["error"]) == (409, "host.toml has no relay 'fan'")


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("relay", {"relay": "fan"}, "on is missing"),
        ("relay", {"relay": "fan", "on": "yes"}, "on is 'yes', not true or false"),
        ("relay", [], "it is [], not an object"),
        ("pwm", {"line": 18, "duty": None, "frequency_hz": 100}, "duty is None, not a finite number"),
        ("pwm", {"line": 18, "duty": 10**400, "frequency_hz": 100}, "not a finite number"),
        ("pwm", {"line": 18, "duty": float("nan"), "frequency_hz": 100}, "duty is nan, not a finite number"),
        ("pwm", {"line": 1 << 63, "duty": 0.5, "frequency_hz": 100}, "not a whole number of 64 bits"),
        ("leds", {"color": "red"}, "not an array"),
        ("leds", {"color": [1, 2]}, "not an array of 3"),
    ],
)
def test_a_body_of_another_form_says_what_is_wrong(guarded: Served, kind: str, body: object, words: str) -> None:
    answer = post(guarded, kind, body)
    assert answer.status == 400
    assert words in answer.json["error"]
    assert guarded.session.actuations == []


@pytest.mark.parametrize("kind", ["heater", "relay/fan", ""])
def test_there_are_no_other_kinds(guarded: Served, kind: str) -> None:
    assert post(guarded, kind, FAN).status == 404
    assert guarded.visitor.get("/api/actuators/relay", **BEARER).status == 405


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["relay", "pwm", "leds"]),
    body=JSON | st.fixed_dictionaries({"relay": JSON, "on": JSON, "line": JSON, "duty": JSON, "color": JSON}),
)
def test_any_json_gets_an_answer_and_the_web_goes_on(guarded: Served, kind: str, body: object) -> None:
    assert post(guarded, kind, body).status in {200, 400, 413}
    assert guarded.said == []
