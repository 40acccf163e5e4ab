"""What ``/`` shows: a plugin's page, or why there is none."""

from __future__ import annotations

import pytest

from hostcore.events import State
from hostcore.web.front_page import NO_PAGE, Page, front_page
from tests.scripted_session import plugin_facts
from tests.web_view_events import after, crashed, moved, rendered


def test_without_a_page_plugin_it_says_so() -> None:
    assert front_page(after(plugins=["light"])) == Page(None, NO_PAGE, has_plugin=False)


def test_a_dashboard_that_has_not_rendered_yet_is_waited_for() -> None:
    page = front_page(after(moved("dashboard", State.LOADING)))
    assert (page.html, page.has_plugin) == (None, True)
    assert "dashboard has not made a page yet (loading)." in page.problem


def test_the_dashboards_page_goes_before_others() -> None:
    assert front_page(after(rendered("dashboard", "ours"), rendered("light", "theirs"))) == Page("ours")


def test_without_a_dashboard_the_newest_page_is_shown() -> None:
    pages = rendered("light", "1"), rendered("other", "2"), rendered("light", "3")
    assert front_page(after(*pages, plugins=["light", "other"])) == Page("3")


@pytest.mark.parametrize("gone", [State.BACKOFF, State.QUARANTINED, State.STOPPED])
def test_a_page_whose_plugin_is_gone_gives_way_to_why_until_there_is_a_new_one(gone: State) -> None:
    view = after(rendered("dashboard", "old"), moved("dashboard", gone, "render crashed: it is <b>broken</b>"))
    assert front_page(view).html is None
    assert (
        f"dashboard makes this page, and its state is {gone}: render crashed: it is <b>broken</b>"
        in front_page(view).problem
    )
    view.fold([crashed("dashboard", "render"), moved("dashboard", State.LOADING), moved("dashboard", State.RUNNING)])
    assert front_page(view).html is None
    assert "not made a page yet (running). Its last error: divided by zero" in front_page(view).problem
    view.fold([rendered("dashboard", "new")])
    assert front_page(view) == Page("new")


def test_who_crashed_while_rendering_is_a_page_plugin_by_any_name() -> None:
    view = after(moved("light", State.BACKOFF, "oh"), crashed("light", "render"), plugins=["light"])
    assert "light makes this page, and its state is backoff: oh" in front_page(view).problem


def test_a_page_goes_with_its_plugin() -> None:
    view = after(rendered("dashboard"))
    view.know([plugin_facts("light"), plugin_facts("new")])
    assert front_page(view) == Page(None, NO_PAGE, has_plugin=False)
