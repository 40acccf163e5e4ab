"""A real browser: Debian's Chromium without a window, controlled with selenium."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

PATIENCE = 15.0
"""Seconds that a test waits before it fails."""
FRAME = "document.getElementById('page')"
"""JavaScript expression on the host's page for the frame with the plugin's page."""
PAGE = f"{FRAME}?.contentDocument"
"""JavaScript expression for the document in that frame."""


class Browser:
    """A visitor's browser.

    Args:
        driver: selenium's driver, for everything that has no method here.
    """

    def __init__(self, driver: WebDriver) -> None:
        self.driver = driver
        self._first = driver.current_window_handle

    def open(self, address: str) -> None:
        """Open an address, and wait until the page is loaded."""
        self.driver.get(address)

    def js(self, expression: str, *arguments: object) -> Any:
        """The value of a JavaScript expression in the host's page."""
        return self.driver.execute_script(f"return ({expression})", *arguments)

    def do(self, statements: str) -> None:
        """Run JavaScript in the host's page."""
        self.driver.execute_script(statements)

    def wait(self, expression: str, *arguments: object) -> Any:
        """Wait until a JavaScript expression is true, and return its value."""
        latest = time.monotonic() + PATIENCE
        while time.monotonic() < latest:
            if value := self.js(expression, *arguments):
                return value
        said = self.js("document.body.innerText")
        raise AssertionError(f"never became true: {expression} with {arguments}; the page says:\n{said}")

    def shows(self, words: str) -> None:
        """Wait until the plugin's page shows this text."""
        self.wait(f"{PAGE}?.body?.innerText.includes(arguments[0])", words)

    def says(self, words: str) -> None:
        """Wait until the host's own page shows this text."""
        self.wait("document.body.innerText.includes(arguments[0])", words)

    def element(self, selector: str) -> Any:
        """An element of the host's page."""
        return self.driver.find_element("css selector", selector)

    def click_inside(self, selector: str, how: str = "click") -> None:
        """Click on an element of the plugin's page, even if it is not visible.

        Args:
            selector: CSS selector of the element.
            how: ``click``, ``ctrl`` (with the Ctrl key held) or ``middle`` (with the middle button).
        """
        x, y = self.js(
            f"(() => {{ const frame = {FRAME}.getBoundingClientRect(), found = {PAGE}.querySelector(arguments[0]);"
            "if (!found) return [frame.x + 1, frame.y + 1]; found.scrollIntoView();"
            "const at = found.getBoundingClientRect();"
            "return [frame.x + at.x + at.width / 2, frame.y + at.y + at.height / 2]; })()",
            selector,
        )
        button = "middle" if how == "middle" else "left"
        mouse = {"x": x, "y": y, "button": button, "clickCount": 1, "modifiers": 2 if how == "ctrl" else 0}
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", type=kind, **mouse)

    def command(self, name: str, **parameters: object) -> None:
        """Send a command of the Chrome DevTools protocol."""
        self.driver.execute_cdp_cmd(name, parameters)

    @contextmanager
    def sized(self, width: int, height: int, *, mobile: bool = False) -> Iterator[None]:
        """Set the size of the window, in CSS pixels, inside a ``with`` block."""
        metrics: Mapping[str, Any] = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
        self.command("Emulation.setDeviceMetricsOverride", **metrics)
        yield
        self.command("Emulation.clearDeviceMetricsOverride")

    def prefer(self, scheme: str) -> None:
        """Prefer the colour scheme ``light`` or ``dark``."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.command("Emulation.setEmulatedMedia", features=[feature])

    def forget(self) -> None:
        """Close all windows except the first, and delete cookies and preferences."""
        for window in self.driver.window_handles:
            if window != self._first:
                self.driver.switch_to.window(window)
                self.driver.close()
        self.driver.switch_to.window(self._first)
        self.command("Network.clearBrowserCookies")
        self.command("Emulation.setEmulatedMedia", features=[])
        self.driver.get("about:blank")
        self.driver.get_log("browser")  # reading it empties it
