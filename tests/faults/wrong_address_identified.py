"""The same as `wrong_address`, but the person also pressed i on the address that answers: now it is certain."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.faults.wrong_address import drive
from tests.watched import Watched


def scene(pi: Watched, address: int) -> None:
    drive(pi, address)
    pi.run(5)
    pi.scan()
    pi.identify(0x76)


EXHIBIT = Exhibit(
    scene,
    wrong=0x77,
    right=0x76,
    kind="wrong-address",
    sentence="Nothing answers at 0x77 on i2c-1, where bme280 looks for its BME280. At 0x76, a chip answers that is"
    " a BME280: wrong address.",
    confidence=Confidence.CERTAIN,
    within=10,
    also=("silent-address",),
)
