"""read_word_data of smbus takes the low byte first, and a TMP102 sends the high byte first: 22 °C become -48 °C."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, is_swapped: bool) -> None:
    pi.plug("registers:tmp102", 0x48)

    def read(driver: Driver) -> dict[str, float]:
        word = driver.write_read(0x48, b"\x00", 2)
        word = word[::-1] if is_swapped else word
        return {"temperature": (int.from_bytes(word, "big", signed=True) >> 4) / 16}

    pi.drive("tmp102", read)


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="wrong-byte-order",
    sentence="tmp102 takes TEMPERATURE of the TMP102 at 0x48 on i2c-1 with its bytes in the wrong order: the bytes"
    " {x} {x} mean {n} °C, but it published {n} as temperature.",
    confidence=Confidence.LIKELY,
    within=60,
)
