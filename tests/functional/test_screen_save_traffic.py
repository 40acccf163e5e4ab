"""``w`` in the traffic pane: the shown transfers are saved in a format that the person chooses."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.backends.base import Edge
from hostcore.export.formats import Format
from hostcore.place import GPIO
from tests.foreign_readers import seen_by_sigrok, seen_by_tshark
from tests.i2c_levels import expected_words
from tests.screen import Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.transfers import BUS, read, transfer, wrote
from tui.traffic import save
from tui.traffic.save import KEYS

FIRST = transfer(wrote(0xD0), read(0x61))
SECOND = transfer(wrote(0x10), address=0x23, plugin="light", at_ms=5)
EDGES = (Edge(2_000, False), Edge(82_000, True), Edge(160_000, False))
CAPTURE = replace(transfer(bus=GPIO, address=4, plugin="dht22", at_ms=9), edges=EDGES)


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("bme680", "i2c:1:0x76"), plugin_facts("light", "i2c:1:0x23")])


async def saved(screen: Screen, key: str, file: Path) -> None:
    """Save the shown transfers with this key's format."""
    await screen.press("w", key)
    await screen.until(lambda: "Save " in screen.text and " to" in screen.text)
    screen.app.screen.query_one("Prompt Input").value = str(file)  # type: ignore[attr-defined]
    await screen.press("enter")
    await screen.until(file.exists)


def test_the_formats_are_explained_and_each_has_a_key() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(FIRST, SECOND)
        await screen.press("w")
        assert "Save 2 transfers as" in screen.text
        for key, form in KEYS.items():
            assert screen.line(f"{key} {form}")
        assert "I2C messages for Wireshark" in screen.text
        await screen.press("escape")
        assert "Save 2 transfers as" not in screen.text

    assert set(KEYS.values()) == set(Format)
    drive(scenario, session())


def test_wireshark_and_pulseview_read_what_was_saved(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(FIRST, SECOND)
        for key, form in KEYS.items():
            await saved(screen, key, tmp_path / f"saved.{form}")
            await screen.until(lambda: "2 transfers are" in screen.text)

    drive(scenario, session())
    assert [each.data for each in seen_by_tshark(tmp_path / "saved.pcapng")] == [b"\xd0", b"\x61", b"\x10"]
    for form in ("sr", "vcd"):
        assert seen_by_sigrok(tmp_path / f"saved.{form}", BUS) == expected_words([FIRST, SECOND])
    assert len((tmp_path / "saved.jsonl").read_text().splitlines()) == 2


def test_only_the_shown_transfers_are_saved(tmp_path: Path) -> None:
    file = tmp_path / "light.csv"

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(FIRST, SECOND)
        await screen.press("p", "p")
        await saved(screen, "c", file)

    drive(scenario, session())
    with file.open(newline="") as table:
        assert [each["plugin"] for each in csv.DictReader(table)] == ["light"]


def test_the_edges_of_a_capture_are_saved(tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(CAPTURE)
        await saved(screen, "j", file)

    drive(scenario, session())
    edges = [(each["time_ns"], each["rising"]) for each in json.loads(file.read_text())["edges"]]
    assert edges == [(each.time_ns, each.rising) for each in EDGES]


def test_without_traffic_nothing_is_asked() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4", "w")
        await screen.until(lambda: "There is no traffic to save" in screen.text)

    drive(scenario, session())


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(FIRST)
        await screen.press("w", "c")
        await screen.until(lambda: "Save 1 transfer to" in screen.text)
        screen.app.screen.query_one("Prompt Input").value = str(tmp_path / "no" / "a.csv")  # type: ignore[attr-defined]
        await screen.press("enter")
        await screen.until(lambda: "No such file" in screen.text)

    drive(scenario, session())


def test_what_would_fill_the_memory_is_left_out_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(save, "MOST_BYTES", 100)
    file = tmp_path / "all.jsonl"

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(FIRST, SECOND)
        await saved(screen, "j", file)
        await screen.until(lambda: "1 transfer left out" in screen.text)

    drive(scenario, session())
    assert len(file.read_text().splitlines()) == 1
