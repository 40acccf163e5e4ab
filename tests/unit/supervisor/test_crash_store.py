"""Crash reports as files: written whole, bounded in number, with their recordings."""

from __future__ import annotations

import errno
import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.errors import CrashStoreError, HostError
from hostcore.files import Folder
from hostcore.supervisor.crash_store import CrashStore
from tests.crash_reports import NOON_NS, REPORT, report


@pytest.fixture
def store(tmp_path: Path) -> CrashStore:
    """A store whose folder is not there yet."""
    return CrashStore(tmp_path / "state" / "crashes", kept=3)


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
