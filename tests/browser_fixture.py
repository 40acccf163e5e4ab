"""The fixture ``browser``, for modules that list this module in ``pytest_plugins``.

Tests are skipped if Chromium is missing. If ``CI`` is set, they fail instead.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser import Browser
from tests.programs import require

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

PROGRAMS = ("chromium", "chromedriver")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # Chromium's sandbox does not work as root
    "--disable-dev-shm-usage",  # containers have only a little of it
    "--disable-gpu",
    "--window-size=1200,900",  # of a desk, not of a phone
    # Each page would get a process of its own, and another one is kept ready.
    "--disable-features=IsolateOrigins,site-per-process,SpareRendererForSitePerProcess",
    "--renderer-process-limit=1",
)


def start_chromium() -> WebDriver:
    """Start a Chromium process. `quit` ends it."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    browser, driver = map(shutil.which, PROGRAMS)
    options.binary_location = browser
    for option in OPTIONS:
        options.add_argument(option)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


@pytest.fixture(scope="session")
def chromium() -> Iterator[WebDriver]:
    """One Chromium process for all tests."""
    require(*PROGRAMS, packages="chromium chromium-driver")
    driver = start_chromium()
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: WebDriver) -> Iterator[Browser]:
    """A browser without the state of earlier tests."""
    made = Browser(chromium)
    yield made
    made.forget()
