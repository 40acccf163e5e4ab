"""What the self-test makes of a scan, and which bus it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.backends.base import BackendKind
from hostcore.buses.choice import choose_buses
from hostcore.cli.selftest_buses import BusTrial, _scanned
from hostcore.clock import RealClock
from hostcore.config.loading import load_config
from hostcore.events import Presence, Probed
from hostcore.events.facts import BusFacts
from hostcore.place import BusName
from hostcore.selftest.model import Result, Verdict

FACTS = BusFacts(BusName("i2c-1"), BackendKind.SIMULATED)


def found(*probed: tuple[int, Presence, str]) -> Result:
    return _scanned("scan", FACTS, tuple(Probed(*each) for each in probed))


class TestAScan:
    def test_lists_what_answers_and_what_the_kernel_has(self) -> None:
        result = found((0x23, Presence.PRESENT, ""), (0x50, Presence.ABSENT, ""), (0x68, Presence.KERNEL, "rtc"))
        assert (result.verdict, result.text) == (Verdict.OK, "2 devices: 0x23, 0x68")
        assert result.facts == {"devices": 2, "ghosts": 0, "faults": 0}

    def test_that_finds_one_device_says_so(self) -> None:
        assert found((0x23, Presence.PRESENT, "")).text == "1 device: 0x23"

    def test_that_finds_nothing_is_no_fault(self) -> None:
        result = found((0x23, Presence.ABSENT, ""))
        assert (result.verdict, result.text) == (Verdict.OK, "no devices")

    def test_fails_if_a_device_answers_only_sometimes(self) -> None:
        result = found((0x23, Presence.GHOST, "answered 2 of 3 probes"))
        assert result.verdict is Verdict.FAILED
        assert "0x23 answered only sometimes: answered 2 of 3 probes" in result.text

    def test_fails_if_the_bus_does(self) -> None:
        result = found(*((address, Presence.FAULT, "timed out") for address in (0x23, 0x24)))
        assert result.verdict is Verdict.FAILED
        assert "the bus failed at 0x23, 0x24: timed out" in result.text


class TestABus:
    @pytest.fixture
    def trial(self, tmp_path: Path) -> Iterator[BusTrial]:
        settings = tmp_path / "host.toml"
        settings.write_text('[buses.i2c-1]\nbackend = "simulated"\n', encoding="utf-8")
        with BusTrial(settings, choose_buses(load_config(settings), RealClock())) as made:
            yield made

    @pytest.mark.parametrize(
        ("facts", "in_time", "may_probe", "held_low", "why"),
        [
            (replace(FACTS, is_usable=False), True, True, False, "cannot be used"),
            (FACTS, True, True, True, "held low"),
            (FACTS, True, False, False, "nobody agreed"),
            (FACTS, False, True, False, "already taken a minute"),
        ],
    )
    def test_is_left_alone_for_a_reason(
        self, trial: BusTrial, facts: BusFacts, in_time: bool, may_probe: bool, held_low: bool, why: str
    ) -> None:
        result = trial.scan(facts, in_time=in_time, may_probe=may_probe, held_low=held_low)
        assert result.verdict is Verdict.SKIPPED
        assert why in result.text

    def test_that_does_not_open_fails(self, trial: BusTrial) -> None:
        facts = replace(FACTS, name=BusName("i2c-9"))
        result = trial.scan(facts, in_time=True, may_probe=True, held_low=False)
        assert result.verdict is Verdict.FAILED
        assert "i2c-9 is not in host.toml" in result.text
