"""A script without `read` is a driver, too: its loop runs in its sandbox, and numbers that it prints are readings."""

from __future__ import annotations

from itertools import pairwise

from hostcore.clock import NS_PER_S
from hostcore.events import (
    CountersTaken,
    Level,
    LogWritten,
    PluginReloaded,
    ReadingPublished,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.hostcall import CrashKind
from hostcore.session import Order
from hostcore.supervisor.script_run import GAP_NS
from tests.supervised import COUNTER, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

LIGHT = """
import time
from host import i2c

i2c.write(0x23, [0x10])
while True:
    time.sleep(0.18)
    print(f"Light: {int.from_bytes(i2c.read(0x23, 2), 'big') / 1.2:.1f} lx")
    time.sleep(0.02)
"""
MAY_USE_LIGHT = {"plugins.light": {"permissions": ["i2c:1:0x23"]}}
SLEEPS = """
import time

print("naps: 1")
time.sleep(3600)
"""


def test_a_script_in_the_plugins_folder_runs_and_gives_readings(supervised: SupervisedHost) -> None:
    supervised.configure(MAY_USE_LIGHT)
    supervised.write("light", LIGHT)
    supervised.start()
    assert supervised.reaches("light", State.RUNNING).cause == "loaded as script"
    assert supervised.reading("light")["Light"] > 0
    assert supervised.line("light", "Light: ").level is Level.INFO
    supervised.wait_for(RoundCompleted, where=lambda event: "Light" in event.readings.get("light", {}))
    published = supervised.wait_for(ReadingPublished, "light")
    assert published.simulated == ("i2c-1",)


def test_rounds_do_not_wait_for_a_script_that_prints_no_number(supervised: SupervisedHost) -> None:
    supervised.write("silent", "import time\nwhile True:\n    time.sleep(3600)\n")
    supervised.start()
    assert [*supervised.wait_for(RoundCompleted).readings] == ["timestamp"]


def test_a_script_that_prints_without_end_harms_nobody(supervised: SupervisedHost) -> None:
    supervised.write("floods", "n = 0\nwhile True:\n    n += 1\n    print('n:', n)\n")
    supervised.write("counter", COUNTER)
    supervised.start()
    supervised.reading("floods", lambda reading: reading["n"] > 1000)
    supervised.reading("counter", lambda reading: reading["count"] > 10)
    assert supervised.stop()
    times = [each.time_ns for each in supervised.of(ReadingPublished, "floods")]
    assert all(later - earlier > GAP_NS * 0.9 for earlier, later in pairwise(times[:-1])), "the last one is at its end"
    assert len(supervised.of(LogWritten, "floods")) < 50 * ((times[-1] - times[0]) / NS_PER_S + 3)


def test_the_host_stops_a_script_that_sleeps_for_an_hour(supervised: SupervisedHost) -> None:
    supervised.write("sleeps", SLEEPS)
    supervised.start()
    assert supervised.reading("sleeps") == {"naps": 1}
    assert supervised.stop()
    assert not supervised.threads()


def test_a_person_restarts_a_script_that_sleeps(supervised: SupervisedHost) -> None:
    supervised.write("sleeps", SLEEPS)
    supervised.start()
    supervised.reading("sleeps")
    supervised.host.order("sleeps", Order.RESTART)
    supervised.reaches("sleeps", State.STOPPED)
    supervised.reaches("sleeps", State.RUNNING)
    assert supervised.reading("sleeps") == {"naps": 1}


def test_an_order_that_a_running_plugin_cannot_follow_leaves_a_script_alone(supervised: SupervisedHost) -> None:
    supervised.write("sleeps", SLEEPS)
    supervised.start()
    supervised.reading("sleeps")
    supervised.host.order("sleeps", Order.START)
    supervised.line("sleeps", "a running plugin knows no 'start'")
    assert len(supervised.of(ReadingPublished, "sleeps")) == 1


def test_a_new_version_replaces_a_script_that_sleeps(supervised: SupervisedHost) -> None:
    supervised.write("sleeps", SLEEPS)
    supervised.start()
    supervised.reading("sleeps")
    supervised.write("sleeps", SLEEPS.replace("naps: 1", "naps: 2"))
    supervised.wait_for(PluginReloaded, "sleeps")
    assert supervised.reading("sleeps") == {"naps": 2}
    assert [each.after for each in supervised.of(StateChanged, "sleeps")] == [State.LOADING, State.RUNNING]


def test_a_script_runs_on_if_its_new_version_does_not_compile(supervised: SupervisedHost) -> None:
    supervised.write(
        "counts", "import time\nn = 0\nwhile True:\n    n += 1\n    print('n:', n)\n    time.sleep(0.06)\n"
    )
    supervised.start()
    supervised.reading("counts", lambda reading: reading["n"] > 2)
    supervised.write("counts", "import time\nwhile True\n")
    supervised.line("counts", "the new version is not taken, the old one runs on")
    before = supervised.reading("counts")["n"]
    assert supervised.reading("counts")["n"] == before + 1


def test_a_driver_can_replace_a_script_and_a_script_a_driver(supervised: SupervisedHost) -> None:
    supervised.write("sleeps", SLEEPS)
    supervised.start()
    supervised.reading("sleeps")
    supervised.write("sleeps", "def read():\n    return {'naps': 3}\n")
    supervised.reading("sleeps", lambda reading: reading == {"naps": 3})
    supervised.write("sleeps", SLEEPS)
    supervised.reading("sleeps", lambda reading: reading == {"naps": 1})


def test_a_script_that_ends_runs_again_once_an_interval(supervised: SupervisedHost) -> None:
    supervised.write("once", "import random\nprint('dice:', random.randint(1, 6))\n")
    supervised.start()
    assert 1 <= supervised.reading("once")["dice"] <= 6
    assert 1 <= supervised.reading("once")["dice"] <= 6


def test_a_script_that_gives_up_reports_an_error_and_runs_again(supervised: SupervisedHost) -> None:
    supervised.write("gives_up", "import sys, time\nif time.time() > 0:\n    sys.exit('no sensor found')\n")
    supervised.start()
    assert supervised.failure("gives_up") == "it ended itself: no sensor found"
    supervised.failure("gives_up")
    told = [each.text for each in supervised.of(LogWritten, "gives_up")]
    assert told == ["run reports: it ended itself: no sensor found"]


def test_a_script_works_again_when_it_prints_a_number(supervised: SupervisedHost) -> None:
    supervised.configure(MAY_USE_LIGHT)
    supervised.wires.unplugged.add(0x23)
    supervised.write("light", LIGHT)
    supervised.start()
    supervised.failure("light", "0x23")
    supervised.wires.unplugged.clear()
    assert supervised.reading("light")["Light"] > 0
    supervised.line("light", "run works again")


def test_a_script_that_crashes_is_restarted_with_a_traceback(supervised: SupervisedHost) -> None:
    supervised.write("crashes", "import time\nprint('a: 1')\ntime.sleep(0.01)\n{}['gain']\n")
    supervised.start()
    report = supervised.crash("crashes").report
    assert report.call == "run"
    assert report.problem == "KeyError: 'gain' in crashes.py line 4"
    assert [each.text for each in report.lines] == ["a: 1"]
    supervised.reaches("crashes", State.QUARANTINED)


def test_a_loop_without_a_sign_of_life_is_a_hang_and_is_not_repeated(supervised: SupervisedHost) -> None:
    limits = {"plugins.hangs.limits": {"call_seconds": 0.2}}
    supervised.configure({"plugins.hangs": {"permissions": ["i2c:1:0x23"]}, **limits})
    supervised.write("hangs", "from host import i2c\nprint('begun')\nwhile True:\n    i2c.read(0x23, 2)\n")
    supervised.start()
    crashed = supervised.crash("hangs")
    assert crashed.report.kind == CrashKind.DEADLINE
    assert "for 0.2 s (call_seconds), the script did not sleep, print a line" in crashed.report.problem
    assert crashed.report.problem.endswith("its last access to a bus came from hangs.py line 4")
    moves = supervised.of(StateChanged, "hangs")
    assert not any(each.is_searching for each in moves)


def test_what_a_script_does_between_two_sleeps_counts_as_a_call(supervised: SupervisedHost) -> None:
    supervised.configure(MAY_USE_LIGHT)
    supervised.write("light", LIGHT)
    supervised.start()
    counters = supervised.counters("light", lambda counters: counters.calls > 4)
    assert counters.transfers > 1
    assert counters.memory_bytes > 1 << 20
    assert counters.call_max_ns < 150_000_000
    assert not supervised.of(CountersTaken, "light")[-1].counters.errors


def test_a_script_may_be_granted_what_it_lacks_while_it_runs(supervised: SupervisedHost) -> None:
    supervised.write("light", LIGHT)
    supervised.start()
    supervised.failure("light", "i2c:1:0x23")
    supervised.configure(MAY_USE_LIGHT)
    assert supervised.reading("light")["Light"] > 0
