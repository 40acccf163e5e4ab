"""A copy of the SHT31 computes its checksums with another start value, so that every checksum looks wrong."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import sensirion_crc, sht31
from tests.faults.exhibit import Exhibit
from tests.watched import Watched
from tests.workbench import FaultyTarget


def scene(pi: Watched, initial: int) -> None:
    def copied(answer: bytes) -> bytes:
        words = (answer[:2], answer[3:5])
        return b"".join(word + bytes([sensirion_crc(word, initial=initial)]) for word in words)

    sht31(pi)
    pi.plug(FaultyTarget(pi.pi.chips[1][0x44], copied), 0x44)


EXHIBIT = Exhibit(
    scene,
    wrong=0x00,
    right=0xFF,
    kind="checksum-always-wrong",
    sentence="Every checksum of the SHT3x at 0x44 on i2c-1 is wrong: it sends 0x{x}, and its bytes have 0x{x}. All"
    " of them fit a CRC-8 with the polynomial 0x31 and the start value 0x00: it is another chip than a "
    "SHT3x, or a copy.",
    confidence=Confidence.LIKELY,
    within=20,
)
