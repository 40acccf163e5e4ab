"""An SPI chip that does not answer, whose bits come shifted, or that is clocked in a way that it does not allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hostcore.chips.model import Chip, Identity, SpiWiring
from hostcore.decoding.layout import layout_of
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import DeviceRecord
from hostcore.diagnosis.rules.silence import is_wanted
from hostcore.diagnosis.wording import about_device, both, either, observation, place
from hostcore.events import Confidence, Finding, Outcome, TransferCompleted
from hostcore.place import BusKind, BusName
from hostcore.quick_dataclass import dataclass

LEAST_ANSWERS = 5
"""Answers in a row that are all zeros, or all ones, before they tell of a wire."""
LEAST_BYTES = 10
"""Bytes in these answers."""
LEAST_READINGS = 10
"""Readings that are all the same, although none failed."""
LEAST_IDENTITIES = 2
"""Answers with a shifted identity, before they tell of the mode."""
PINS = {
    BusName("spi-0"): ("GPIO 9, pin 21", {0: "GPIO 8, pin 24", 1: "GPIO 7, pin 26"}),
    BusName("spi-1"): ("GPIO 19, pin 35", {0: "GPIO 18, pin 12", 1: "GPIO 17, pin 11", 2: "GPIO 16, pin 36"}),
}
"""MISO and the chip selects on the 40-pin header (Raspberry Pi documentation, "GPIO and the 40-pin header")."""


@dataclass(frozen=True, slots=True)
class _Driven:
    """A chip on SPI, its wiring as its chip file has it, and how a driver uses it."""

    device: DeviceRecord
    chip: Chip
    wiring: SpiWiring
    last: TransferCompleted

    @property
    def is_recognized(self) -> bool:
        """Whether its identity was read last as it should be: then mode and wires are right."""
        read = [self._answer_of(identity) for identity in self.chip.identity]
        return any(answer in identity.answers for identity, answer in zip(self.chip.identity, read, strict=True))

    def _answer_of(self, identity: Identity) -> bytes | None:
        return next((answer for _, answer in reversed(identity_answers(self.device, self.chip, identity))), None)


def spi_trouble(case: Case) -> Iterator[Finding]:
    """Find the one trouble that explains most, for each SPI chip that a driver at work uses."""
    for device in case.devices.values():
        if device.bus.kind is BusKind.SPI and is_wanted(case, device):
            driven = _driven(case, device)
            found = (driven and (_shifted(driven) or _wrong_mode(driven))) or _one_level(case, device)
            if found:
                yield found
            if driven and (fast := _too_fast(driven)):
                yield fast


def _driven(case: Case, device: DeviceRecord) -> _Driven | None:
    """Return what is known of a chip, if the drivers of a device are for one chip only."""
    chips = {chip.key: chip for name in device.plugins for chip in case.chips_for(name) if chip.spi is not None}
    last = next((each for each in device.transfers.newest_first() if each.spi is not None), None)
    chip = next(iter(chips.values()), None)
    if len(chips) != 1 or chip is None or chip.spi is None or last is None:
        return None
    return _Driven(device, chip, chip.spi, last)


def _one_level(case: Case, device: DeviceRecord) -> Finding | None:
    """All answers are zeros, or ones: nothing drives MISO."""
    answers = [each for each in device.transfers.all() if each.outcome is Outcome.OK and each.received]
    levels = {byte for each in answers for byte in each.received}
    total = sum(len(each.received) for each in answers)
    if len(levels) != 1 or not levels <= {0x00, 0xFF} or len(answers) < LEAST_ANSWERS or total < LEAST_BYTES:
        return None
    level = levels.pop()
    confidence = _missed(case, device, level)
    return _unconnected(device, answers, level, confidence) if confidence else None


def _missed(case: Case, device: DeviceRecord, level: int) -> Confidence | None:
    """Return how sure it is that drivers miss an answer; None if it is not. Those of displays never look at it."""
    plugins = [case.plugins[name] for name in device.plugins if name in case.plugins]
    if any(each.failed >= LEAST_ANSWERS or (each.failed and not each.published) for each in plugins):
        return Confidence.LIKELY
    constant = any(
        len(each.readings) >= LEAST_READINGS and len({tuple(one.numbers.items()) for one in each.readings}) == 1
        for each in plugins
    )
    return Confidence.POSSIBLE if constant and level else None


def _unconnected(
    device: DeviceRecord, answers: Sequence[TransferCompleted], level: int, confidence: Confidence
) -> Finding:
    miso, selects = PINS.get(device.bus, ("", {}))
    select = selects.get(device.address or 0, "")
    sure = "likely" if confidence is Confidence.LIKELY else "possibly"
    return about_device(
        device,
        "spi-no-answer",
        f"All {len(answers)} last answers of {place(device.bus, device.address)} are 0x{level:02x}: {sure}, MISO has "
        "no contact, or the chip has no power or is not at this chip select.",
        f"Check MISO{_in_brackets(miso)}, 3.3 V and GND, and that the chip's CS is at chip select "
        f"{device.address}{_in_brackets(select)}.",
        confidence,
        evidence=tuple(observation(each) for each in answers[:-3:-1]),
    )


def _shifted(driven: _Driven) -> Finding | None:
    """The identity comes one bit too early or too late."""
    for identity in driven.chip.identity:
        reads = identity_answers(driven.device, driven.chip, identity)[-LEAST_IDENTITIES:]
        wrong = [(each, answer) for each, answer in reads if _is_shifted(answer, identity.answers)]
        if len(reads) == len(wrong) == LEAST_IDENTITIES:
            transfer, answer = wrong[-1]
            mode, modes = transfer.spi.mode if transfer.spi else 0, driven.wiring.modes
            others = [each for each in modes if each != mode] or list(modes)
            return about_device(
                driven.device,
                "spi-mode",
                f"The answers of {place(driven.device.bus, driven.device.address)} are shifted by one bit: register "
                f"{identity.register.name} reads 0x{answer.hex()} instead of 0x{identity.answers[0].hex()} of a "
                f"{driven.chip.name}. Likely, mode {mode} is the wrong one.",
                f"Try mode {either(map(str, others))} in {both(driven.device.plugins)}. If it does not help, slow the "
                "clock down and shorten the wires.",
                Confidence.LIKELY,
                evidence=tuple(observation(each) for each, _ in reversed(wrong)),
            )
    return None


def _is_shifted(answer: bytes, right: Iterable[bytes]) -> bool:
    """Whether an answer is a right one, shifted by one bit. The bit that comes in may be a 0 or a 1."""
    width = 8 * len(answer)
    value, known = int.from_bytes(answer, "big"), (1 << (width - 1)) - 1
    if answer in right or value in (0, (1 << width) - 1):
        return False
    rights = [int.from_bytes(each, "big") for each in right]
    return any(value & known == each >> 1 or value >> 1 == each & known for each in rights)


def _wrong_mode(driven: _Driven) -> Finding | None:
    mode = driven.last.spi.mode if driven.last.spi else 0
    if mode in driven.wiring.modes or driven.is_recognized:
        return None
    allowed = both(map(str, driven.wiring.modes))
    return about_device(
        driven.device,
        "spi-mode",
        f"{both(driven.device.plugins)} uses mode {mode} at {place(driven.device.bus, driven.device.address)}, but a "
        f"{driven.chip.name} works in {'modes' if len(driven.wiring.modes) > 1 else 'mode'} {allowed} only.",
        f"Set the mode to {driven.wiring.modes[0]} in {both(driven.device.plugins)}.",
        Confidence.LIKELY,
    )


def _too_fast(driven: _Driven) -> Finding | None:
    speed, limit = driven.last.spi.speed_hz if driven.last.spi else 0, driven.wiring.fastest_hz
    if limit is None or speed <= limit:
        return None
    return about_device(
        driven.device,
        "spi-too-fast",
        f"{both(driven.device.plugins)} clocks {place(driven.device.bus, driven.device.address)} with "
        f"{speed / 1e6:g} MHz, but a {driven.chip.name} allows {limit / 1e6:g} MHz at most.",
        f"Set the speed to {limit} Hz or less in {both(driven.device.plugins)}.",
        Confidence.LIKELY,
    )


def identity_answers(device: DeviceRecord, chip: Chip, identity: Identity) -> list[tuple[TransferCompleted, bytes]]:
    """Return the transfers that read an identity register, oldest first, with its value as it came."""
    if chip.spi is None or not chip.spi.read_bit:
        return []
    answers = [
        (each, _answer(each, chip, chip.spi.read_bit, identity.register.address))
        for each in device.transfers.all()
        if each.outcome is Outcome.OK
    ]
    size = identity.register.size
    return [(each, answer[:size]) for each, answer in answers if len(answer) >= size]


def _answer(transfer: TransferCompleted, chip: Chip, read_bit: int, number: int) -> bytes:
    """Return what was received after a request for a register; nothing if it was not requested."""
    sent, came = b"".join(each.data for each in transfer.messages if each.written), transfer.received
    if not sent or not sent[0] & read_bit or layout_of(chip).spi_number(sent[0], read_bit) != number:
        return b""
    return came[1:] if len(came) == len(sent) > 1 else came


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""
