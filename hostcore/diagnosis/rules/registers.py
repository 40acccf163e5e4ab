"""Registers and commands that a chip does not have, or that are not used as its data sheet asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hostcore.chips.model import Crc
from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.chip_facts import Misuse, MisuseKind
from hostcore.diagnosis.rules.known_chips import Subject, is_present, judged
from hostcore.diagnosis.rules.silence import answering
from hostcore.diagnosis.wording import both, observation
from hostcore.events import Confidence, Finding

LEAST_READS = 3
"""Reads of a register that does not exist, before they count: a library may look for variants of its chip."""
LEAST_FAILED = 2
"""Times that a chip refused a command, before it counts: one may be a loose wire."""
ANSWERS_NS = 10 * NS_PER_S
"""A chip that answered within this time of a refusal, in nanoseconds, is there."""
LEAST_STOPS = 2
"""Reads after a stop, before they count."""


def misused_registers(case: Case) -> Iterator[Finding]:
    """Find what drivers ask of their chips that these do not have or allow."""
    for subject in judged(case):
        told: set[tuple[MisuseKind, str]] = set()
        for misuse in sorted(subject.record.misuses, key=lambda each: -each.count):
            if (misuse.kind, misuse.plugin) not in told and _counts(subject, misuse):
                told.add((misuse.kind, misuse.plugin))
                yield _finding(subject, misuse)


def _counts(subject: Subject, misuse: Misuse) -> bool:
    """Whether a misuse is more than a try."""
    if not is_present(subject.case, misuse.plugin, misuse.last_ns):
        return False
    if misuse.kind is MisuseKind.UNKNOWN_COMMAND:
        return misuse.failed >= LEAST_FAILED and _answers(subject, misuse) and not _goes_on(subject.case, misuse)
    if misuse.kind is MisuseKind.STOP_BEFORE_READ:
        return misuse.count >= LEAST_STOPS
    return misuse.kind is not MisuseKind.NO_SUCH_REGISTER or misuse.is_write or misuse.count >= LEAST_READS


def _answers(subject: Subject, misuse: Misuse) -> bool:
    """Whether the chip answers to other things: one that is not there refuses everything."""
    is_found = subject.record.address in answering(subject.case, subject.record.bus)
    return is_found or abs(misuse.last_ns - subject.device.last_ok_ns) < ANSWERS_NS


def _goes_on(case: Case, misuse: Misuse) -> bool:
    """Whether the driver tried the command once, and gives readings without it."""
    readings = case.plugins[misuse.plugin].readings
    return misuse.count < LEAST_READS and bool(readings) and readings[-1].time_ns > misuse.last_ns


def _finding(subject: Subject, misuse: Misuse) -> Finding:
    kind, words = _KINDS[misuse.kind]
    sentence, advice = words(subject, misuse)
    sure = Confidence.LIKELY if misuse.kind is MisuseKind.UNKNOWN_COMMAND else subject.sure
    return subject.finding(kind, sentence, advice, sure, evidence=(observation(misuse.transfer),), plugin=misuse.plugin)


def _stop_before_read(subject: Subject, misuse: Misuse) -> tuple[str, str]:
    return (
        f"{misuse.plugin} sends a stop between the number of register {subject.register(misuse.number)} and the read. "
        f"The {subject.chip} needs a repeated start there: after a stop, it forgets the number.",
        "Write the number and read the answer in one transfer, such as i2c.transfer, write_then_readinto, or "
        "read_i2c_block_data of smbus.",
    )


def _no_such_register(subject: Subject, misuse: Misuse) -> tuple[str, str]:
    does = f"writes {misuse.data.hex(' ')} to" if misuse.is_write else "reads"
    return (
        f"{misuse.plugin} {does} register {subject.register(misuse.number)}, which the {subject.chip} does not have.",
        f"Compare the number with the register map of the {subject.name}. Is the driver for another chip?",
    )


def _reserved_register(subject: Subject, misuse: Misuse) -> tuple[str, str]:
    return (
        f"{misuse.plugin} writes {misuse.data.hex(' ')} to the reserved register {subject.register(misuse.number)} of "
        f"the {subject.chip}. That can spoil its factory settings.",
        f"Take this write out of {misuse.plugin}. Then switch the chip's power off and on.",
    )


def _read_only(subject: Subject, misuse: Misuse) -> tuple[str, str]:
    return (
        f"{misuse.plugin} writes {misuse.data.hex(' ')} to register {subject.register(misuse.number)} of the "
        f"{subject.chip}, which can only be read. The write does nothing.",
        "Compare the register's number with the data sheet: the value was likely meant for another register.",
    )


def _reserved_bits(subject: Subject, misuse: Misuse) -> tuple[str, str]:
    register = misuse.register
    assert register is not None
    written = register.raw(misuse.data)
    wrong = written & register.zero_bits
    bits = [str(bit) for bit in range(8 * register.size) if wrong >> bit & 1]
    which, must = ("bits", "they are reserved and have") if len(bits) > 1 else ("bit", "it is reserved and has")
    return (
        f"{misuse.plugin} sets {which} {both(bits)} of register {subject.register(misuse.number)} of the "
        f"{subject.chip}: {must} to be 0.",
        f"Write 0x{written & ~register.zero_bits:0{2 * register.size}x} in place of 0x{written:0{2 * register.size}x}.",
    )


def _unknown_command(subject: Subject, misuse: Misuse) -> tuple[str, str]:
    record = subject.record
    others = [
        chip.name
        for chip in subject.case.library.at(record.address)
        if chip is not record.chip and (command := chip.command_of(misuse.data)) and len(command.code) > 1
    ]
    whose = f" It is a command of the {others[0]}." if others else ""
    return (
        f"{misuse.plugin} sends the command {misuse.data[:8].hex(' ')} to the {subject.chip}, which has no such "
        f"command.{whose}",
        f"Compare the command with the data sheet of the {subject.name}. Is the driver for another chip?",
    )


def _wrong_crc_sent(subject: Subject, misuse: Misuse) -> tuple[str, str]:
    command, crc = subject.record.chip.command_of(misuse.data), subject.record.chip.crc
    name = command.name if command else "a command"
    return (
        f"{misuse.plugin} sends {name} with a wrong checksum. The {subject.chip} then ignores it.",
        f"The checksum of these bytes is 0x{misuse.number:02x}. {crc_words(subject.name, crc) if crc else ''}".rstrip(),
    )


def crc_words(chip: str, crc: Crc) -> str:
    """A chip's checksum for a person, with its parameters."""
    digits = crc.bits // 4
    return (
        f"The {chip} uses a CRC-{crc.bits} with the polynomial 0x{crc.polynomial:0{digits}x} and the start value "
        f"0x{crc.initial:0{digits}x}."
    )


_KINDS: Mapping[MisuseKind, tuple[str, Callable[[Subject, Misuse], tuple[str, str]]]] = {
    MisuseKind.STOP_BEFORE_READ: ("no-repeated-start", _stop_before_read),
    MisuseKind.NO_SUCH_REGISTER: ("no-such-register", _no_such_register),
    MisuseKind.RESERVED_REGISTER: ("reserved-register", _reserved_register),
    MisuseKind.READ_ONLY: ("read-only-register", _read_only),
    MisuseKind.RESERVED_BITS: ("reserved-bits", _reserved_bits),
    MisuseKind.UNKNOWN_COMMAND: ("unknown-command", _unknown_command),
    MisuseKind.WRONG_CRC_SENT: ("wrong-crc-sent", _wrong_crc_sent),
}
"""The kind of a finding about each misuse, and its sentence and advice."""
