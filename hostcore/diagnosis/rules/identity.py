"""A chip that is not the one its driver is for, two chips on one address, and bits that flip on the wires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from hostcore.chips.model import Chip, Identity, Register
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import DeviceRecord
from hostcore.diagnosis.wording import about_device, both, either, observation, place
from hostcore.events import ChipIdentified, Confidence, Evidence, Finding, Outcome, TransferCompleted
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass

SEPARATE = "Give one of them another address, or another bus."


def identities(case: Case) -> Iterator[Finding]:
    """Compare the identities that drivers read with the chips that they are for, and each with the one before."""
    told: set[tuple[BusName, int | None]] = set()
    for device in case.i2c_devices():
        for chip in case.expected_at(device):
            found = next((each for one in chip.identity[:1] if (each := _judged(case, device, chip, one))), None)
            if found is not None:
                told.add((device.bus, device.address))
                yield found
                break
    for bus in case.buses.values():
        for event in bus.identities.values():
            if event.is_contradictory and (event.bus, event.address) not in told:
                yield _contradictory(event)


def _contradictory(event: ChipIdentified) -> Finding:
    """A person had a chip asked who it is, more than once, and the answers differ."""
    return Finding(
        "two-chips",
        f"The chip at {place(event.bus, event.address)} says different things when it is asked who it is: "
        f"{event.detail}. Likely, two chips have this address, or a wire is loose.",
        SEPARATE,
        Confidence.LIKELY,
        (Evidence(event.detail, event.time_ns),),
        bus=event.bus,
        address=event.address,
        is_simulated=event.is_simulated,
    )


@dataclass(frozen=True, slots=True)
class IdentityRead:
    """A transfer that read a register which always reads the same."""

    transfer: TransferCompleted
    value: bytes


@dataclass(frozen=True, slots=True)
class _Answers:
    """What a device answered when its driver asked who it is."""

    device: DeviceRecord
    identity: Identity
    """What was asked."""
    reads: Sequence[IdentityRead]
    """The answers, oldest first."""
    expected: Sequence[Chip]
    """The chips that the driver is for."""
    others: dict[bytes, str]
    """Known chips that can be at this address, by their answer: the expected ones first."""

    @property
    def values(self) -> list[bytes]:
        """The different answers: first those of known chips, in the same order each time."""
        found = {read.value for read in self.reads}
        return [*(each for each in self.others if each in found), *sorted(found - self.others.keys())]

    @property
    def register(self) -> str:
        """The register for a person."""
        return f"{self.identity.register.name} (0x{self.identity.register.address:02x})"

    @property
    def place(self) -> str:
        """The device for a person."""
        return place(self.device.bus, self.device.address)

    @property
    def meant(self) -> str:
        """The expected chips for a person."""
        return either(dict.fromkeys(chip.name for chip in self.expected))

    def finding(
        self,
        kind: str,
        sentence: str,
        advice: str,
        confidence: Confidence,
        *,
        reads: Iterable[IdentityRead] | None = None,
    ) -> Finding:
        """Return a finding with the last answers, or those in `reads`, as evidence."""
        evidence = tuple(observation(read.transfer) for read in list(reads or self.reads)[-3:])
        return about_device(self.device, kind, sentence, advice, confidence, evidence=evidence)


def identity_reads(device: DeviceRecord, chip: Chip, identity: Identity) -> list[IdentityRead]:
    """Return the newest reads of an identity register, oldest first. Reads of another bank are left out."""
    register, bank = identity.register, _bank_of(chip)
    is_chosen = bank is None or device.total == len(device.transfers)
    found = []
    for transfer in device.transfers.all():
        if bank is not None and (written := _written(transfer, bank.address)) is not None:
            is_chosen = written == (bank.reset or 0)
        value = _value_read(transfer, register.address, register.size)
        if value is not None and is_chosen:
            found.append(IdentityRead(transfer, value))
    return found


def _bank_of(chip: Chip) -> Register | None:
    """The register that chooses what the numbers of all others mean, as in the ICM-20948; None in most chips."""
    return next((each for each in chip.registers if each.name.endswith("BANK_SEL")), None)


def _written(transfer: TransferCompleted, register: int) -> int | None:
    """Return the byte that a transfer writes to a register on its own; None if it does not."""
    data = transfer.messages[0].data if transfer.messages and transfer.messages[0].written else b""
    return data[1] if len(data) == 2 and data[0] == register else None


def _value_read(transfer: TransferCompleted, register: int, size: int) -> bytes | None:
    """Return the bytes of a register with a number of one byte, if the transfer read it."""
    if transfer.outcome is not Outcome.OK or len(transfer.messages) < 2 or register > 0xFF:
        return None
    ask, answer = transfer.messages[-2:]
    if not ask.written or answer.written or len(ask.data) != 1:
        return None
    start = register - ask.data[0]
    value = answer.data[start : start + size] if start >= 0 else b""
    return value if len(value) == size else None


def _judged(case: Case, device: DeviceRecord, chip: Chip, identity: Identity) -> Finding | None:
    reads = identity_reads(device, chip, identity)
    expected = case.expected_at(device)
    fitting = {answer for chip in expected for each in chip.identity for answer in each.answers}
    values = {read.value for read in reads}
    if not reads or (values <= fitting and len(values) == 1):
        return None
    others = {
        answer: chip.name
        for chip in (*expected, *case.library.at(device.address or 0))
        for each in chip.identity
        if each.register.address == identity.register.address and each.register.size == identity.register.size
        for answer in each.answers
    }
    answers = _Answers(device, identity, reads, expected, others)
    if len(values) > 1:
        return _two_in_turn(answers) or _flipping(answers)
    return _another_chip(answers) or _two_at_once(answers) or _unknown(answers)


def _another_chip(answers: _Answers) -> Finding | None:
    value = answers.reads[-1].value
    name = answers.others.get(value)
    if name is None:
        return None
    return answers.finding(
        "wrong-chip",
        f"The chip at {answers.place} is a {name}, not a {answers.meant}: its register {answers.register} reads "
        f"0x{value.hex()}.",
        f"Use a driver for the {name}, or replace the chip. Some boards are sold under the wrong name.",
        Confidence.CERTAIN,
    )


def _two_at_once(answers: _Answers) -> Finding | None:
    """Two chips answer at once: on the wires, a 0 of either wins (UM10204, section 3.1.1, "wired-AND")."""
    value = answers.reads[-1].value
    for one, other in combinations(answers.others, 2):
        mixed = bytes(a & b for a, b in zip(one, other, strict=True))
        if mixed == value and value not in (one, other) and any(value):
            return answers.finding(
                "two-chips",
                f"Two chips answer at {answers.place}, a {answers.others[one]} and a {answers.others[other]}: register "
                f"{answers.register} reads 0x{value.hex()}, which is 0x{one.hex()} and 0x{other.hex()} at once.",
                SEPARATE,
                Confidence.LIKELY,
            )
    return None


def _unknown(answers: _Answers) -> Finding:
    value = answers.reads[-1].value
    cause = "It is another chip, or a copy."
    if value in (bytes(len(value)), b"\xff" * len(value)):
        bits = "ones" if value[0] else "zeros"
        wire = "its SDA has no contact" if value[0] else "something holds SDA low"
        cause = f"It sends nothing but {bits}: it is not ready, or {wire}."
    right = either(f"0x{each.hex()}" for each in answers.identity.answers)
    return answers.finding(
        "unknown-chip",
        f"The chip at {answers.place} does not identify itself as a {answers.meant}: register {answers.register} reads "
        f"0x{value.hex()} instead of {right}. {cause}",
        "Identify it (key i in the pane Bus), and read the letters on the chip.",
        Confidence.LIKELY,
    )


def _two_in_turn(answers: _Answers) -> Finding | None:
    known = [answers.others[value] for value in answers.values if value in answers.others]
    if not len(answers.values) == len(known) == 2 or len(set(known)) < 2:
        return None
    shown = both(f"0x{each.hex()}" for each in answers.values)
    return answers.finding(
        "two-chips",
        f"Two chips answer at {answers.place}: register {answers.register}, which never changes, reads {shown} in "
        f"turn, the values of a {both(known)}.",
        SEPARATE,
        Confidence.LIKELY,
    )


def _flipping(answers: _Answers) -> Finding:
    right = answers.identity.answers
    wrong = [read for read in answers.reads if read.value not in right]
    shown = both(f"0x{each.hex()}" for each in answers.values[:4])
    return answers.finding(
        "bit-flips",
        f"Bits flip on the way from {answers.place}: register {answers.register}, which never changes, reads {shown}.",
        "Check the pull-ups of SDA and SCL (1.8 to 10 kΩ to 3.3 V), shorten the wires, or slow the bus down.",
        Confidence.LIKELY,
        reads=wrong,
    )
