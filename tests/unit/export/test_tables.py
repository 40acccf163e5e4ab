"""CSV and JSON lines: all transfers of all buses, for programs."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import Edge
from hostcore.events import EventsDropped, Outcome, TransferCompleted
from hostcore.events.event_json import from_json
from hostcore.export.formats import Format, writer_of
from hostcore.export.tables import COLUMNS
from hostcore.place import BusName
from tests.transfers import BUS, BUSES, START, any_transfers, read, transfer, wrote


def rows_of(*transfers: TransferCompleted) -> list[dict[str, str]]:
    writer = writer_of(Format.CSV, BUSES)
    content = writer.begin() + b"".join(map(writer.take, transfers)) + writer.end()
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_row_tells_all_about_a_message() -> None:
    ask, answer = rows_of(transfer(wrote(0xD0, 0x01), read(0x61)))
    assert tuple(ask) == COLUMNS
    assert {key: ask[key] for key in ("transfer", "time", "bus", "address", "message", "direction", "bytes")} == {
        "transfer": "1",
        "time": "2024-01-01T12:00:00.000Z",
        "bus": "i2c-1",
        "address": "0x76",
        "message": "1",
        "direction": "write",
        "bytes": "0xd0 0x01",
    }
    assert (answer["message"], answer["direction"], answer["bytes"]) == ("2", "read", "0x61")
    assert (answer["plugin"], answer["outcome"], answer["simulated"]) == ("bme680", "ok", "no")


def test_a_transfer_without_bytes_and_other_buses_have_a_row_too() -> None:
    (line,) = rows_of(transfer(bus=BusName("gpio"), address=4))
    assert (line["bus"], line["address"], line["direction"], line["bytes"]) == ("gpio", "4", "", "")


@given(st.text())
def test_no_text_is_a_formula_or_breaks_a_row(text: str) -> None:
    (line,) = rows_of(transfer(wrote(1), outcome=Outcome.OTHER, detail=text))
    assert not line["detail"].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert line["simulated"] == "no"


def test_lost_transfers_have_a_row() -> None:
    writer = writer_of(Format.CSV, BUSES)
    (line,) = csv.DictReader(io.StringIO((writer.begin() + writer.lose(EventsDropped(START, 4))).decode()))
    assert (line["outcome"], line["detail"]) == ("lost", "4 transfers came too fast and are missing here")


@given(any_transfers())
def test_a_json_line_holds_the_whole_transfer(transfers: list[TransferCompleted]) -> None:
    writer = writer_of(Format.JSONL, BUSES)
    content = writer.begin() + b"".join(map(writer.take, transfers)) + writer.end()
    assert [from_json(TransferCompleted, json.loads(line)) for line in content.splitlines()] == transfers


def test_json_lines_have_edges_and_marks_of_loss() -> None:
    writer = writer_of(Format.JSONL, BUSES)
    capture = TransferCompleted(START, "dht22", BusName("gpio"), 4, (), Outcome.OK, "", 1, edges=(Edge(5, True),))
    lines = (writer.take(capture) + writer.lose(EventsDropped(START, 2))).splitlines()
    assert json.loads(lines[0])["edges"] == [{"time_ns": 5, "rising": True}]
    assert json.loads(lines[1]) == {"time_ns": START, "dropped": 2}
    assert BUS not in lines[1].decode()
