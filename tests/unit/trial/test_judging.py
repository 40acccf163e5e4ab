"""The verdict about a driver under one fault, from its turns alone."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from hostcore.trial.judging import Observed, verdict_of
from hostcore.trial.model import Case, Ending, Run, Span, Turn, Verdict
from hostcore.trial.readings import Truth

NACK = Case(Fault(FaultKind.NACK, BusName("i2c-1"), 0x23))
FLIPS = Case(Fault(FaultKind.BIT_FLIPS, BusName("i2c-1"), 0x23), shows_at_start=False, shows_later=False)
CRC = Case(Fault(FaultKind.WRONG_CRC, BusName("i2c-1"), 0x38))
SPAN = Span(3.5, 6.5)
GONE = {"humidity": 0.0}
TRUE_VALUES = (40.0, 40.1, 39.9, 40.0, 50.0, 50.1, 49.9, 50.0, 50.2, 50.1, 49.8)


def right(second: int) -> Turn:
    return Turn(second, second + 0.1, Ending.ANSWERED, {"humidity": TRUE_VALUES[second]})


def turned(second: int, ending: Ending, problem: str = "", **values: float) -> Turn:
    return Turn(second, second + 0.1, ending, values, problem, is_struck=True)


TRUTH = Truth([right(second) for second in range(11)])


def verdict(*changed: Turn, case: Case = NACK, shows: bool = True, quarantined: bool = False) -> Verdict:
    """Judge eleven turns, some of which were changed by a fault from 3.5 to 6.5 s."""
    by_second = {int(turn.began_s): turn for turn in changed}
    turns = tuple(by_second.get(second, right(second)) for second in range(11))
    return verdict_of(case, [Observed(Run(turns, is_quarantined=quarantined), SPAN, shows)], TRUTH)


def errors(seconds: range) -> Iterator[Turn]:
    return (turned(second, Ending.REPORTED, "no device acknowledged") for second in seconds)


def test_a_driver_that_reports_and_works_again_passes() -> None:
    found = verdict(*errors(range(4, 7)))
    assert (found.survives, found.reports, found.recovers, found.hangs, found.lies) == (True, True, True, False, False)
    assert found.passes
    assert found.said == "no device acknowledged"


def test_a_driver_whose_values_stay_right_has_no_need_to_report() -> None:
    found = verdict()
    assert found.reports is None
    assert found.passes


def test_a_wrong_value_is_a_lie() -> None:
    found = verdict(turned(5, Ending.ANSWERED, humidity=0.0))
    assert found.lies
    assert found.reports is False
    assert "humidity = 0" in found.why
    assert not found.passes


def test_a_wrong_value_that_no_driver_can_see_is_no_lie() -> None:
    found = verdict(turned(5, Ending.ANSWERED, humidity=20.0), case=FLIPS, shows=False)
    assert (found.lies, found.is_unseen, found.passes) == (False, True, True)


def test_a_value_that_cannot_be_is_a_lie_without_a_checksum_too() -> None:
    found = verdict(turned(5, Ending.ANSWERED, humidity=140.0), case=FLIPS, shows=False)
    assert (found.lies, found.is_unseen) == (True, False)


def test_the_first_wrong_value_after_the_fault_is_still_one_of_the_fault() -> None:
    assert verdict(turned(7, Ending.ANSWERED, humidity=0.0)).lies
    assert verdict(turned(7, Ending.ANSWERED, humidity=20.0), case=FLIPS, shows=False).passes


def test_a_wrong_value_that_stays_after_the_fault_counts_even_if_nobody_could_see_the_fault() -> None:
    found = verdict(
        *(turned(second, Ending.ANSWERED, humidity=20.0) for second in range(5, 11)), case=FLIPS, shows=False
    )
    assert (found.recovers, found.passes) == (False, False)
    assert "after the fault was gone" in found.why


def test_the_same_reading_again_and_again_is_a_lie() -> None:
    found = verdict(*(turned(second, Ending.ANSWERED, humidity=40.0) for second in range(4, 8)))
    assert found.lies
    assert "same old reading" in found.why


def test_one_old_reading_after_the_fault_is_none() -> None:
    assert verdict(*errors(range(4, 7)), turned(7, Ending.ANSWERED, humidity=40.0)).passes


def test_values_with_a_wrong_checksum_are_a_lie_even_if_they_are_right() -> None:
    found = verdict(turned(5, Ending.ANSWERED, humidity=50.1), case=CRC)
    assert found.lies
    assert "checksum" in found.why


def test_an_old_reading_that_is_repeated_without_a_transfer_has_no_checksum() -> None:
    assert verdict(case=CRC).passes


def test_a_reading_without_values_is_a_report() -> None:
    found = verdict(turned(5, Ending.ANSWERED))
    assert (found.reports, found.lies, found.passes) == (True, False, True)


def test_a_crash_is_survived_only_by_the_host() -> None:
    found = verdict(turned(5, Ending.CRASHED, "KeyError: 'x'"))
    assert (found.survives, found.reports, found.recovers, found.passes) == (False, False, True, True)


def test_a_driver_in_quarantine_does_not_recover() -> None:
    found = verdict(turned(5, Ending.CRASHED, "KeyError: 'x'"), quarantined=True)
    assert not found.recovers
    assert "does not start it again" in found.why


def test_a_driver_that_hangs_fails_with_the_time_that_it_had() -> None:
    found = verdict(turned(5, Ending.HUNG, "still running after 5 s"))
    assert (found.survives, found.hangs, found.passes, found.why) == (False, True, False, "still running after 5 s")


def test_three_turns_are_enough_to_recover_and_four_are_not() -> None:
    assert verdict(*errors(range(4, 9))).recovers
    assert not verdict(*errors(range(4, 10))).recovers


def test_a_driver_that_works_again_has_to_go_on() -> None:
    found = verdict(*errors(range(4, 7)), turned(9, Ending.REPORTED, "lost it"))
    assert not found.recovers
    assert "lost it" in found.why


def test_the_worst_of_two_runs_counts() -> None:
    well = Observed(Run(tuple(right(second) for second in range(11))), SPAN, shows=True)
    badly = Observed(Run(tuple(errors(range(11)))), SPAN, shows=True)
    found = verdict_of(NACK, [well, badly], TRUTH)
    assert (found.reports, found.recovers) == (True, False)
