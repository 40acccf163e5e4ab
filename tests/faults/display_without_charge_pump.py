"""The driver is for a panel with a supply of its own. This module needs the charge pump: 0x8d 0x14."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import DISPLAY_SETUP, display
from tests.faults.exhibit import Exhibit

EXHIBIT = Exhibit(
    display,
    wrong=DISPLAY_SETUP.replace(b"\x8d\x14", b""),
    right=DISPLAY_SETUP,
    kind="display-no-pump",
    sentence="The display at 0x3c on i2c-1 is likely dark: ssd1306 never switched its charge pump on (0x8d 0x14), "
    "which makes the panel's voltage on nearly all modules.",
    confidence=Confidence.LIKELY,
    within=15,
)
