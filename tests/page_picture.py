"""Draws the README's picture of the page, from real readings of the simulated Pi: ``python -m tests.page_picture``."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from hostcore import shipped
from hostcore.events import PageRendered, State, StateChanged
from tests.browser import Browser
from tests.browser_fixture import start_chromium
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.web_visitor import serving
from tests.workbench import Workbench

PICTURE = Path(__file__).parent.parent / "tui" / "pictures" / "dashboard.png"
ROUNDS = 45
"""Number of rounds that fills the trend lines."""
WIDTH, HEIGHT, COLORS = 1000, 560, 48


def rounds() -> Iterator[dict[str, Any]]:
    """Readings of the shipped drivers on the simulated Pi."""
    settings = (shipped.folder() / "host.toml").read_text(encoding="utf-8")
    settings = settings.replace('"auto"', '"simulated"').replace("interval = 2.0", "interval = 0.3")
    settings = settings.replace('"plugins"', json.dumps(str(shipped.folder() / "plugins")))
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(settings)
        file.flush()
        command = [sys.executable, "-m", "hostcore.cli.main", "--config", file.name, "run", "--rounds", str(ROUNDS)]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return map(json.loads, shown.splitlines())


def draw(picture: Path) -> None:
    """Show the last round in a browser, and save a screenshot."""
    dashboard = Workbench().plugin("dashboard")
    html, names = "", ["dashboard"]
    for readings in rounds():
        html = dashboard.render(readings)
        names = [*(name for name in readings if name != "timestamp"), "dashboard"]
    driver = start_chromium()
    try:
        with serving(session=ScriptedSession(known=[plugin_facts(name) for name in names])) as served:
            moves = [StateChanged(1, name, State.LOADING, State.RUNNING, "") for name in names]
            served.publish(*moves, PageRendered(1, "dashboard", 1, html))
            browser = Browser(driver)
            with browser.sized(WIDTH, HEIGHT):
                browser.open(served.server.address)
                browser.shows("pi_monitor")
                shot = Image.open(io.BytesIO(driver.get_screenshot_as_png()))
    finally:
        driver.quit()
    shot.convert("RGB").quantize(COLORS).save(picture, optimize=True)


if __name__ == "__main__":
    draw(PICTURE)
