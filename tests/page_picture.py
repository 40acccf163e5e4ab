"""Draws the README's picture of the page of a host on the simulated Pi: ``python -m tests.page_picture``."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from hostcore import shipped
from tests.browser import PAGE, Browser
from tests.browser_fixture import start_chromium

PICTURE = Path(__file__).parent.parent / "tui" / "pictures" / "dashboard.png"
POINTS = 40
"""Number of values that fills a trend line."""
WIDTH, HEIGHT, COLORS = 1000, 560, 48


def settings() -> str:
    """The shipped settings, on the simulated Pi and in a hurry."""
    text = (shipped.folder() / "host.toml").read_text(encoding="utf-8")
    text = text.replace('"auto"', '"simulated"').replace("interval = 2.0", "interval = 0.3")
    return text.replace('"plugins"', json.dumps(str(shipped.folder() / "plugins")))


def screenshot(address: str) -> bytes:
    """Show the page in a browser until its trend lines are full. Returns a PNG."""
    driver = start_chromium()
    try:
        browser = Browser(driver)
        with browser.sized(WIDTH, HEIGHT):
            browser.open(address)
            browser.shows("pi_monitor")
            browser.wait(f"{PAGE}.querySelector('polyline')?.points.numberOfItems === {POINTS}")
            return driver.get_screenshot_as_png()
    finally:
        driver.quit()


def draw(picture: Path) -> None:
    """Run a host, and save a screenshot of its page."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(settings())
        file.flush()
        command = [sys.executable, "-m", "hostcore.cli.main", "--config", file.name, "run", "--web", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as host:
            assert host.stderr is not None
            try:
                found = (re.search(r"the web is at (http://\S+)", line) for line in host.stderr)
                shot = Image.open(io.BytesIO(screenshot(next(each[1] for each in found if each))))
            finally:
                host.terminate()
    shot.convert("RGB").quantize(COLORS).save(picture, optimize=True)


if __name__ == "__main__":
    draw(PICTURE)
