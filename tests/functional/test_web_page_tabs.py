"""The tabs of the host's page in a real browser: charts over the history, crashes, displays, the log, on phones too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from hostcore.backends.base import BackendKind
from hostcore.clock import NS_PER_S
from hostcore.config.web import WebSettings
from hostcore.events import (
    Alarm,
    AlarmRaised,
    AlarmsSet,
    ConnectionLost,
    HeldQuantity,
    Level,
    LogWritten,
    Message,
    Outcome,
    PageRendered,
    PluginCrashed,
    QuantitiesHeld,
    ReadingFailed,
    ReadingPublished,
    RelaySwitched,
    RoundCompleted,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import BusFacts
from hostcore.events.history import HistoryMark, HistoryPoint, MarkKind
from hostcore.place import BusName
from tests.browser import PATIENCE, Browser
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.waiting import until
from tests.web_view_events import crashed
from tests.web_visitor import Served, serving

pytest_plugins = ["tests.browser_fixture"]

TABS = ("", "charts", "plugins", "hardware", "log")
I2C_1 = BusName("i2c-1")
EVIL = "<img src=x onerror='window.evil=1'>"
CHART = "document.querySelector('.chart svg')"
TOKEN = "0123456789abcdef"


def past(now_ns: int) -> tuple[HistoryPoint, ...]:
    """Ten minutes of one value a second, with a gap in the middle."""
    return tuple(
        HistoryPoint(now_ns - age * NS_PER_S, 20.0, 21.0, 22.0, 3, is_after_gap=age == 200, is_simulated=True)
        for age in range(590, 0, -10)
        if not 200 < age < 400
    )


@pytest.fixture
def served() -> Iterator[Served]:
    """A host with a driver that has a past, a display and a log."""
    now_ns = time.time_ns()
    session = ScriptedSession(
        known=[plugin_facts("air"), plugin_facts("dashboard")],
        past={("air", "t"): past(now_ns)},
        marks=(HistoryMark(now_ns - 300 * NS_PER_S, "air", MarkKind.CRASH, EVIL),),
    )
    with serving(session=session) as made:
        made.publish(
            StateChanged(1, "air", State.LOADING, State.RUNNING, "loaded"),
            ReadingPublished(now_ns, "air", {"t": 21.5, "words": EVIL}, (I2C_1,)),
            TransferCompleted(
                now_ns, "oled", I2C_1, 0x3C, (Message(True, b"\x00\x8d\x14\xaf"),), Outcome.OK, "", 1, is_simulated=True
            ),
            LogWritten(now_ns, "air", Level.ERROR, f"Traceback {EVIL}"),
            LogWritten(now_ns, "air", Level.ERROR, "KeyError: 'gain'", continues=True),
        )
        yield made


def test_a_chart_shows_the_past_with_its_gap_its_events_and_that_it_is_simulated(
    served: Served, browser: Browser
) -> None:
    browser.open(f"{served.server.address}charts")
    browser.wait(f"{CHART} && true")
    assert browser.js("document.querySelectorAll('.curve').length") == 2, "no line goes through the gap"
    assert browser.js("document.querySelectorAll('.band').length") == 2
    assert browser.js("document.querySelector('.mark.crash title').textContent") == f"crash: {EVIL}"
    browser.says("20.0 to 22.0 °C, with gaps, simulated, 1 events".replace(" °C", ""))
    assert browser.js("window.evil") is None


def test_a_longer_past_is_asked_for_with_one_press(served: Served, browser: Browser) -> None:
    browser.open(f"{served.server.address}charts")
    browser.wait(f"{CHART} && true")
    browser.element("[data-span='604800']").click()
    browser.wait("document.querySelector('[data-span=\"604800\"]').getAttribute('aria-pressed') === 'true'")

    def spans() -> set[int]:
        return {round((each.until_ns - each.since_ns) / NS_PER_S) for each in served.session.queries}

    until(lambda: 604_800 in spans(), PATIENCE)
    assert 600 in spans()
    browser.wait("document.querySelectorAll('.curve').length === 2")


def test_a_finger_on_a_chart_reads_its_values(served: Served, browser: Browser) -> None:
    browser.open(f"{served.server.address}charts")
    browser.wait(f"{CHART} && true")
    browser.do(
        "const place = document.querySelector('.chart'), at = place.getBoundingClientRect();"
        "place.dispatchEvent(new PointerEvent('pointermove', {clientX: at.right - 30, clientY: at.top + 20}))"
    )
    browser.says("21.0 (20.0 to 22.0)")


def test_a_chart_stays_while_the_value_above_it_changes_and_grows_old(served: Served, browser: Browser) -> None:
    browser.open(f"{served.server.address}charts")
    browser.wait(f"{CHART} && true")
    browser.do(f"window.kept = {CHART}")
    now_ns = time.time_ns()
    served.publish(ReadingPublished(now_ns, "air", {"t": 23.5}, (I2C_1,)), RoundCompleted(now_ns, 1, {}))
    browser.says("23.5")
    assert browser.js("window.kept.isConnected")
    served.publish(ReadingFailed(now_ns, "air", "no answer at <0x76>"))
    browser.says("no answer at <0x76>")
    browser.wait("document.querySelector('.value.old .stale') && true")
    browser.says("23.5")


def test_the_span_that_a_visitor_chose_is_there_again_after_a_reload_and_the_back_button(
    served: Served, browser: Browser
) -> None:
    chosen = "document.querySelector('[data-span][aria-pressed=true]').textContent"
    browser.open(f"{served.server.address}charts")
    browser.wait(f"{CHART} && true")
    browser.element("[data-span='3600']").click()
    browser.driver.refresh()
    assert browser.js(chosen) == "1 h"
    browser.element("#tabs a[href='/log']").click()
    browser.says("KeyError: 'gain'")
    browser.driver.back()
    browser.wait(f"{CHART} && true")
    assert browser.js(chosen) == "1 h"
    assert served.session.queries[-1].until_ns - served.session.queries[-1].since_ns == 3600 * NS_PER_S
    browser.open(f"{served.server.address}charts#past=5")
    browser.driver.refresh()
    assert browser.js(chosen) == "10 min", "no button has that"


def test_a_host_without_history_says_so_in_the_place_of_the_chart(browser: Browser) -> None:
    with serving(session=ScriptedSession(known=[plugin_facts("air")])) as served:
        served.publish(ReadingPublished(1, "air", {"t": 21.5}))
        browser.open(f"{served.server.address}charts")
        browser.says("this host keeps no history")


def test_a_crash_opens_with_its_traceback_and_stays_open(served: Served, browser: Browser) -> None:
    found = crashed("air", "read")
    report = replace(found.report, plugin="air", traceback=f"Traceback:\n  line 7 {EVIL}")
    served.publish(PluginCrashed(9, "air", report, "crashes/air.json"))
    browser.open(f"{served.server.address}plugins")
    browser.wait("document.documentElement.classList.contains('live')")
    browser.element(".crash summary").click()
    browser.says(f"line 7 {EVIL}")
    served.publish(StateChanged(2, "air", State.RUNNING, State.BACKOFF, "it died"))
    browser.says("✗ backoff: air: it died")
    assert browser.js("document.querySelector('.crash').open")
    assert browser.js("window.evil") is None


def test_the_display_is_a_picture_and_the_log_folds_a_traceback(served: Served, browser: Browser) -> None:
    browser.open(f"{served.server.address}hardware")
    browser.wait("document.querySelector('#displays img').naturalWidth === 128")
    browser.says("i2c-1 0x3c, 128 x 64, written")
    browser.open(f"{served.server.address}log")
    browser.says("KeyError: 'gain'")
    assert not browser.js("document.querySelector('#log pre').checkVisibility()")
    served.publish(LogWritten(time.time_ns(), "air", Level.INFO, "a new line"))
    browser.says("a new line")
    browser.open(f"{served.server.address}log?level=error")
    browser.wait("!document.body.innerText.includes('a new line')")
    assert served.visitor.get("/log?level=loud").status == 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_fits_a_phone_and_its_tabs_lie_under_the_thumb(served: Served, browser: Browser, scheme: str) -> None:
    long = "it died of something that takes many words to tell, more than fit into the width of a phone"
    for plugin in ("air", "dashboard"):
        served.publish(StateChanged(2, plugin, State.RUNNING, State.QUARANTINED, long))
    browser.prefer(scheme)
    with browser.sized(360, 640, mobile=True):
        for tab in TABS:
            browser.open(f"{served.server.address}{tab}")
            assert browser.js("document.documentElement.scrollWidth") <= 360, tab
            assert browser.js("document.getElementById('host').scrollWidth") <= 360, tab
            low, high = browser.js(
                "(({top, bottom}) => [top, bottom])(document.getElementById('tabs').getBoundingClientRect())"
            )
            assert 560 < low < high <= 640, tab
            assert browser.js("[...document.querySelectorAll('#tabs a')].every((each) => each.offsetHeight >= 44)"), tab


def test_odd_names_of_a_far_host_widen_no_tab_and_act_on_nothing(browser: Browser) -> None:
    odd = f"\ud800\u202e\x1b[31m\x00{EVIL}" + "W" * 200
    alarm = Alarm("hot", odd, odd, odd, odd, odd)
    gpio = BusFacts(BusName("gpio"), BackendKind.SIMULATED, odd)
    facts = replace(host_facts(relays=(odd,)), host_name=odd, buses=(gpio,))
    with serving(session=ScriptedSession(facts, [plugin_facts("air")])) as served:
        served.publish(
            StateChanged(1, odd, State.LOADING, State.QUARANTINED, odd),
            ReadingPublished(2, odd, {odd: 5, "words": odd}),
            QuantitiesHeld(3, (HeldQuantity(odd, 5e300),)),
            AlarmsSet(4, (alarm,)),
            AlarmRaised(5, alarm, 5, 5.0),
            RelaySwitched(6, odd, odd, True),
            ConnectionLost(7, odd),
            LogWritten(8, odd, Level.ERROR, odd),
        )
        with browser.sized(360, 640, mobile=True):
            for tab in TABS:
                browser.open(f"{served.server.address}{tab}")
                assert browser.js("document.documentElement.scrollWidth") <= 360, tab
                shown = browser.js("document.body.innerText")
                assert "\x1b" not in shown and "\u202e" not in shown, tab
                assert browser.js("window.evil") is None


def test_on_a_phone_all_scrolls_together_below_one_line_and_what_is_said_lies_above_the_tabs(
    served: Served, browser: Browser
) -> None:
    rows = "".join(f"<p>row {each}</p>" for each in range(200))
    served.publish(
        StateChanged(2, "dashboard", State.LOADING, State.RUNNING, ""), PageRendered(1, "dashboard", 1, rows)
    )
    place = "(({top, bottom}) => [top, bottom])(document.querySelector('SELECTOR').getBoundingClientRect())"
    with browser.sized(360, 640, mobile=True):
        browser.open(served.server.address)
        browser.shows("row 199")
        browser.wait("document.getElementById('page').offsetHeight > 5000")
        browser.do("scrollTo(0, 3000)")
        assert browser.js("scrollY") == 3000, "no frame holds the finger back"
        assert browser.js(place.replace("SELECTOR", "#hardware")) < [48, 48], "it stays that this is simulated"
        served.publish(PageRendered(2, "dashboard", 2, f"{rows}<p>the last one</p>"))
        browser.shows("the last one")
        assert browser.js("scrollY") == 3000
        say = "(document.getElementById('notice').textContent = 'something was ordered') && "  # for a second
        low, high = browser.js(say + place.replace("SELECTOR", "#notice"))
        assert 500 < low < high <= browser.js("document.getElementById('tabs').getBoundingClientRect().top")
        served.publish(PageRendered(3, "dashboard", 3, "<p>short</p>"))
        browser.shows("short")
        browser.wait("document.getElementById('page').offsetHeight < 640")


def test_without_scripts_every_tab_tells_its_values(served: Served, browser: Browser) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(f"{served.server.address}charts")
        assert "21.5" in browser.element("main").text
        browser.element("#tabs a[href='/plugins']").click()
        assert "air" in browser.element("#plugins").text
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)


def test_no_tab_is_shown_without_the_token(served: Served) -> None:
    with serving(WebSettings(port=0, token=TOKEN), ScriptedSession()) as guarded:
        for tab in TABS:
            answer = guarded.visitor.get(f"/{tab}")
            assert answer.status == 401 and "data-kinds" not in answer.text, tab
