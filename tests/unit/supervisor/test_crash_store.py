"""Crash reports as files: written whole, bounded in number, and read with suspicion."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S
from hostcore.errors import CrashStoreError, HostError
from hostcore.events import Counters, CrashReport, Level, LogWritten, Message, Outcome, TransferCompleted
from hostcore.events.event_json import to_json
from hostcore.files import Folder
from hostcore.place import BusName
from hostcore.supervisor.crash_store import CrashStore

NOON_NS = 1_704_110_400 * NS_PER_S
"""2024-01-01T12:00:00Z."""
REPORT = CrashReport(
    time_ns=NOON_NS,
    plugin="light",
    path="plugins/light.py",
    version="3fa9c01d2e4b",
    kind="deadline",
    problem="still running after 2 s in light.py line 14",
    traceback="Stack at the end",
    wasm_trace="wasm backtrace",
    call="update",
    argument='{"lux": 3}',
    transfers=(
        TransferCompleted(NOON_NS, "light", BusName("i2c-1"), 0x23, (Message(True, b"\x10"),), Outcome.OK, "", 5),
    ),
    lines=(LogWritten(NOON_NS, "light", Level.INFO, "hello"),),
    counters=Counters(calls=3, crashes=(("deadline", 1),)),
    host_version="0.1.0",
)


@pytest.fixture
def store(tmp_path: Path) -> CrashStore:
    """A store whose folder is not there yet."""
    return CrashStore(tmp_path / "state" / "crashes", kept=3)


def report(number: int, **values: object) -> CrashReport:
    """A report of second `number` after noon."""
    return replace(REPORT, time_ns=NOON_NS + number * NS_PER_S, **values)


class TestSaving:
    def test_a_report_comes_back_from_its_file(self, store: CrashStore) -> None:
        assert store.load(store.save(REPORT)) == REPORT

    def test_a_files_name_sorts_by_time_and_says_who_died_how(self, store: CrashStore) -> None:
        assert store.save(REPORT).name == "20240101T120000.000000000Z-light-deadline.json"

    def test_a_report_can_be_replaced_as_a_whole(self, store: CrashStore) -> None:
        path = store.save(REPORT)
        store.replace(path, replace(REPORT, problem="now the line is known"))
        assert store.load(path).problem == "now the line is known"
        assert [each.path for each in store.reports()] == [path]

    def test_a_report_that_was_deleted_in_the_meantime_does_not_come_back(self, store: CrashStore) -> None:
        path = store.save(REPORT)
        path.unlink()
        store.replace(path, REPORT)
        assert store.reports() == ()

    def test_a_report_that_cannot_be_replaced_stays_as_it_was(
        self, store: CrashStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = store.save(REPORT)

        def full(_descriptor: int, _content: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(CrashStoreError, match="No space left on device; make room there"):
            store.replace(path, replace(REPORT, problem="now the line is known"))
        assert store.load(path) == REPORT

    def test_the_folder_and_the_file_are_for_their_owner_alone(self, store: CrashStore) -> None:
        path = store.save(REPORT)
        assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_two_reports_of_one_moment_are_two_files_in_order(self, store: CrashStore) -> None:
        first, second = store.save(REPORT), store.save(replace(REPORT, problem="again"))
        assert [each.path for each in store.reports()] == [second, first]

    @given(plugin=st.text(max_size=300), kind=st.text(max_size=40))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def test_a_name_of_any_characters_makes_a_safe_file_name(self, tmp_path: Path, plugin: str, kind: str) -> None:
        store = CrashStore(tmp_path / "crashes", kept=2)
        path = store.save(replace(REPORT, plugin=plugin, kind=kind))
        assert path.parent == store.folder
        assert path.name.isascii() and path.name.isprintable() and "/" not in path.name
        assert store.load(path).plugin == plugin
        assert path in {each.path for each in store.reports()}

    def test_beyond_so_many_the_oldest_go(self, store: CrashStore) -> None:
        for number in range(5):
            store.save(report(number))
        assert [each.time_ns for each in store.reports()] == [report(number).time_ns for number in (4, 3, 2)]
        assert len(list(store.folder.iterdir())) == 3

    def test_the_report_just_written_stays_even_if_the_clock_went_back(self, store: CrashStore) -> None:
        for number in range(5):
            store.save(report(number))
        path = store.save(replace(REPORT, time_ns=0))
        assert [each.path for each in store.reports()][-1] == path
        assert len(store.reports()) == 3

    def test_what_others_put_there_is_never_deleted(self, store: CrashStore) -> None:
        store.save(REPORT)
        others = [store.folder / name for name in ("notes.txt", "0.json", ".hidden", "20240101T120000Z-x-y.json")]
        for path in others:
            path.write_text("mine", encoding="utf-8")
        for number in range(5):
            store.save(report(number))
        assert all(path.read_text(encoding="utf-8") == "mine" for path in others)

    def test_what_a_killed_process_left_unfinished_goes_after_an_hour(self, store: CrashStore) -> None:
        store.save(REPORT)
        with Folder.open(store.folder) as folder, folder.staged("new", b"{"):
            (fresh,) = store.folder.glob(".new.*")
            stale = fresh.with_name(fresh.name.replace("new", "old"))
            stale.write_text("{", encoding="utf-8")
            os.utime(stale, (0, 0))
            store.save(report(1))
            assert (stale.exists(), fresh.exists()) == (False, True)

    def test_threads_that_save_at_once_lose_nothing(self, tmp_path: Path) -> None:
        store = CrashStore(tmp_path / "crashes", kept=100)
        threads = [threading.Thread(target=lambda: [store.save(REPORT) for _ in range(5)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(store.reports()) == 20


class TestRecordings:
    @pytest.fixture
    def store(self, tmp_path: Path) -> CrashStore:
        return CrashStore(tmp_path, kept=3, recorded_bytes=100)

    def test_the_oldest_make_room_for_a_new_one(self, store: CrashStore) -> None:
        first, second, third = (store.save_recording(store.save(report(number)), bytes(40)) for number in range(3))
        assert [each.is_file() for each in (first, second, third)] == [False, True, True]

    def test_one_that_is_written_again_takes_its_own_place(self, store: CrashStore) -> None:
        older, path = store.save_recording(store.save(report(1)), bytes(40)), store.save(report(2))
        store.save_recording(path, bytes(50))
        newer = store.save_recording(path, bytes(60))
        assert (older.is_file(), newer.stat().st_size) == (True, 60)

    def test_one_whose_report_was_deleted_meanwhile_does_not_come_back(self, store: CrashStore) -> None:
        path = store.save(report(1))
        path.unlink()
        assert store.save_recording(path, b"recorded") is None
        assert list(store.folder.iterdir()) == []

    def test_they_go_with_their_reports(self, store: CrashStore) -> None:
        recordings = [store.save_recording(store.save(report(number)), b"recorded") for number in range(4)]
        assert [each.is_file() for each in recordings] == [False, True, True, True]

    def test_the_recording_of_a_crash_is_found_by_its_plugin_and_its_time(self, tmp_path: Path) -> None:
        store = CrashStore(tmp_path, kept=9, recorded_bytes=100)
        store.save_recording(store.save(report(1)), b"first")
        store.save_recording(store.save(report(1, plugin="other")), b"other")
        store.save(report(2))
        assert store.recording("light", report(1).time_ns) == b"first"
        assert store.recording("other", report(1).time_ns) == b"other"
        with pytest.raises(CrashStoreError, match="has no recording beside it"):
            store.recording("light", report(2).time_ns)

    @pytest.mark.parametrize(("plugin", "time_ns"), [("light", NOON_NS + 1), ("nobody", NOON_NS), ("light", 10**30)])
    def test_a_crash_that_is_not_there_has_no_recording(self, tmp_path: Path, plugin: str, time_ns: int) -> None:
        store = CrashStore(tmp_path, kept=9, recorded_bytes=100)
        store.save_recording(store.save(REPORT), b"first")
        with pytest.raises(CrashStoreError, match=f"no report of this crash of {plugin} any more"):
            store.recording(plugin, time_ns)


class TestAFolderThatCannotBeWritten:
    @pytest.mark.parametrize(
        ("code", "remedy"),
        [
            (errno.ENOSPC, "No space left on device; make room there"),
            (errno.EDQUOT, "make room there"),
            (errno.EROFS, "Read-only file system; make it a folder that you may write to"),
            (errno.EACCES, "Permission denied; make it a folder that you may write to"),
        ],
        ids=lambda value: errno.errorcode[value] if isinstance(value, int) else "",
    )
    def test_the_error_names_the_folder_and_what_to_do(
        self, store: CrashStore, monkeypatch: pytest.MonkeyPatch, code: int, remedy: str
    ) -> None:
        def refuse(_descriptor: int, _content: object) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(os, "write", refuse)
        with pytest.raises(HostError) as error:
            store.save(REPORT)
        assert f"the crash report of light cannot be written to {store.folder}" in str(error.value)
        assert remedy in str(error.value)
        assert "[crashes]" in str(error.value)
        assert isinstance(error.value.__cause__, OSError)

    def test_a_file_in_its_place_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "crashes").write_text("a file", encoding="utf-8")
        with pytest.raises(CrashStoreError, match="cannot be written"):
            CrashStore(tmp_path / "crashes", kept=3).save(REPORT)
        with pytest.raises(CrashStoreError, match="Not a directory"):
            CrashStore(tmp_path / "crashes" / "inside", kept=3).save(REPORT)

    def test_old_reports_that_cannot_be_deleted_do_not_matter(
        self, store: CrashStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            store.save(report(number))

        def refuse(_name: str, *, dir_fd: int) -> None:
            raise PermissionError(errno.EACCES, f"Permission denied in {dir_fd}")

        monkeypatch.setattr(os, "unlink", refuse)
        assert store.save(report(3)).is_file()


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
