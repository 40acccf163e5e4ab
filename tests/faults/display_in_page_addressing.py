"""The driver never sets horizontal addressing, and sends whole pictures: all of it lands in one row of pages."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import DISPLAY_SETUP, display
from tests.faults.exhibit import Exhibit

EXHIBIT = Exhibit(
    display,
    wrong=DISPLAY_SETUP.replace(b"\x20\x00", b"\x20\x02"),
    right=DISPLAY_SETUP,
    kind="display-addressing",
    sentence="The picture on the display at 0x3c on i2c-1 is garbled: it is in page addressing, but ssd1306 sends "
    "the whole picture at once.",
    confidence=Confidence.LIKELY,
    within=15,
)
