"""Plugins that do their worst: each is named for what it did, and none of them harms anybody else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from hostcore.events import (
    AccessDenied,
    LogWritten,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.hostcall import CrashKind
from hostcore.runtime.surface import MOST_MEMBERS
from hostcore.supervisor.crash_store import CrashStore
from tests.command import Desk
from tests.hostile.collection import FILES, RELENTLESS, place, tables
from tests.hostile.components import ARGUMENTS, importing, many
from tests.supervised import SupervisedHost
from tests.waiting import soon

pytest_plugins = ["tests.supervised_fixture"]

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What terminals act on, but for tabs and newlines."""
GOOD = """
    import time
    from host import i2c
    count = 0
    def read():
        global count
        count += 1
        i2c.transfer(0x77, "d0", 1)
        time.sleep(0.01)
        return {"count": count}
"""


@dataclass(frozen=True)
class Death:
    """How a plugin is expected to die, every time."""

    plugin: str
    kind: CrashKind
    problem: str
    """The report's one line, as a regular expression."""
    call: str = "read"

    def __str__(self) -> str:
        return self.plugin


DEATHS = (
    Death("raises", CrashKind.EXCEPTION, r"KeyError: 'gain' in raises\.py line 6"),
    Death("dies_at_import", CrashKind.EXCEPTION, r".*JSONDecodeError: .* in dies_at_import\.py line 5", call="load"),
    Death("opens_files", CrashKind.EXCEPTION, r"FileNotFoundError: .*'/tmp/evidence' in opens_files\.py line 13"),
    Death(
        "opens_sockets",
        CrashKind.EXCEPTION,
        r"RuntimeError: opens_sockets\.py line 5 looks up a name, .* in opens_sockets\.py line 5",
        call="load",
    ),
    Death("loops_forever", CrashKind.DEADLINE, r"still running after 0\.3 s, likely in loops_forever\.py line [67]"),
    Death(
        "loops_at_import",
        CrashKind.DEADLINE,
        r"still running after 0\.3 s, likely in loops_at_import\.py line [56]",
        call="load",
    ),
    Death("sleeps_an_hour", CrashKind.DEADLINE, r"still asleep after 0\.3 s, likely in sleeps_an_hour\.py line 7"),
    Death("recurses", CrashKind.STACK, r"RecursionError: maximum recursion depth exceeded in recurses\.py line 5"),
    Death(
        "recurses_natively",
        CrashKind.STACK,
        r"its call stack is exhausted .*, likely in recurses_natively\.py line 10.*",
    ),
    Death("lies_about_memory", CrashKind.TRAP, r"realloc return: beyond end of memory"),
    Death("passes_megabytes", CrashKind.DATA, r"one call passed the host more than 2162688 bytes \(.*\)"),
    Death("hogs_memory", CrashKind.MEMORY, r"asked for more than 32 MiB in hogs_memory\.py line 8"),
    Death("exits", CrashKind.EXIT, r"SystemExit: enough in exits\.py line 7"),
    Death(
        "exits_at_once", CrashKind.EXIT, r"asked to end the process with status 1, likely in exits_at_once\.py line 7"
    ),
    Death("gives_up", CrashKind.TRAP, r"it gave up \(an unreachable instruction: a panic or an abort\)"),
    Death("asks_for_sockets", CrashKind.TRAP, r"called wasi:sockets/instance-network#.*, which no plugin may call"),
)
ERRORS = {
    "reports_an_error": "the checksum is wrong",
    "reads_giants": "the reading has 1000013 bytes; 65536 are allowed (reading_bytes)",
    "reads_nan": "read() returned a value that is not JSON: Out of range float values are not JSON compliant",
    "reads_objects": "read() returned a value that is not JSON: Object of type object is not JSON serializable",
    "trespasses": "host.toml does not let trespasses use 0x3c on i2c-1",
}
"""What a plugin reports at every call without ever dying."""
REFUSALS = {
    "asks_for_a_database": "asks for imports that this host does not offer: wasi:keyvalue/store@0.2.3",
    "fills_the_gc_heap": "it uses the garbage-collected heap (wasm GC), which this host switches off",
    "mistypes_an_import": "get-arguments is (list<list<tuple(u8 u8)>>) -> _, not () -> list<string> as WASI 0.2 says",
}
"""Why a component is not even linked."""
SPECIAL = {
    "describes_everything",
    "dies_every_third_call",
    "floods",
    "hammers_the_bus",
    "not_python",
    "paints_the_terminal",
    "prints_bytes",
    "reads_deep",
}
"""Plugins that do something of their own."""


def run(supervised: SupervisedHost, plugin: str, max_crashes: int = 1) -> None:
    """Start a host with one hostile plugin."""
    place([plugin], supervised.folder / "plugins")
    supervised.configure({"supervisor": {**RELENTLESS, "max_crashes": max_crashes}, **tables([plugin])})
    supervised.start()


def test_every_file_here_is_tested() -> None:
    assert FILES.keys() == {*(death.plugin for death in DEATHS), *ERRORS, *REFUSALS, *SPECIAL}


@pytest.mark.parametrize("death", DEATHS, ids=str)
def test_a_death_is_named_reported_and_followed_by_quarantine(supervised: SupervisedHost, death: Death) -> None:
    run(supervised, death.plugin)
    crashes = [supervised.crash(death.plugin) for _ in range(2)]
    for crash in crashes:
        report = crash.report
        assert (report.kind, report.call) == (death.kind, death.call)
        assert re.fullmatch(death.problem, report.problem), report.problem
        assert CrashStore.load(Path(crash.file)) == report
    alive = [State.LOADING, State.RUNNING] if death.call == "read" else [State.LOADING]
    assert supervised.states(death.plugin) == [*alive, State.BACKOFF, *alive, State.QUARANTINED]
    counters = crashes[-1].report.counters
    assert (counters.crashes, counters.restarts) == (((death.kind, 2),), 1)
    assert all("crashed: " in each.error for each in supervised.of(ReadingFailed, death.plugin))


@pytest.mark.parametrize("plugin", ERRORS)
def test_an_error_is_reported_and_counted_and_the_plugin_runs_on(supervised: SupervisedHost, plugin: str) -> None:
    run(supervised, plugin)
    assert all(ERRORS[plugin] in supervised.failure(plugin) for _ in range(3))
    assert supervised.counters(plugin, lambda counters: counters.errors >= 4).crashes == ()
    assert supervised.states(plugin) == [State.LOADING, State.RUNNING]
    told = [each.text for each in supervised.of(LogWritten, plugin) if ERRORS[plugin] in each.text]
    assert len(told) == 1, "once, not at every call"


@pytest.mark.parametrize("plugin", REFUSALS)
def test_a_component_that_does_not_fit_is_quarantined_at_once(supervised: SupervisedHost, plugin: str) -> None:
    run(supervised, plugin)
    cause = supervised.reaches(plugin, State.QUARANTINED).cause
    assert REFUSALS[plugin] in cause
    assert cause in supervised.host.failures
    assert supervised.states(plugin) == [State.LOADING, State.QUARANTINED]
    assert not supervised.of(PluginCrashed)


def test_a_giant_is_refused_for_its_size_and_keeps_no_stop_waiting(supervised: SupervisedHost) -> None:
    giant = wat2wasm(importing((ARGUMENTS, many(MOST_MEMBERS))))
    (supervised.folder / "plugins" / "giant.wasm").write_bytes(bytes(giant))
    supervised.start()
    cause = supervised.reaches("giant", State.QUARANTINED).cause
    assert f"{MOST_MEMBERS + 1} functions, types and resources; up to {MOST_MEMBERS} are allowed" in cause
    assert supervised.stop()


def test_a_crash_at_every_third_call_costs_the_third_reading_only(supervised: SupervisedHost) -> None:
    run(supervised, "dies_every_third_call", max_crashes=100)
    for _ in range(3):
        assert [supervised.reading("dies_every_third_call")["calls"] for _ in range(2)] == [1, 2]
        crash = supervised.crash("dies_every_third_call")
        assert crash.report.problem == "RuntimeError: the third call in dies_every_third_call.py line 10"
    assert State.QUARANTINED not in supervised.states("dies_every_third_call")


def test_a_component_in_no_language_at_all_is_watched_like_any_other(supervised: SupervisedHost) -> None:
    run(supervised, "not_python")
    assert supervised.reading("not_python") == {"x": 1}
    assert "the reading is not JSON" in supervised.failure("not_python")
    report = supervised.crash("not_python").report
    assert (report.kind, report.traceback) == (CrashKind.TRAP, "")
    assert "utf-8" in report.problem
    assert supervised.reading("not_python") == {"x": 1}


def test_a_flood_of_output_is_cut_off_and_is_a_few_lines_and_a_count(supervised: SupervisedHost) -> None:
    run(supervised, "floods", max_crashes=0)
    report = supervised.crash("floods").report
    assert re.fullmatch(r"still running after 0\.3 s, likely in floods\.py line [89].*", report.problem), report.problem
    lines = [each.text for each in supervised.of(LogWritten, "floods")]
    assert 50 <= sum(line == "x" * 99 for line in lines) < 200
    told = sum(int(line.split()[0]) for line in lines if line.endswith(" dropped (more than 50 a second)"))
    assert told == report.counters.lines_dropped > 1000


def test_bytes_that_are_no_text_are_shown_as_what_they_are(supervised: SupervisedHost) -> None:
    run(supervised, "prints_bytes")
    supervised.line("prints_bytes", r"\xff\xfe\x80 not UTF-8 \xe2\x82")
    supervised.line("prints_bytes", r"\xf0\x9f")
    assert supervised.states("prints_bytes") == [State.LOADING, State.RUNNING]


def test_nothing_that_is_told_of_a_plugin_acts_on_a_terminal(supervised: SupervisedHost) -> None:
    run(supervised, "paints_the_terminal")
    report = supervised.crash("paints_the_terminal").report
    told = [
        report.problem,
        *(each.text for each in supervised.of(LogWritten)),
        *(each.error for each in supervised.of(ReadingFailed)),
        *(each.cause for each in supervised.of(StateChanged)),
    ]
    assert len([text for text in told if r"\u202eevil\u2066\ufeff" in text]) >= 8
    assert all(text.isprintable() for text in told)


def test_whoever_hammers_the_bus_is_slowed_down(supervised: SupervisedHost) -> None:
    run(supervised, "hammers_the_bus")
    counters = supervised.counters("hammers_the_bus", lambda counters: counters.throttled_ns > 0)
    assert counters.transfers > 10
    assert supervised.states("hammers_the_bus") == [State.LOADING, State.RUNNING]


def test_a_reading_that_is_nested_deeply_harms_nobody_who_shows_it(supervised: SupervisedHost) -> None:
    supervised.write("display", "def update(readings): print(sorted(readings), flush=True)")
    run(supervised, "reads_deep")
    supervised.line("display", "['reads_deep', 'timestamp']")
    assert supervised.states("display") == [State.LOADING, State.RUNNING]


def test_every_access_that_is_denied_is_counted_and_can_be_granted(supervised: SupervisedHost) -> None:
    run(supervised, "trespasses")
    counters = supervised.counters("trespasses", lambda counters: counters.denied >= 16)
    assert counters.transfers >= 2, "what it may do it does"
    asked = [(str(each.permission), each.count) for each in supervised.of(AccessDenied) if each.count == 1]
    assert [permission for permission, _ in asked] == [
        "i2c:1:0x23",
        "i2c:3:0x77:read",
        "spi:0.0",
        "gpio:17:out",
        "gpio:4:pulses",
        "uart:serial0",
        "system",
        "i2c:1:0x3c",
    ]


class TestAllAtOnce:
    @pytest.mark.thorough
    def test_good_drivers_miss_no_reading_and_everything_ends_at_once(self, supervised: SupervisedHost) -> None:
        good = ("good-one", "good-two", "good-three")
        place(FILES, supervised.folder / "plugins")
        for name in good:
            supervised.write(name, GOOD)
        supervised.configure(
            {
                "host": {"interval": 0.25},
                "supervisor": RELENTLESS,
                "access": {"shared": ["i2c:1:0x77"]},
                **tables(FILES),
                **{f"plugins.{name}": {"permissions": ["i2c:1:0x77"]} for name in good},
            }
        )
        supervised.start()
        for name in good:
            supervised.reading(name)
        supervised.skip()
        first = supervised.wait_for(RoundCompleted).number
        last = supervised.wait_for(RoundCompleted, where=lambda event: event.number >= first + 16).number
        for name in good:
            counts = [each.reading["count"] for each in supervised.of(ReadingPublished, name)]
            assert counts == [*range(1, len(counts) + 1)], "one instance, and every reading arrived"
            assert len(counts) >= last - first - 1
            assert not supervised.of(ReadingFailed, name)
            assert supervised.states(name) == [State.LOADING, State.RUNNING]
        while not {each.plugin for each in supervised.of(PluginCrashed)} >= {death.plugin for death in DEATHS}:
            supervised.wait_for(PluginCrashed)
        with soon():
            assert supervised.stop()
        assert supervised.threads() == set()

    @pytest.mark.thorough
    def test_nothing_that_is_printed_acts_on_a_terminal(self, tmp_path: Path, cache_folder: Path) -> None:
        folder = tmp_path / "desk"
        (folder / "plugins").mkdir(parents=True)
        desk = Desk(folder, cache_folder)
        place(FILES, folder / "plugins")
        desk.write("plugins/good.py", "def read(): return {}")
        desk.write(
            "host.toml",
            """
            host = { interval = 0.25 }
            limits = { call_seconds = 0.3, memory_mib = 32 }
            supervisor = { first_delay = 0.05 }
            crashes = { folder = "crashes" }
            """,
        )
        outcome = desk.run("run", "--rounds", "12", environment={"XDG_STATE_HOME": str(tmp_path / "state")})
        assert outcome.rounds[-1]["good"] == {}, "it is among them, however long the machine takes to load them all"
        assert r"\x1b[2J" in outcome.err
        assert CONTROLS.findall(outcome.out + outcome.err) == []
