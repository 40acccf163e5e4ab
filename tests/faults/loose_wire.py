"""The sensor's jumper wire makes bad contact: one transfer in eight is not acknowledged."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import accelerometer, light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_loose: bool) -> None:
    pi.plug("registers:lis3dh", 0x18)
    pi.plug("bh1750", 0x23)
    accelerometer(pi)
    light(pi)
    if is_loose:
        pi.fault(Fault(FaultKind.NACK, BusName("i2c-1"), 0x23, every=8))


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="loose-wire",
    sentence="The device at 0x23 on i2c-1 does not answer {n} of {n} times ({n} %): likely, a wire of this chip is"
    " loose.",
    confidence=Confidence.LIKELY,
    within=60,
)
