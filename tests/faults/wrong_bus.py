"""The sensor hangs on the second bus, i2c-3, because the first was full. The driver still uses bus 1."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import accelerometer, light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, bus: int) -> None:
    pi.plug("bh1750", 0x23, bus=3)
    pi.plug("registers:lis3dh", 0x18)
    accelerometer(pi)
    light(pi, bus=bus)
    pi.run(12)
    pi.scan(1)
    pi.scan(3)


EXHIBIT = Exhibit(
    scene,
    wrong=1,
    right=3,
    kind="wrong-bus",
    sentence="Nothing answers bh1750 at 0x23 on i2c-1, but 0x23 answers on i2c-3: wrong bus.",
    confidence=Confidence.LIKELY,
    within=20,
    also=("silent-address",),
)
