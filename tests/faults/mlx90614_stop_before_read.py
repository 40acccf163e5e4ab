"""An Arduino port ends the transmission before it reads. The MLX90614 speaks SMBus, and needs a repeated start."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, is_two_transfers: bool) -> None:
    pi.plug("registers:mlx90614", 0x5A)

    def read(driver: Driver) -> dict[str, float]:
        if is_two_transfers:
            driver.write(0x5A, b"\x07")
            answer = driver.read(0x5A, 3)
        else:
            answer = driver.write_read(0x5A, b"\x07", 3)
        return {"temperature": int.from_bytes(answer[:2], "little") * 0.02 - 273.15}

    pi.drive("mlx90614", read)


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="no-repeated-start",
    sentence="mlx90614 sends a stop between the number of register TOBJ1 (0x07) and the read. The MLX90614 at 0x5a"
    " on i2c-1 needs a repeated start there: after a stop, it forgets the number.",
    confidence=Confidence.LIKELY,
    within=10,
)
