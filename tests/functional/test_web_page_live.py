"""The host's page in a real browser: it stays new by itself, says when it does not, and a person can act on plugins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.clock import RealClock
from hostcore.config.web import WebSettings
from hostcore.events import PageRendered, PwmSet, RelaySwitched, State, StateChanged
from hostcore.session import Order
from tests.browser import FRAME, PAGE, Browser
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.web_visitor import Served, serving

pytest_plugins = ["tests.browser_fixture"]

TALL = "<p>line</p>" * 500
TOKEN = "0123456789abcdef"


@pytest.fixture
def served() -> Iterator[Served]:
    """A web server with two plugins: a driver and a page."""
    with serving(session=session()) as made:
        made.publish(moved("dashboard", State.RUNNING), moved("light", State.RUNNING), page("first"))
        yield made


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("light"), plugin_facts("dashboard")])


def page(words: str, number: int = 1) -> PageRendered:
    html = f"<title>x</title><h1 id=title>{words}</h1><p id=text>some words</p><details id=more>more</details>{TALL}"
    return PageRendered(RealClock().wall_ns(), "dashboard", number, html)


def moved(plugin: str, to: State, cause: str = "as the test wants") -> StateChanged:
    return StateChanged(1, plugin, State.LOADING, to, cause)


# Live


def test_a_new_page_appears_without_a_reload_and_all_that_stays_is_left_alone(served: Served, browser: Browser) -> None:
    browser.open(served.server.address)
    browser.shows("first")
    browser.do(
        f"window.mark = 'the same'; const inner = {PAGE}; window.kept = [...inner.querySelectorAll('*')];"
        "inner.getElementById('more').open = true; inner.defaultView.scrollTo(0, 400);"
        "inner.getSelection().selectAllChildren(inner.getElementById('text'));"
    )
    served.publish(page("second", 2))
    browser.shows("second")
    assert browser.js("window.mark") == "the same"
    assert browser.js(f"{FRAME}.contentWindow.scrollY") == 400
    assert browser.js("window.kept.every(element => element.isConnected)")
    assert browser.js(f"{PAGE}.getSelection().toString()") == "some words"
    assert browser.js(f"{PAGE}.getElementById('more').open")


def test_what_has_an_id_keeps_its_element_when_it_changes_its_place(served: Served, browser: Browser) -> None:
    served.publish(PageRendered(1, "dashboard", 2, "<ul><li id=b>b</li><li id=c>c</li></ul>"))
    browser.open(served.server.address)
    browser.shows("b")
    browser.do(f"window.b = {PAGE}.getElementById('b')")
    served.publish(
        PageRendered(1, "dashboard", 3, "<ul><li id=a>a</li><li id=c>c</li>text<li id=b class=x>b2</li></ul>")
    )
    browser.shows("b2")
    assert browser.js(f"window.b === {PAGE}.getElementById('b')")
    assert browser.js(f"{PAGE}.querySelector('ul').outerHTML") == (
        '<ul><li id="a">a</li><li id="c">c</li>text<li id="b" class="x">b2</li></ul>'
    )


def test_a_frame_that_was_led_away_comes_back_with_the_next_page(served: Served, browser: Browser) -> None:
    browser.open(served.server.address)
    browser.shows("first")
    browser.do(f"{FRAME}.addEventListener('load', () => {{ window.led = true; }})")
    browser.do(f"{FRAME}.contentWindow.location = 'about:blank'")
    browser.wait("window.led")
    served.publish(page("second", 2))
    browser.shows("second")


SLOW_ANSWERS = """
const ask = window.fetch;
window.asked = [];
window.fetch = async (...what) => {
  const began = performance.now();
  await new Promise((done) => setTimeout(done, 300));
  const answer = await ask(...what);
  asked.push([began, performance.now()]);
  return answer;
};"""


@pytest.mark.thorough
def test_after_a_slow_answer_the_browser_rests_for_as_long(served: Served, browser: Browser) -> None:
    browser.open(served.server.address)
    browser.shows("first")
    browser.do(SLOW_ANSWERS)
    number = 2
    while browser.js("asked.length") < 3:
        served.publish(page(f"page {number}", number))
        number += 1
    rests = "asked.slice(1).map(([began], before) => began - asked[before][1])"
    assert browser.js(f"{rests}.every((rest, at) => rest + 1 >= asked[at][1] - asked[at][0])"), browser.js("asked")


def test_the_states_of_plugins_stay_new_too(served: Served, browser: Browser) -> None:
    browser.open(served.server.address)
    browser.says("✓ 2 running")
    assert "SIMULATED" in browser.js("document.body.innerText")
    served.publish(moved("light", State.QUARANTINED, "read crashed: <b>"))
    browser.says("✗ 1 quarantined")
    browser.says("✓ 1 running")


def test_without_scripts_the_page_is_there_all_the_same(served: Served, browser: Browser) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(served.server.address)
        browser.shows("first")
        browser.open(f"{served.server.address}plugins")
        assert not browser.element("button").is_displayed()
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)


# Trouble


def test_a_crashed_page_plugin_shows_why_and_the_page_comes_back_by_itself(served: Served, browser: Browser) -> None:
    browser.open(served.server.address)
    browser.shows("first")
    browser.do("window.mark = 'the same'")
    served.publish(moved("dashboard", State.BACKOFF, "render crashed: ZeroDivisionError: <division>"))
    browser.says("ZeroDivisionError: <division>")
    assert served.visitor.get("/").status == 503
    assert browser.js(FRAME) is None
    served.publish(moved("dashboard", State.RUNNING), page("recovered", 2))
    browser.shows("recovered")
    assert browser.js("window.mark") == "the same"


def test_a_host_that_stops_is_told_of_and_its_return_is_noticed(browser: Browser) -> None:
    with serving(session=session()) as before:
        before.publish(moved("dashboard", State.RUNNING), page("first"))
        address, port = before.server.address, before.visitor.port
        browser.open(address)
        browser.shows("first")
        browser.do("window.mark = 'the same'")
    browser.says("Connection lost")
    with serving(WebSettings(port=port), session()) as after:
        after.publish(moved("dashboard", State.RUNNING), page("another"))
        browser.shows("another")
        browser.wait("!document.body.innerText.includes('Connection lost')")
    assert browser.js("window.mark") == "the same"


@pytest.mark.thorough
def test_a_host_that_hangs_is_asked_and_its_silence_is_told(served: Served, browser: Browser) -> None:
    browser.open(f"{served.server.address}charts")
    browser.wait("document.documentElement.classList.contains('live')")
    browser.do("window.answers = window.fetch; window.fetch = async () => { throw new Error('no answer in time'); }")
    browser.do("const then = Date.now(); Date.now = () => then + 60 * performance.now()")
    browser.says("! The host has not answered since")
    browser.do("window.fetch = window.answers")
    browser.wait("!document.body.innerText.includes('has not answered')")


def test_a_page_that_is_no_longer_rendered_is_called_old(served: Served, browser: Browser) -> None:
    browser.open(served.server.address)
    browser.shows("first")
    browser.do("const then = Date.now(); Date.now = () => then + 60 * performance.now()")
    browser.says("The page was last rendered at")
    browser.do("const now = Date.now(); Date.now = () => now")
    served.publish(page("second", 2))
    browser.wait("!document.body.innerText.includes('last rendered')")


# Acting


def test_a_person_restarts_a_plugin_with_the_keyboard(served: Served, browser: Browser) -> None:
    browser.open(f"{served.server.address}plugins")
    browser.wait("document.documentElement.classList.contains('live')")
    browser.element("[data-plugin=light][data-order=restart]").send_keys("\n")
    browser.says("light: restart ordered.")
    assert served.session.orders == [("light", Order.RESTART)]
    served.publish(moved("light", State.QUARANTINED))
    browser.wait("document.querySelector('[data-plugin=light][data-order=release]')")
    browser.element("[data-plugin=light][data-order=release]").click()
    browser.says("light: release ordered.")
    assert served.session.orders[1:] == [("light", Order.RELEASE)]


def test_an_order_that_is_refused_says_why(served: Served, browser: Browser) -> None:
    served.session.refusal = "light: no such plugin; <b>"
    browser.open(f"{served.server.address}plugins")
    browser.wait("document.documentElement.classList.contains('live')")
    browser.element("[data-plugin=light][data-order=stop]").click()
    browser.says("light: no such plugin; <b>")


# Outputs


@pytest.fixture
def outputs(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Served]:
    """The page of a host with outputs, opened with the token. Its hardware is that of the test's parameter."""
    facts = host_facts(kind=request.param, leds=3, leds_bus="i2c-3", relays=("fan",))
    made = ScriptedSession(facts=facts, known=[plugin_facts("dashboard"), plugin_facts("cooling", "pwm:18")])
    with serving(WebSettings(port=0, token=TOKEN), made) as served:
        browser.open(f"{served.server.address}hardware")
        browser.element("input[name=token]").send_keys(f"{TOKEN}\n")
        browser.wait("document.documentElement.classList.contains('live')")
        yield served


@pytest.mark.parametrize("outputs", ["simulated"], indirect=True)
def test_a_person_drives_simulated_outputs_at_once_and_sees_what_became_of_them(
    outputs: Served, browser: Browser
) -> None:
    browser.element("[data-output=relay]").send_keys("\n")
    browser.says("Done: relay fan on.")
    outputs.session.publish([RelaySwitched(1, "", "fan", True, True, by_person=True)])
    browser.says("simulated, by a person")
    browser.element("[data-output=relay]").click()
    browser.says("Done: relay fan off.")
    for field, value in (("percent", 55), ("frequency_hz", 50)):
        browser.do(f"document.querySelector('[name={field}]').value = '{value}'")
    browser.element("[data-output=pwm]").click()
    browser.says("Done: PWM line 18 at 55% of 50 Hz.")
    browser.do("document.querySelector('#outputs input[type=color]').value = '#ff8800'")
    browser.element("[data-output=leds]").click()
    browser.says("Done: all LEDs in ff8800.")
    assert outputs.session.actuations == [
        SwitchRelay("fan", True),
        SwitchRelay("fan", False),
        SetPwm(18, 0.55, 50.0),
        LightLeds((255, 136, 0)),
    ]


@pytest.mark.parametrize("outputs", ["linux"], indirect=True)
def test_real_outputs_wait_for_a_yes_and_a_refusal_is_said(outputs: Served, browser: Browser) -> None:
    browser.do("window.asked = []; window.confirm = (words) => { asked.push(words); return asked.length > 1; }")
    browser.element("[data-output=relay]").click()
    assert browser.js("asked[0]").startswith("Switch relay fan on? This is real hardware")
    assert not outputs.session.actuations
    outputs.session.refusal = "the line is claimed by <b>"
    browser.element("[data-output=relay]").click()
    browser.says("! relay fan: the line is claimed by <b>")
    outputs.session.refusal = ""
    browser.element("[data-output=relay]").click()
    browser.says("Done: relay fan on.")
    assert outputs.session.actuations == [SwitchRelay("fan", True)]


@pytest.mark.thorough
@pytest.mark.parametrize("outputs", ["simulated"], indirect=True)
def test_on_a_phone_every_output_fits_and_a_value_that_was_typed_stays(outputs: Served, browser: Browser) -> None:
    with browser.sized(360, 640, mobile=True):
        browser.do("document.querySelector('#outputs input[type=number]').value = '35'")
        outputs.session.publish([PwmSet(1, "cooling", 18, 0.5, 50.0, True)])
        browser.says("50% of 50 Hz")
        assert browser.js("document.querySelector('#outputs input[type=number]').value") == "35"
        assert browser.js("document.documentElement.scrollWidth") <= 360
        assert browser.js("[...document.querySelectorAll('#outputs button')].every(each => each.offsetHeight >= 32)")


# The token


def test_who_knows_the_token_logs_in_and_has_to_again_when_it_changed(browser: Browser) -> None:
    with serving(WebSettings(port=0, token=TOKEN), session()) as served:
        served.session.publish([moved("dashboard", State.RUNNING), page("secret")])
        browser.open(served.server.address)
        browser.element("input[name=token]").send_keys("a wrong one\n")
        browser.says("This is not the token.")
        browser.element("input[name=token]").send_keys(f"{TOKEN}\n")
        browser.wait(f"{FRAME} && true")
        browser.shows("secret")
        served.session.publish([page("second", 2)])
        browser.shows("second")
        port = served.visitor.port
    browser.says("Connection lost")
    with serving(WebSettings(port=port, token=TOKEN[::-1]), session()):
        browser.wait("document.querySelector('input[name=token]') && true")
