"""Draws the README's pictures of the screen from a running host: ``python -m tests.screen_pictures``.

The host is the shipped one with its simulated Pi, and one extra driver that fails.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from hostcore import shipped
from hostcore.config.loading import load_config
from hostcore.host import Host
from tui.app import HostApp
from tui.terminal import Terminal

PICTURES = Path(__file__).parent.parent / "tui" / "pictures"
WRONG_DRIVER = '''"""Light in lux, as somebody wrote it in a hurry."""
from host import i2c, log

table = {"offset": 0.2}

def read() -> dict:
    log.info("looking up the gain")
    raw = int.from_bytes(i2c.read(0x23, 2), "big")
    return {"illuminance": raw * table["gain"]}
'''
SECONDS = 30.0
"""Seconds that the host runs before it is drawn, because trends need a past."""


def settings(folder: Path) -> Path:
    """Copy the shipped settings and plugins, and add the failing driver."""
    shutil.copytree(shipped.folder() / "plugins", folder / "plugins")
    (folder / "plugins" / "light.py").write_text(WRONG_DRIVER)
    text = (shipped.folder() / "host.toml").read_text().replace("[crashes]\n", '[crashes]\nfolder = "crashes"\n')
    file = folder / "host.toml"
    file.write_text(f'{text}\n[plugins.light]\npermissions = ["i2c:1:0x23:read"]\n')
    return file


async def draw(host: Host) -> None:
    """Run the screen without a terminal, and save a picture of it."""
    app = HostApp(host, host.start, terminal=Terminal())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(SECONDS)
        app.save_screenshot("screen.svg", str(PICTURES))
        await pilot.press("2", "home", "enter")  # the worst stands first
        await pilot.pause(1)
        app.save_screenshot("crash.svg", str(PICTURES))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        made = Host(load_config(settings(Path(name))))
        try:
            asyncio.run(draw(made))
        finally:
            made.stop()
