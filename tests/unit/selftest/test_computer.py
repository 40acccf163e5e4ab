"""What the self-test tells of the computer, and of its sleeps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hostcore.selftest import computer
from hostcore.selftest.computer import look_at_computer
from hostcore.selftest.timing import SLEEP_NS, measure_sleeps

CPU = """\
processor\t: 0
CPU part\t: 0xd03
Serial\t\t: 10000000deadbeef
Model\t\t: Raspberry Pi Zero 2 W Rev 1.0
"""


def test_it_tells_what_matters_for_drivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "os-release").write_text('ID=debian\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n', encoding="utf-8")
    (tmp_path / "meminfo").write_text("MemTotal:         433804 kB\nMemAvailable:     262144 kB\n", encoding="utf-8")
    (tmp_path / "cpuinfo").write_text(CPU, encoding="utf-8")
    monkeypatch.setattr(computer, "OS_RELEASE", tmp_path / "os-release")
    monkeypatch.setattr(computer, "MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(computer, "CPU", tmp_path / "cpuinfo")
    result = look_at_computer()
    assert result.facts["os"] == "Debian GNU/Linux 13 (trixie)"
    assert (result.facts["memory_mib"], result.facts["memory_free_mib"], result.facts["swap_mib"]) == (423, 256, None)
    assert result.facts["cpu_part"] == "0xd03"
    assert result.facts["bits"] == 64
    assert "423 MiB of memory, 256 available" in result.text


def test_it_tells_no_computer_from_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpuinfo").write_text(CPU, encoding="utf-8")
    monkeypatch.setattr(computer, "CPU", tmp_path / "cpuinfo")
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "greenhouse-7", "6.12.1", "#1", "aarch64")))
    told = repr(look_at_computer())
    assert "greenhouse-7" not in told
    assert "deadbeef" not in told


def test_sleeps_that_end_late_are_told_by_how_much() -> None:
    late_us = [50] * 499 + [9000]
    times = iter([0, *(SLEEP_NS + each * 1000 for each in late_us)])
    now = 0

    def sleep(_seconds: float) -> None:
        nonlocal now
        now += next(times)

    next(times)
    result = measure_sleeps(sleep, lambda: now)
    assert result.facts == {"median_us": 50, "percentile_99_us": 50, "worst_us": 9000}
