"""A driver that sends page by page, as for an SH1106, on a display that was set to horizontal addressing."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import DISPLAY_SETUP, display
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, addressing: int) -> None:
    display(pi, DISPLAY_SETUP.replace(b"\x20\x00", bytes([0x20, addressing])), by_pages=True)


EXHIBIT = Exhibit(
    scene,
    wrong=0,
    right=2,
    kind="display-addressing",
    sentence="The picture on the display at 0x3c on i2c-1 is garbled: it is in horizontal addressing, but ssd1306 "
    "sends the picture page by page (0xb0 to 0xb7).",
    confidence=Confidence.LIKELY,
    within=15,
)
