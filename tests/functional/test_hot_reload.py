"""Files that appear in, change in or vanish from the plugins folder while the host runs."""

from __future__ import annotations

from hashlib import sha256

import pytest

from hostcore.events import (
    LogWritten,
    PluginReloaded,
    PluginsChanged,
    ReadingPublished,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.reload.watcher import Watcher
from hostcore.session import Order
from tests.supervised import SupervisedHost
from tests.versions import OTHER, reads, version

pytest_plugins = ["tests.supervised_fixture", "tests.versions_fixture"]


class TestNewFiles:
    def test_a_new_file_is_discovered_and_runs(self, running: SupervisedHost) -> None:
        running.write("fresh", "def read(): return {'fresh': True}")
        assert running.reading("fresh") == {"fresh": True}
        assert running.states("fresh") == [State.LOADING, State.RUNNING]
        running.wait_for(RoundCompleted, where=lambda event: "fresh" in event.readings)
        assert running.of(PluginsChanged)[-1].names == ("fresh", "other", "plugin")

    @pytest.mark.parametrize("display", [False, True], ids=["no plugin", "only a display"])
    def test_the_first_driver_is_found_where_no_round_ever_was(self, supervised: SupervisedHost, display: bool) -> None:
        if display:
            supervised.write("screen", "def update(readings): print(readings, flush=True)")
        supervised.start()
        supervised.write("plugin", version(1))
        reads(supervised, 1)
        if display:
            supervised.line("screen", "'plugin': {'version': 1")

    def test_the_plugins_folder_may_appear_later(self, supervised: SupervisedHost) -> None:
        supervised.configure({"host": {"plugins_folder": "later"}})
        supervised.start()
        (supervised.folder / "later").mkdir()
        (supervised.folder / "later" / "plugin.py").write_text("def read(): return {'version': 1}", encoding="utf-8")
        reads(supervised, 1)

    def test_another_folder_may_take_its_place(self, running: SupervisedHost) -> None:
        folder = running.folder / "plugins"
        replacement = running.folder / "replacement"
        replacement.mkdir()
        (replacement / "plugin.py").write_text("def read(): return {'version': 2}", encoding="utf-8")
        folder.rename(running.folder / "before")
        replacement.rename(folder)
        reads(running, 2)
        (folder / "plugin.py").write_text("def read(): return {'version': 3}", encoding="utf-8")
        reads(running, 3)

    def test_what_changes_before_the_watching_begins_is_noticed(
        self, supervised: SupervisedHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        supervised.write("plugin", version(1))
        start = Watcher.start
        monkeypatch.setattr(Watcher, "start", lambda _watcher: None)
        supervised.start()
        reads(supervised, 1)
        supervised.write("plugin", version(2))
        start(supervised.host._watcher)
        reads(supervised, 2)


class TestChangedFiles:
    def test_a_new_version_takes_over_between_two_calls_and_the_counters_go_on(self, running: SupervisedHost) -> None:
        calls = running.counters("plugin", lambda counters: counters.calls >= 4).calls
        running.write("plugin", version(2))
        reads(running, 2)
        counters = running.counters("plugin", lambda counters: counters.reloads == 1)
        assert counters.calls > calls
        assert (counters.restarts, counters.crashes, counters.errors) == (0, (), 0)
        assert running.states("plugin") == [State.LOADING, State.RUNNING]
        (reloaded,) = running.of(PluginReloaded, "plugin")
        content = running.path("plugin").read_bytes()
        assert reloaded.version == sha256(content).hexdigest()[:12]
        readings = [each.reading["version"] for each in running.of(ReadingPublished, "plugin")]
        assert readings == sorted(readings)

    def test_saving_shows_a_new_reading_long_before_the_next_turn(self, supervised: SupervisedHost) -> None:
        supervised.configure({"host": {"interval": 3600}})
        supervised.write("plugin", version(1))
        supervised.start()
        reads(supervised, 1)
        for number in range(2, 6):
            supervised.write("plugin", version(number))
            reads(supervised, number)

    def test_the_same_content_again_is_no_new_version(self, running: SupervisedHost) -> None:
        running.write("plugin", version(1))
        running.write("other", "def read(): return {'changed': True}")
        running.reading("other", lambda reading: reading == {"changed": True})
        counts = [each.reading["count"] for each in running.of(ReadingPublished, "plugin")]
        assert counts == [*range(1, len(counts) + 1)]
        assert not running.of(PluginReloaded, "plugin")

    @pytest.mark.parametrize(
        ("source", "words"),
        [
            ("def read(:\n", "plugin.py line 1: "),
            ("x = 1\n", "defines none of read(), update(readings), render(readings)"),
            ("import nothing\n", "ModuleNotFoundError: No module named 'nothing'"),
            ("def hang():\n    while True: pass\nhang()\ndef read(): ...\n", "still running after 0.3 s"),
            ("def read(): return '\N{LATIN SMALL LETTER E WITH ACUTE}'".encode("latin-1"), "is not UTF-8 text"),
        ],
        ids=["syntax error", "defines nothing", "crashes", "hangs", "not UTF-8"],
    )
    def test_a_broken_version_leaves_the_old_one_running_and_says_why(
        self, supervised: SupervisedHost, source: str | bytes, words: str
    ) -> None:
        supervised.configure({"limits": {"call_seconds": 0.3}})
        supervised.write("plugin", version(1))
        supervised.start()
        reads(supervised, 1)
        supervised.path("plugin").write_bytes(source if isinstance(source, bytes) else source.encode())
        refusal = supervised.line("plugin", "the new version is not taken, the old one runs on: ")
        assert words in refusal.text
        told = supervised.wait_for(StateChanged, "plugin", lambda event: event.rejected != "")
        assert told.broken_line == (1 if "line 1" in words else 0)
        supervised.skip()
        count = supervised.reading("plugin")["count"]
        assert supervised.reading("plugin") == {"version": 1, "count": count + 1}
        assert supervised.states("plugin") == [State.LOADING, State.RUNNING]
        supervised.write("plugin", version(2))
        reads(supervised, 2)

    def test_after_a_crash_the_old_version_comes_back_while_the_new_one_is_broken(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.configure(
            {"supervisor": {"first_delay": 0.05, "max_crashes": 100}, "plugins.plugin": {"permissions": ["i2c:1:0x23"]}}
        )
        supervised.write(
            "plugin",
            """
            from host import NoAcknowledge, i2c
            def read():
                try:
                    i2c.write(0x23, b"\\x01")
                except NoAcknowledge:
                    raise RuntimeError("unplugged")
                return {"version": 1}
            """,
        )
        supervised.start()
        reads(supervised, 1)
        supervised.write("plugin", "def read(:")
        supervised.line("plugin", "the new version is not taken, the old one runs on: ")
        supervised.wires.unplugged.add(0x23)
        report = supervised.crash("plugin").report
        assert report.problem == "RuntimeError: unplugged in plugin.py line 6"
        supervised.wires.unplugged.clear()
        reads(supervised, 1)

    def test_a_broken_version_of_a_quarantined_plugin_stays_there_and_a_good_one_is_released(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.write("plugin", "def read(): return 1 / 0")
        supervised.start()
        supervised.reaches("plugin", State.QUARANTINED)
        supervised.write("plugin", "def read(:")
        supervised.reaches("plugin", State.LOADING)
        assert "plugin.py line 1" in supervised.reaches("plugin", State.QUARANTINED).cause
        supervised.write("plugin", version(2))
        reads(supervised, 2)
        assert supervised.host.failures == ()

    def test_a_driver_may_become_a_display_and_leaves_the_rounds(self, running: SupervisedHost) -> None:
        running.write("plugin", "def update(readings): print(sorted(readings), flush=True)")
        running.line("plugin", "['other', 'timestamp']")
        running.wait_for(RoundCompleted, where=lambda event: "plugin" not in event.readings)
        running.write("plugin", version(3))
        reads(running, 3)

    def test_a_stopped_plugin_reads_its_new_version_when_it_starts(self, running: SupervisedHost) -> None:
        running.host.order("plugin", Order.STOP)
        running.reaches("plugin", State.STOPPED)
        running.write("plugin", version(2))
        running.write("fresh", OTHER)
        running.reading("fresh")
        assert running.states("plugin")[-1] is State.STOPPED
        running.host.order("plugin", Order.START)
        reads(running, 2)
        assert not [each for each in running.of(LogWritten, "plugin") if "knows no" in each.text]

    def test_a_pinned_plugin_runs_no_other_content(self, supervised: SupervisedHost) -> None:
        content = supervised.write("plugin", version(1)).read_bytes()
        supervised.configure({"plugins.plugin": {"sha256": sha256(content).hexdigest()}})
        supervised.start()
        reads(supervised, 1)
        supervised.write("plugin", version(2))
        assert "but host.toml pins" in supervised.line("plugin", "the new version is not taken").text
        supervised.skip()
        assert supervised.reading("plugin")["version"] == 1


class TestVanishingFiles:
    def test_a_file_that_vanishes_stops_its_plugin(self, running: SupervisedHost) -> None:
        running.path("plugin").unlink()
        assert running.reaches("plugin", State.STOPPED).cause == "the host stops, or the plugin's file is gone"
        running.wait_for(RoundCompleted, where=lambda event: "plugin" not in event.readings)
        assert [facts.name for facts in running.host.plugins()] == ["other"]
        running.write("plugin", version(2))
        reads(running, 2)

    def test_a_plugin_with_a_table_of_its_own_is_waited_for(self, supervised: SupervisedHost) -> None:
        supervised.configure({"plugins.plugin": {"permissions": ["system"]}})
        supervised.write("plugin", version(1))
        supervised.write("other", OTHER)
        supervised.start()
        reads(supervised, 1)
        supervised.path("plugin").unlink()
        supervised.reaches("plugin", State.STOPPED)
        supervised.write("plugin", version(2))
        reads(supervised, 2)

    def test_a_plugin_that_host_toml_switches_off_stops(self, running: SupervisedHost) -> None:
        running.configure({"plugins.plugin": {"enabled": False}})
        running.reaches("plugin", State.STOPPED)
        running.configure()
        reads(running, 1)
