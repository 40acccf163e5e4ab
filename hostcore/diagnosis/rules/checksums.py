"""Checksums of answers: always wrong, sometimes wrong, wrongly computed by the driver, or not looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from hostcore.chips.crc import checksum
from hostcore.chips.model import Crc
from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.chip_facts import Result, WrongChecksum
from hostcore.diagnosis.records import PluginRecord
from hostcore.diagnosis.rules.known_chips import Subject, judged
from hostcore.diagnosis.rules.registers import crc_words
from hostcore.diagnosis.wording import observation, percent
from hostcore.events import Confidence, Finding
from hostcore.quick_dataclass import replace

ALWAYS = 5
"""Wrong checksums without a right one, before they count."""
SOMETIMES = 3
"""Wrong checksums among right ones, before they count."""
RECENT_NS = 5 * 60 * NS_PER_S
"""The time that is looked at, in nanoseconds."""
IGNORED = 3
"""Readings that were made of an answer with a wrong checksum, before they count."""
WORDS = ("crc", "checksum", "check sum")
"""What an error about a checksum says. Only the driver knows the cause of its error, and its text is all it gives."""
POLYNOMIALS = {8: (0x31, 0x07, 0x1D, 0x2F, 0x9B, 0xD5, 0x39), 16: (0x1021, 0x8005, 0x3D65, 0x8BB7)}
"""The usual polynomials (catalogue of parametrised CRC algorithms, reveng.sourceforge.io/crc-catalogue)."""


def checksums(case: Case) -> Iterator[Finding]:
    """Compare the checksums that chips send with those of their bytes, and with what the drivers make of them."""
    for subject in judged(case):
        crc = subject.record.chip.crc
        if crc is None:
            continue
        finding = _on_the_wire(subject, crc) or _in_the_driver(subject, crc)
        if finding is not None:
            yield finding
        ignored = _ignored(subject)
        if ignored is not None:
            yield ignored


def _on_the_wire(subject: Subject, crc: Crc) -> Finding | None:
    checks = subject.record.checks
    since_ns = subject.case.now_ns - RECENT_NS
    wrong = [each for each in checks.newest_wrong if each.transfer.time_ns >= since_ns]
    if checks.right == 0 and len(wrong) >= ALWAYS:
        return _always_wrong(subject, crc, wrong)
    if len(wrong) >= SOMETIMES and checks.right > 0:
        return _sometimes_wrong(subject, wrong)
    return None


def _always_wrong(subject: Subject, crc: Crc, wrong: Sequence[WrongChecksum]) -> Finding:
    last = wrong[-1]
    blocks = [(_block(crc, each), each.checksum.received) for each in wrong]
    fitting = _fitting(crc, blocks)
    digits = crc.bits // 4
    fits = (
        f" All of them fit a CRC-{crc.bits} with the polynomial 0x{fitting.polynomial:0{digits}x} and the start value "
        f"0x{fitting.initial:0{digits}x}: it is another chip than a {subject.name}, or a copy."
        if fitting
        else ""
    )
    return subject.finding(
        "checksum-always-wrong",
        f"Every checksum of the {subject.chip} is wrong: it sends 0x{last.checksum.received:0{digits}x}, and its bytes "
        f"have 0x{last.checksum.computed:0{digits}x}.{fits}",
        "Read the letters on the chip." if fitting else "Check whether it is this chip, and its supply and wires.",
        Confidence.LIKELY,
        evidence=tuple(observation(each.transfer, _remark(each, digits)) for each in wrong[-2:]),
    )


def _sometimes_wrong(subject: Subject, wrong: Sequence[WrongChecksum]) -> Finding:
    checks = subject.record.checks
    digits = subject.record.chip.crc.bits // 4 if subject.record.chip.crc else 2
    whole = checks.right + checks.wrong
    return subject.finding(
        "checksum-sometimes-wrong",
        f"{checks.wrong} of {whole} answers of the {subject.chip} arrive damaged ({percent(checks.wrong, whole)}): "
        "their checksums are wrong, all others are right. The fault is on the wires.",
        "Check the pull-ups of SDA and SCL (1.8 to 10 kΩ to 3.3 V), shorten the wires, or slow the bus down.",
        Confidence.LIKELY,
        evidence=tuple(observation(each.transfer, _remark(each, digits)) for each in wrong[-3:]),
    )


def _remark(wrong: WrongChecksum, digits: int) -> str:
    found = wrong.checksum
    return f"checksum 0x{found.received:0{digits}x}, should be 0x{found.computed:0{digits}x}"


def _block(crc: Crc, found: WrongChecksum) -> bytes:
    """The bytes that a checksum covers: those before it whose checksum is the one that was computed."""
    covers = crc.covers or len(found.answer) - crc.size
    for at in range(0, len(found.answer) - covers, covers + crc.size):
        block = found.answer[at : at + covers]
        received = int.from_bytes(found.answer[at + covers : at + covers + crc.size], "big")
        if received == found.checksum.received and checksum(crc, block) == found.checksum.computed:
            return block
    return found.answer[:covers]


def _fitting(crc: Crc, blocks: Sequence[tuple[bytes, int]]) -> Crc | None:
    """The usual CRC that all blocks have; None if there is none, or if the blocks are too much alike to tell."""
    if len({block for block, _ in blocks}) < SOMETIMES:
        return None
    ones = (1 << crc.bits) - 1
    for polynomial, initial, reflected, final in product(
        POLYNOMIALS.get(crc.bits, ()), (0, ones), (False, True), (0, ones)
    ):
        other = replace(crc, polynomial=polynomial, initial=initial, reflected=reflected, final_xor=final)
        if all(checksum(other, block) == received for block, received in blocks):
            return other
    return None


def _in_the_driver(subject: Subject, crc: Crc) -> Finding | None:
    """The chip's checksums are right, and the driver says that they are wrong."""
    checks = subject.record.checks
    if checks.wrong or checks.right_in_a_row < ALWAYS or checks.last_right is None:
        return None
    for plugin in subject.plugins:
        said = [each for each in plugin.failures if any(word in each.error.lower() for word in WORDS)]
        if plugin.failed >= ALWAYS and len(said) >= ALWAYS and said[-1].time_ns >= subject.case.now_ns - RECENT_NS:
            last = checks.last_right
            digits = crc.bits // 4
            return subject.finding(
                "driver-checksum",
                f"{plugin.name} computes the checksum of the {subject.chip} wrongly: it refuses answers whose "
                f"checksums are right. The bytes {_block(crc, last).hex(' ')} have "
                f"0x{last.checksum.computed:0{digits}x}, and the chip sent that.",
                crc_words(subject.name, crc),
                Confidence.LIKELY,
                evidence=(observation(last.transfer, "its checksum is right"),),
                plugin=plugin.name,
            )
    return None


def _ignored(subject: Subject) -> Finding | None:
    """Readings came of answers with wrong checksums, and the driver said nothing."""
    for plugin in subject.plugins:
        damaged = list(_taken(subject, plugin)) if plugin.is_at_work else []
        if len(damaged) >= IGNORED:
            return subject.finding(
                "checksum-ignored",
                f"{plugin.name} does not look at the checksums of the {subject.chip}: it gave {len(damaged)} readings "
                "from answers that arrived damaged.",
                f"Compare the checksum of each answer in {plugin.name}, and report an error if it is wrong.",
                Confidence.LIKELY,
                evidence=tuple(observation(each.transfer, "its checksum is wrong") for each in damaged[-2:]),
                plugin=plugin.name,
            )
    return None


def _taken(subject: Subject, plugin: PluginRecord) -> Iterator[Result]:
    """The damaged answers of which a plugin made a new reading, before the next answer came."""
    results = list(subject.record.results)
    ends_ns = [*(each.transfer.time_ns for each in results[1:]), subject.case.now_ns]
    for result, end_ns in zip(results, ends_ns, strict=False):
        began_ns = result.transfer.time_ns
        if not result.is_damaged or result.transfer.plugin != plugin.name:
            continue
        is_published = any(began_ns <= each.time_ns <= end_ns for each in plugin.readings)
        is_reported = any(began_ns <= each.time_ns <= end_ns for each in plugin.failures)
        if is_published and not is_reported and _is_new(plugin, began_ns):
            yield result


def _is_new(plugin: PluginRecord, since_ns: int) -> bool:
    """Whether the first reading since a moment differs from the one before: the driver did not repeat an older one."""
    before, after = None, None
    for each in plugin.readings:
        if each.time_ns < since_ns:
            before = each
        elif after is None:
            after = each
    return after is not None and (before is None or before.numbers != after.numbers)
