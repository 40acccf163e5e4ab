"""The driver sends its settings and its pictures, but not the last command of the data sheet's list: 0xaf."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import DISPLAY_SETUP, display
from tests.faults.exhibit import Exhibit

EXHIBIT = Exhibit(
    display,
    wrong=DISPLAY_SETUP.removesuffix(b"\xaf"),
    right=DISPLAY_SETUP,
    kind="display-never-on",
    sentence="The display at 0x3c on i2c-1 is dark: ssd1306 sends pictures, but never switched it on (0xaf).",
    confidence=Confidence.CERTAIN,
    within=15,
)
