"""How plugins are doing, alarms and long work in the output of ``wasi-host status``, and in its exit status."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.cli.finding_text import Told
from hostcore.cli.status import Condition
from hostcore.diagnosis.report import DiagnosisReport, PluginCondition
from hostcore.events import (
    Alarm,
    AlarmRaised,
    BusHealthMeasured,
    Confidence,
    Finding,
    FindingRaised,
    State,
    TaskProgressed,
)
from hostcore.permissions import parse_permission
from hostcore.place import BusName

HOT = Alarm("too-warm", "air.t is above 30 °C", plugin="air", reading="t", unit="°C")


def report(
    plugin: PluginCondition, *, health: tuple[BusHealthMeasured, ...] = (), findings: tuple[FindingRaised, ...] = ()
) -> DiagnosisReport:
    return DiagnosisReport(12, 0, (), findings, plugins=(plugin,), health=health)


def condition(*alarms: AlarmRaised) -> Condition:
    return Condition(Told(DiagnosisReport(12, 0, (), alarms=alarms), Path("host.toml"), 7), 7, None)


def test_an_alarm_is_trouble_also_if_somebody_has_seen_it() -> None:
    assert condition().is_well
    for acknowledged_ns in (0, 5):
        assert not condition(AlarmRaised(1, HOT, 1, 31.0, acknowledged_ns)).is_well


def test_it_is_told_in_a_line_and_to_programs() -> None:
    found = condition(AlarmRaised(1, HOT, 1, 31.0), AlarmRaised(1, HOT, 1, acknowledged_ns=5, is_simulated=True))
    text = "\n".join(found.lines(100))
    assert "alarm too-warm: air.t is above 30 °C (31 °C)\n" in text
    assert "alarm too-warm: air.t is above 30 °C (simulated); acknowledged" in text
    first, second = found.json()["alarms"]
    assert (first["name"], first["state"], first["value"]) == ("too-warm", "raised", 31.0)
    assert (second["state"], second["is_simulated"]) == ("acknowledged", True)


def test_work_that_keeps_plugins_waiting_is_told_with_its_time_also_if_the_estimate_was_wrong() -> None:
    tasks = TaskProgressed(1, "Compiling bme680", 38.0, 9.0), TaskProgressed(1, "Fetching", 2.0, 9.0)
    found = Condition(Told(DiagnosisReport(12, 0, (), tasks=tasks), Path("host.toml"), 7), 7, None)
    text = "\n".join(found.lines(100))
    assert "under way: Compiling bme680, 38 s instead of about 9 s (estimated for this computer)" in text
    assert "under way: Fetching, 2 s of about 9 s (estimated for this computer)" in text
    assert [each["elapsed_seconds"] for each in found.json()["tasks"]] == [38.0, 2.0]


LIGHT = PluginCondition("light", State.RUNNING, "loaded", 4, 0, permissions=(parse_permission("i2c:1:0x23"),))
STUCK = BusHealthMeasured(2, BusName("i2c-1"), sda=False, scl=True)
SILENT = Finding("silent-address", "Nobody answers at 0x23.", "", Confidence.LIKELY, (), "", BusName("i2c-1"), 0x23)


@pytest.mark.parametrize(
    ("report", "word", "reason"),
    [
        (report(LIGHT), "running", "loaded"),
        (report(LIGHT, health=(STUCK,)), "BUS STUCK", "i2c-1: SDA LOW"),
        (report(LIGHT, findings=(FindingRaised(3, SILENT, 3),)), "TROUBLE", "loaded"),
        (report(replace(LIGHT, rejected="line 3")), "OLD VERSION", "old version; the new one: line 3"),
        (report(replace(LIGHT, is_failing=True, last_error="no answer")), "FAILING", "no answer"),
        (report(replace(LIGHT, state=State.BACKOFF, cause="KeyError"), health=(STUCK,)), "BACKOFF", "KeyError"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_plugin_is_told_with_the_word_of_the_screen_and_why(report: DiagnosisReport, word: str, reason: str) -> None:
    found = Condition(Told(report, Path("host.toml"), 7), 7, None)
    assert re.search(rf"^  light +{word} +4 readings; {reason}$", "\n".join(found.lines(100)), re.MULTILINE)
    assert found.json()["plugins"][0]["condition"] == word.lower()
    assert found.is_well is (word == "running")
