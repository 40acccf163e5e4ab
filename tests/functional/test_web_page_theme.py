"""Dark and light on the host's page: as the device is, or as the visitor chose in this browser, on every tab."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hostcore.events import PageRendered, State
from tests.browser import PAGE, Browser
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.web_view_events import moved
from tests.web_visitor import Served, serving
from tests.workbench import Workbench

pytest_plugins = ["tests.browser_fixture"]

BACK = "getComputedStyle(document.body).backgroundColor"
INNER = f"getComputedStyle({PAGE}.body).backgroundColor"
LIGHT, DARK = ["rgb(255, 255, 255)", "rgb(243, 244, 246)"], ["rgb(23, 27, 34)", "rgb(14, 17, 22)"]


def page(number: int) -> PageRendered:
    html = Workbench().plugin("dashboard").render({"light": {"illuminance": number}})
    return PageRendered(number, "dashboard", number, html)


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(session=ScriptedSession(known=[plugin_facts("dashboard")])) as made:
        made.publish(moved("dashboard", State.RUNNING), page(1))
        yield made


def test_a_visitor_chooses_dark_or_light_and_finds_it_again(served: Served, browser: Browser) -> None:
    browser.prefer("dark")
    browser.open(served.server.address)
    browser.shows("light")
    browser.wait(f"{BACK} === arguments[0]", DARK[0])
    browser.says("◐")
    browser.element("#theme").click()
    browser.wait(f"`${{{BACK}}} ${{{INNER}}}` === arguments[0]", " ".join(LIGHT))
    served.publish(page(2))
    browser.shows("2")
    browser.wait(f"`${{{BACK}}} ${{{INNER}}}` === arguments[0]", " ".join(LIGHT))  # the next page, too
    browser.open(f"{served.server.address}charts")
    browser.wait(f"{BACK} === arguments[0]", LIGHT[0])
    browser.says("☀")
    browser.prefer("light")
    browser.element("#theme").click()
    browser.wait(f"{BACK} === arguments[0]", DARK[0])
    browser.open(served.server.address)
    browser.shows("light")
    browser.wait(f"{INNER} === arguments[0]", DARK[1])
    browser.element("#theme").click()
    browser.wait(f"`${{{BACK}}} ${{{INNER}}}` === arguments[0]", " ".join(LIGHT))  # as the device is


def test_a_browser_that_keeps_nothing_still_shows_what_was_chosen(served: Served, browser: Browser) -> None:
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('not here'); } })"
    browser.command("Page.addScriptToEvaluateOnNewDocument", source=refuse)
    browser.prefer("light")
    browser.open(f"{served.server.address}log")
    browser.says("◐")
    browser.element("#theme").click()
    browser.element("#theme").click()
    browser.wait(f"{BACK} === arguments[0]", DARK[0])
