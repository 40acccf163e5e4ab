"""The night mode of a clock set the contrast to 0, and nobody set it back."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import DISPLAY_SETUP, display
from tests.faults.exhibit import Exhibit

EXHIBIT = Exhibit(
    display,
    wrong=DISPLAY_SETUP.replace(b"\x81\x7f", b"\x81\x00"),
    right=DISPLAY_SETUP,
    kind="display-dim",
    sentence="The display at 0x3c on i2c-1 is possibly too dim to read: ssd1306 set its contrast to 0.",
    confidence=Confidence.POSSIBLE,
    within=15,
)
