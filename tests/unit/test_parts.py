"""The parts of a host that follow from its settings alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from hostcore.chips.library import SHIPPED
from hostcore.clock import VirtualClock
from hostcore.config.model import Config
from hostcore.faults.model import Fault, FaultKind
from hostcore.parts import injector
from hostcore.place import BusName


def test_faults_know_the_chips_of_a_persons_own_folder(tmp_path: Path) -> None:
    (tmp_path / "chips").mkdir()
    shutil.copy(SHIPPED / "bme280.toml", tmp_path / "chips" / "mine.toml")
    sites = injector(Config(tmp_path / "host.toml"), VirtualClock()).sites
    fault = Fault(FaultKind.OTHER_IDENTITY, BusName("i2c-1"), 0x76, chip="mine")
    assert sites.chip(fault, fault.bus, 0x76) is not None
    assert sites.problem_of(fault) == ""
