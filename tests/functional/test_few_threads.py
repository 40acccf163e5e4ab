"""A host for which there are too few threads says so in one line, damages nothing, and stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.errors import NoThreadError
from hostcore.reload.watcher import Watcher
from tests.few_threads import FewThreads
from tests.supervised import COUNTER, SupervisedHost
from tests.waiting import until

pytest_plugins = ["tests.supervised_fixture"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> FewThreads:
    return FewThreads(monkeypatch)


def test_however_few_threads_there_are_the_host_starts_or_says_which_is_missing(
    supervised: SupervisedHost, few: FewThreads, capfd: pytest.CaptureFixture[str]
) -> None:
    supervised.write("counter", COUNTER)
    missing: list[str] = []
    for allowed in range(20):
        few.allowed = allowed
        try:
            supervised.start()
        except NoThreadError as error:
            missing.append(str(error).split()[4].rstrip(":"))
        else:
            break
        finally:
            few.allowed = None
            assert not hasattr(supervised, "host") or supervised.stop()
    names = ["epoch", "kept-state", "counter", "rounds", "requests", "watcher", "health", "history"]
    assert missing == [*names, "delayed", "delayed"]
    assert supervised.threads() == set()
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_new_plugin_without_a_thread_leaves_the_others_running_and_starts_later(
    supervised: SupervisedHost, few: FewThreads
) -> None:
    supervised.write("counter", COUNTER)
    supervised.start()
    supervised.reading("counter")
    few.allowed = 0
    supervised.write("light", COUNTER)
    supervised.host.refresh()
    assert "not everything runs: cannot start the thread light: " in supervised.line("host", "light").text
    supervised.reading("counter")
    few.allowed = None
    supervised.host.refresh()
    supervised.reading("light")


def test_a_folder_that_cannot_be_watched_for_want_of_a_thread_is_told_once(
    tmp_path: Path, few: FewThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hostcore.reload.watcher.RETRY_SECONDS", 0.01)
    told: list[str] = []
    looks: list[Path] = []

    def folders() -> frozenset[Path]:
        looks.append(tmp_path)
        return frozenset({tmp_path})

    watcher = Watcher(folders, lambda: None, told.append)
    watcher.start()
    few.allowed = 0
    watcher.watch_now()
    until(lambda: len(looks) > 3, 10)
    watcher.stop()
    assert len(told) == 1
    assert told[0].startswith(f"cannot watch {tmp_path} for changes: cannot start the thread file changes: ")
