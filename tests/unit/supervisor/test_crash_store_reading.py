"""Crash reports in files are listed without their content, and read with suspicion."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S
from hostcore.errors import CrashStoreError
from hostcore.events import CrashReport
from hostcore.events.event_json import to_json
from hostcore.supervisor.crash_store import CrashStore
from tests.crash_reports import NOON_NS, REPORT, report


@pytest.fixture
def store(tmp_path: Path) -> CrashStore:
    """A store whose folder is not there yet."""
    return CrashStore(tmp_path / "state" / "crashes", kept=3)


class TestListing:
    def test_a_folder_that_is_not_there_holds_no_reports(self, store: CrashStore) -> None:
        assert store.reports() == ()

    def test_the_newest_comes_first_with_what_a_list_shows(self, store: CrashStore) -> None:
        store.save(REPORT)
        newest = store.save(report(1, plugin="oled", kind="memory", problem="asked for more than 64 MiB"))
        first, second = store.reports()
        assert (first.path, first.time_ns, first.plugin, first.kind, first.problem) == (
            newest,
            NOON_NS + NS_PER_S,
            "oled",
            "memory",
            "asked for more than 64 MiB",
        )
        assert second.plugin == "light"

    def test_a_place_that_is_no_folder_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "crashes").write_text("a file", encoding="utf-8")
        with pytest.raises(CrashStoreError, match=r"cannot be read: Not a directory; .*\[crashes\]"):
            CrashStore(tmp_path / "crashes", kept=3).reports()

    def test_files_that_hold_no_report_are_left_out(self, store: CrashStore) -> None:
        good = store.save(REPORT)
        for number, content in enumerate(GARBAGE):
            (store.folder / f"20240101T12{number:04d}.000000001Z-light-deadline.json").write_bytes(content)
        (store.folder / "20240101T130000.000000000Z-light-deadline.json").mkdir()
        (store.folder / "20240101T130001.000000000Z-light-deadline.json").symlink_to("/dev/zero")
        os.mkfifo(store.folder / "20240101T130002.000000000Z-light-deadline.json")
        (store.folder / "20240101T130003.000000000Z-light-deadline.json").symlink_to("gone")
        assert [each.path for each in store.reports()] == [good]

    def test_a_report_that_vanishes_meanwhile_is_left_out(
        self, store: CrashStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone, good = store.save(REPORT), store.save(report(1))
        listed = store._files()
        gone.unlink()
        monkeypatch.setattr(store, "_files", lambda: listed)
        assert [each.path for each in store.reports()] == [good]


GARBAGE = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe\x00",
    b"\x00" * 4096,
    b"[" * 200_000,
    b'{"a":' * 200_000,
    b'{"time_ns": 1}',
    b'{"time_ns": "now", "plugin": "light", "kind": "deadline", "problem": "x"}',
    b'{"time_ns": ' + b"9" * 5000 + b', "plugin": "light", "kind": "deadline", "problem": "x"}',
    b'{"time_ns": 1e999, "plugin": "light", "kind": "deadline", "problem": "x"}',
    json.dumps(to_json(REPORT)).encode()[:-200],
)


class TestLoading:
    @pytest.mark.parametrize("content", GARBAGE, ids=lambda content: repr(content[:12]))
    def test_a_damaged_file_gives_one_clear_line(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "report.json"
        path.write_bytes(content)
        with pytest.raises(CrashStoreError) as error:
            CrashStore.load(path)
        assert str(error.value).startswith(f"{path} is no crash report, or a damaged one: ")
        assert len(str(error.value).splitlines()) == 1
        assert len(str(error.value)) < len(str(path)) + 300

    def test_the_place_of_the_damage_is_named(self, tmp_path: Path) -> None:
        content = to_json(REPORT)
        content["transfers"][0]["address"] = "0x23"
        path = tmp_path / "report.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(CrashStoreError, match=r"transfers\[0\]\.address is '0x23', not a whole number"):
            CrashStore.load(path)

    def test_a_file_that_is_far_too_large_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "report.json"
        with path.open("wb") as file:
            file.truncate(1 << 40)
        with pytest.raises(CrashStoreError, match=r"it has more than 8,388,608 bytes \(1,099,511,627,776\)"):
            CrashStore.load(path)

    def test_a_pipe_a_folder_a_link_and_nothing_are_told(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "folder").mkdir()
        (tmp_path / "link").symlink_to("/dev/zero")
        for name in ("pipe", "folder", "link", "nothing"):
            with pytest.raises(CrashStoreError, match=name):
                CrashStore.load(tmp_path / name)

    @given(st.binary(max_size=200), st.integers(0, 2000))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def test_a_report_with_damaged_bytes_loads_or_says_why_not(self, tmp_path: Path, damage: bytes, at: int) -> None:
        content = json.dumps(to_json(REPORT)).encode()
        path = tmp_path / "report.json"
        path.write_bytes(content[:at] + damage + content[at + len(damage) :])
        try:
            assert isinstance(CrashStore.load(path), CrashReport)
        except CrashStoreError as error:
            assert str(path) in str(error)
