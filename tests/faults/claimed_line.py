"""The button's line belongs to the kernel: an overlay in config.txt took GPIO 17 for an infrared receiver."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_claimed: bool) -> None:
    if is_claimed:
        pi.claim(17, "ir-receiver@11")
    pi.drive("button", lambda driver: {"pressed": not driver.level(17)})


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="claimed-line",
    sentence="GPIO 17 is in use by ir-receiver@11, so button cannot have it.",
    confidence=Confidence.CERTAIN,
    within=5,
)
