"""The shipped dashboard of a real host in a real browser: live, legible, on a phone too, and back after a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.config.web import WebSettings
from hostcore.events import (
    Level,
    LogWritten,
    PageRendered,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    State,
    StateChanged,
)
from hostcore.place import BusName
from hostcore.web import open_web
from tests.browser import FRAME, PAGE, Browser
from tests.command import Desk
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.supervised import SupervisedHost
from tests.web_view_events import crashed
from tests.web_visitor import serving
from tests.workbench import Workbench

pytest_plugins = ["tests.browser_fixture", "tests.supervised_fixture"]

CARDS = ["aht20", "bh1750", "bme680", "dht22", "pi_monitor"]
CLOCK = f"{PAGE}?.querySelector('time')?.textContent"
CONTRASTS = """
(() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => numbers(color).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const color = element.ownerDocument.defaultView.getComputedStyle(element).backgroundColor;
      if (numbers(color).length === 3) return color;
    }
  };
  const found = [];
  for (const place of [document, PAGE].filter(Boolean)) {
    const walker = place.createTreeWalker(place.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.nodeValue.trim() || !element.checkVisibility()) continue;
      const colors = [place.defaultView.getComputedStyle(element).color, behind(element)];
      const [low, high] = colors.map(light).sort((a, b) => a - b);
      found.push([walker.currentNode.nodeValue, (high + 0.05) / (low + 0.05)]);
    }
  }
  return found;
})()
""".replace("PAGE", PAGE)
"""Every text that is shown, with its contrast to what is behind it: WCAG 2.2, definition of "contrast ratio"."""
IN_EVERY_STATE = {
    "timestamp": "2026-01-31T08:00:00.123Z",
    "fine": {"temperature": 21.5, "inner": {"list": [1, 2]}},
    "faulty": {"error": "nobody answered"},
    "hot": {"temperature": 99},
    "silent": {},
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[str]:
    """Where a host with the shipped settings, in a hurry, shows its page."""
    folder = tmp_path_factory.mktemp("desk")
    settings = (shipped.folder() / "host.toml").read_text(encoding="utf-8")
    for before, after in (
        ("interval = 2.0", "interval = 0.2"),
        ('plugins_folder = "plugins"', f'plugins_folder = "{shipped.folder() / "plugins"}"'),
        ('backend = "auto"', 'backend = "simulated"'),
    ):
        assert before in settings
        settings = settings.replace(before, after)
    desk = Desk(folder, cache_folder)
    desk.write("host.toml", settings)
    with desk.running("run", "--web", "--port", "0", stdout=-3) as running:
        running.wait_for("the web is at http://")
        found = re.search(r"http://\S+/", "".join(running.err))
        assert found is not None
        yield found[0]


def test_every_sensor_has_a_card_and_values_change_without_a_reload(address: str, browser: Browser) -> None:
    browser.open(address)
    for card in CARDS:
        browser.shows(card)
    browser.do(f"window.mark = 'the same'; window.cards = [...{PAGE}.querySelectorAll('.card')]")
    for _ in range(2):
        before = browser.js(CLOCK)
        browser.wait(f"{CLOCK} !== arguments[0]", before)
    assert browser.js("window.mark") == "the same"
    assert browser.js("window.cards.every(card => card.isConnected)")
    assert browser.js(f"[...{PAGE}.querySelectorAll('.card h2')].map(name => name.textContent)") == CARDS
    browser.wait(f"{PAGE}.querySelectorAll('polyline').length > 10")


def test_on_a_phone_nothing_has_to_be_scrolled_sideways(address: str, browser: Browser) -> None:
    with browser.sized(320, 640, mobile=True):
        browser.open(address)
        browser.shows("pi_monitor")
        for place in ("document", PAGE):
            wide, room = browser.js(f"[{place}.documentElement.scrollWidth, {place}.documentElement.clientWidth]")
            assert wide <= room
            assert room <= 320
        assert len(set(browser.js(f"[...{PAGE}.querySelectorAll('.card')].map(card => card.offsetLeft)"))) == 1
        browser.open(f"{address}plugins")
        assert min(browser.js("[...document.querySelectorAll('button')].map(each => each.offsetHeight)")) >= 24


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(browser: Browser, scheme: str) -> None:
    html = Workbench().plugin("dashboard", limits={"temperature": [5, 35]}).render(IN_EVERY_STATE)
    with serving(session=ScriptedSession(known=[plugin_facts(state) for state in State])) as served:
        moves = [StateChanged(1, state, State.LOADING, state, "a cause") for state in State]
        served.publish(*moves, PageRendered(1, "running", 1, html))
        browser.prefer(scheme)
        browser.open(served.server.address)
        browser.shows("silent")
        browser.element("summary").click()
        browser.do("const then = Date.now(); Date.now = () => then + 60 * performance.now()")
        browser.says("What you see is old")
        found = browser.js(CONTRASTS)
        back = browser.js(f"getComputedStyle({PAGE}.body).backgroundColor")
    assert len(found) > 40
    assert [(text, contrast) for text, contrast in found if contrast < 4.5] == []
    assert (int(re.findall(r"\d+", back)[0]) > 127) is (scheme == "light")


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_the_other_tabs_stands_out_too(browser: Browser, scheme: str) -> None:
    with serving(session=ScriptedSession(known=[plugin_facts(state) for state in State])) as served:
        lines = [LogWritten(1, "running", level, f"it is {level}") for level in Level]
        served.publish(
            *(StateChanged(1, state, State.LOADING, state, "a cause") for state in State),
            *lines,
            replace(lines[-1], text="KeyError: 1", continues=True),
            crashed("running", "read"),
            ReadingPublished(1, "running", {"temperature": 21.5}, (BusName("i2c-1"),)),
            ReadingFailed(2, "running", "no answer"),
        )
        browser.prefer(scheme)
        for tab, words in (
            ("charts", "this host keeps no history"),
            ("plugins", "Crash"),
            ("log?level=debug", "KeyError"),
        ):
            browser.open(f"{served.server.address}{tab}")
            browser.says(words)
            browser.do("for (const each of document.querySelectorAll('details')) each.open = true")
            found = browser.js(CONTRASTS)
            assert len(found) > 15
            assert [(text, contrast) for text, contrast in found if contrast < 4.5] == [], tab


def test_it_is_told_by_headings_landmarks_and_names(address: str, browser: Browser) -> None:
    browser.open(address)
    browser.shows("pi_monitor")
    assert browser.js("document.documentElement.lang") == browser.js(f"{PAGE}.documentElement.lang") == "en"
    assert browser.js(f"{FRAME}.title")
    for place in ("document", PAGE):
        assert browser.js(f"[{place}.querySelectorAll('h1').length, {place}.querySelectorAll('main').length]") == [1, 1]
        assert browser.js(f"{place}.querySelectorAll('[role=status]').length > 0")
        ids = browser.js(f"[...{place}.querySelectorAll('[id]')].map(each => each.id)")
        assert len(ids) == len(set(ids))
    browser.open(f"{address}plugins")
    names = browser.js("[...document.querySelectorAll('button')].map(button => button.textContent)")
    assert "Restart bme680" in names
    assert len(names) == len(set(names))


def test_a_page_plugin_that_crashes_is_restarted_and_its_page_comes_back(
    supervised: SupervisedHost, browser: Browser
) -> None:
    supervised.write("site", "def render(readings):\n    return '<h1>works</h1>'\n")
    supervised.write("counter", "def read():\n    return {'count': 1}\n")
    host = supervised.prepare()
    server = open_web(host, WebSettings(port=0), host.stream.publish)
    server.start()
    try:
        host.start()
        browser.open(server.address)
        browser.shows("works")
        browser.do("window.mark = 'the same'")
        supervised.write("site", "def render(readings):\n    return 1 / 0\n")
        assert supervised.wait_for(PluginCrashed, "site").report.call == "render"
        browser.says("ZeroDivisionError: division by zero")
        supervised.reaches("site", State.QUARANTINED)
        browser.says("✗ 1 quarantined")
        supervised.write("site", "def render(readings):\n    return '<h1>works again</h1>'\n")
        browser.shows("works again")
        assert browser.js("window.mark") == "the same"
    finally:
        server.stop()
