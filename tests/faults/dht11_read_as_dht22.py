"""The sensor in the starter kit is a blue DHT11, and the driver is for the white DHT22."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import dht
from tests.faults.exhibit import Exhibit
from tests.faults.parts import Dht11
from tests.watched import Watched


def scene(pi: Watched, is_dht11: bool) -> None:
    pi.wire(Dht11(pi.clock, pi.pi.environment, powered_ns=0) if is_dht11 else "dht22", 4)
    dht(pi)


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="dht-other-kind",
    sentence="The sensor at GPIO 4 is likely a DHT11, not a DHT22: its answer means {n} °C and {n} %, but as a "
    "DHT22's {n} °C and {n} %.",
    confidence=Confidence.LIKELY,
    within=30,
)
