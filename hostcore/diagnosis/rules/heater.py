"""Gas sensors whose heater is never on: their gas readings mean nothing."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.chips.model import Field, Register
from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.chip_facts import Result
from hostcore.diagnosis.rules.known_chips import Subject, judged
from hostcore.diagnosis.wording import observation
from hostcore.events import Confidence, Finding

LEAST = 5
"""Results in a row that the chip calls invalid, before they count."""
SPREAD_NS = 4 * NS_PER_S
"""The least time over which they are spread, in nanoseconds. A heater needs some measurements to become hot."""
VALID = ("gas_valid_r", "heat_stab_r")
"""The fields beside a gas result that say whether it is one (BME680 data sheet, section 5.3.4.4)."""
GAS_WORDS = ("gas", "voc", "iaq", "air_quality")
"""What the key of a gas reading contains."""


def cold_heaters(case: Case) -> Iterator[Finding]:
    """Find gas readings that were taken with a cold heater."""
    for subject in judged(case):
        register = next((each for each in subject.record.chip.results if _validity(each)), None)
        if register is None or not any(subject.publishes(plugin, *GAS_WORDS) for plugin in subject.plugins):
            continue
        if _is_bme688(subject):
            continue
        results = [each for each in subject.record.results if _raw(each, register) is not None][-LEAST:]
        if len(results) < LEAST or any(_is_valid(each, register) for each in results):
            continue
        if results[-1].transfer.time_ns - results[0].transfer.time_ns >= SPREAD_NS:
            yield _cold(subject, results[-1])


def _is_bme688(subject: Subject) -> bool:
    """Whether it is a BME688, which has the same identity, but its gas result in another register."""
    use = next((use for use in subject.record.registers.values() if use.register.name == "variant_id"), None)
    return use is not None and use.raw == 1


def _validity(register: Register) -> list[Field]:
    return [field for field in register.fields if field.name in VALID]


def _raw(result: Result, register: Register) -> int | None:
    return next((register.raw(value.data) for value in result.values if value.source is register), None)


def _is_valid(result: Result, register: Register) -> bool:
    raw = _raw(result, register)
    return raw is not None and all(field.bits.of(raw) for field in _validity(register))


def _cold(subject: Subject, last: Result) -> Finding:
    cause, advice, sure = _cause(subject)
    return subject.finding(
        "heater-off",
        f"The gas readings of {subject.driver} mean nothing: the {subject.chip} says that its heater is not hot. "
        f"{cause}",
        advice,
        sure,
        evidence=(observation(last.transfer),),
    )


def _cause(subject: Subject) -> tuple[str, str, Confidence]:
    if _setting(subject, "heat_off"):
        return "ctrl_gas_0.heat_off switches it off.", "Write 0 to heat_off.", subject.sure
    if not _setting(subject, "run_gas"):
        cause = "Nothing switches it on: run_gas in ctrl_gas_1 is 0."
        return cause, "Set the heater's temperature and time, then write 1 to run_gas.", subject.sure
    if not any(use.written and use.register.name.startswith("res_heat_") for use in subject.record.registers.values()):
        return "Its temperature was never set.", "Write the temperature to res_heat_0.", Confidence.LIKELY
    advice = "Give it 100 to 200 ms (gas_wait_0), and check that the supply does not drop."
    return "It was switched on, but does not get hot in time.", advice, Confidence.POSSIBLE


def _setting(subject: Subject, name: str) -> int:
    """The value of the field with this name, as it was last written; 0, as after power-on, if it never was."""
    for use in subject.record.registers.values():
        field = use.register.field(name)
        if field is not None and use.written:
            return field.bits.of(use.register.raw(use.written))
    return 0
