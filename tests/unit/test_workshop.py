"""Long work runs in a process of its own: it is told about, it can be stopped, and its failure says why."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.errors import BuildError, OverdueError, StalledError
from hostcore.workshop import NICE, Watch, Workshop, about
from tests.waiting import soon, until


def run(workshop: Workshop, program: str, folder: Path) -> None:
    workshop.run("Making it", [sys.executable, "-c", program], folder, 3.0)


def failure(workshop: Workshop, program: str, folder: Path) -> str:
    with pytest.raises(BuildError) as error:
        run(workshop, program, folder)
    return str(error.value)


def test_work_is_done_in_its_folder(tmp_path: Path) -> None:
    run(Workshop(), "open('made', 'w').write('x')", tmp_path)
    assert (tmp_path / "made").read_text() == "x"


def test_whoever_watches_sees_it_begin_and_end(tmp_path: Path) -> None:
    seen: list[tuple[str, float, float]] = []
    run(Workshop(lambda *told: seen.append(told)), "import time; time.sleep(0.15)", tmp_path)
    assert {task for task, _, _ in seen} == {"Making it"}
    assert seen[0][1] < 0.1
    assert seen[0][2] == 3.0
    assert [elapsed for _, elapsed, _ in seen[:-1]] == sorted(elapsed for _, elapsed, _ in seen[:-1])
    assert seen[-1] == ("Making it", 0, 0)


def test_a_failure_ends_with_the_last_words(tmp_path: Path) -> None:
    program = "import sys; print('first', flush=True); print('last', file=sys.stderr); sys.exit(3)"
    assert failure(Workshop(), program, tmp_path) == "Making it failed: first\nlast"


def test_of_many_words_only_the_last_are_kept(tmp_path: Path) -> None:
    message = failure(Workshop(), "for n in range(1000): print(n)\nraise SystemExit(1)", tmp_path)
    assert message.splitlines()[-1] == "999"
    assert len(message.splitlines()) == 12


def test_a_silent_failure_says_that_it_was_silent(tmp_path: Path) -> None:
    assert failure(Workshop(), "raise SystemExit(1)", tmp_path) == "Making it failed: it printed nothing"


def test_what_it_prints_need_not_be_text(tmp_path: Path) -> None:
    program = r"import os; os.write(1, b'\xff\xfe bad'); os._exit(1)"
    assert failure(Workshop(), program, tmp_path) == "Making it failed: \ufffd\ufffd bad"


def test_a_process_that_the_kernel_killed_is_told_apart(tmp_path: Path) -> None:
    message = failure(Workshop(), "import os; os.kill(os.getpid(), 9)", tmp_path)
    assert message == "Making it was killed by signal 9; did the memory run out?"


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"Making it: cannot run /no/such/program: No such file"):
        Workshop().run("Making it", ["/no/such/program"], tmp_path, 1.0)


def test_work_under_way_is_stopped_from_another_thread(tmp_path: Path) -> None:
    begun = threading.Event()
    pid = tmp_path / "pid"
    workshop = Workshop(lambda _task, _elapsed, _expected: begun.set() if pid.exists() else None)
    program = "import os, time; open('p', 'w').write(str(os.getpid())); os.rename('p', 'pid'); time.sleep(60)"
    outcome: list[str] = []
    worker = threading.Thread(target=lambda: outcome.append(failure(workshop, program, tmp_path)))
    worker.start()
    assert begun.wait(10)
    with soon():
        workshop.stop()
        worker.join(10)
        assert outcome == ["Making it: stopped"]
    assert not alive(int(pid.read_text())), "its process is gone"


def test_a_stopped_workshop_takes_no_more_work(tmp_path: Path) -> None:
    workshop = Workshop()
    assert not workshop.stopped
    workshop.stop()
    assert workshop.stopped
    assert failure(workshop, "import time; time.sleep(60)", tmp_path) == "Making it: stopped"


class Terminal(io.StringIO):
    """A terminal's screen of one line."""

    def isatty(self) -> bool:
        return True


def screen(out: Terminal) -> list[str]:
    """The lines that a person sees: what was drawn and erased is gone."""
    return [line.rpartition("\r\x1b[2K")[2] for line in out.getvalue().split("\n")]


def test_a_terminal_shows_a_bar_that_grows_but_is_never_full_before_the_end() -> None:
    out = Terminal()
    progress = TerminalProgress(out)
    lengths = []
    for elapsed in (0, 1, 5, 10, 60):
        progress("Building", elapsed, 10)
        (line,) = screen(out)
        assert line.startswith("Building [")
        assert line.endswith(f"] {elapsed} s {'of' if elapsed <= 10 else 'instead of'} about 10 s")
        lengths.append(line.count("#"))
    assert lengths == sorted(lengths)
    assert lengths[0] == 0
    assert len(set(lengths)) > 3
    progress("Building", 0, 0)
    assert screen(out) == [""]


def test_a_program_in_the_background_draws_nothing_on_the_screen_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [os.getpgrp()]
    monkeypatch.setattr(os, "tcgetpgrp", lambda _fd: groups[0])
    monkeypatch.setattr(Terminal, "fileno", lambda _self: 2)
    out = Terminal()
    progress = TerminalProgress(out)
    progress.status("working")
    groups[0] += 1
    progress.status("still working")
    progress.status("")
    assert out.getvalue() == "working"
    groups[0] -= 1
    progress.status("done")
    assert out.getvalue() == "workingdone"


def test_a_line_goes_above_the_bar() -> None:
    out = Terminal()
    progress = TerminalProgress(out)
    progress("Building", 1, 10)
    progress.line("a log line")
    progress("Building", 2, 10)
    assert screen(out)[0] == "a log line"
    assert screen(out)[1].startswith("Building [")


def test_a_status_that_is_longer_than_the_terminal_is_cut_and_leaves_no_lines_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda _fd: os.terminal_size((40, 24)))
    monkeypatch.setattr(Terminal, "fileno", lambda _self: 2)
    out = Terminal()
    progress = TerminalProgress(out)
    for number in range(3):
        progress.status(f"CANNOT KEEP UP, {number} s behind - 1,571 messages/s - 2,875 not confirmed")
        progress("Building python-runtime-58ee4111.wasm", 1, 10)
        assert max(map(len, out.getvalue().replace("\x1b[2K", "").split("\r"))) == 39
    progress.status("")
    assert screen(out) == [""]


def test_without_a_terminal_each_task_has_a_line_at_its_begin_and_every_half_a_minute() -> None:
    out = io.StringIO()
    progress = TerminalProgress(out)
    for elapsed in range(70):
        progress("Building", elapsed, 400)
        progress("Compiling", elapsed / 10, 7)
    progress("Building", 0, 0)
    progress.line("a log line")
    assert out.getvalue().splitlines() == [
        "Building (about 7 min on this computer, estimated) ...",
        "Compiling (about 7 s on this computer, estimated) ...",
        "Building: 30 s of about 7 min",
        "Building: 60 s of about 7 min",
        "a log line",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 s"), (7.4, "about 7 s"), (89, "about 89 s"), (95, "about 2 min"), (366, "about 6 min")],
)
def test_a_duration_is_given_as_people_do(seconds: float, words: str) -> None:
    assert about(seconds) == words


# One at a time, and modest


class Counting:
    """A progress that counts the tasks that run at the same time."""

    def __init__(self) -> None:
        self.running: set[str] = set()
        self.most = 0

    def __call__(self, task: str, elapsed: float, expected: float) -> None:
        if expected:
            self.running.add(task)
            self.most = max(self.most, len(self.running))
        else:
            self.running.discard(task)


def run_together(workshop: Workshop, folder: Path, programs: list[str]) -> None:
    threads = [
        threading.Thread(target=workshop.run, args=(f"task {number}", ["sh", "-c", program], folder, 1.0))
        for number, program in enumerate(programs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_one_task_runs_at_a_time(tmp_path: Path) -> None:
    progress = Counting()
    run_together(Workshop(progress), tmp_path, ["sleep 0.05"] * 3)
    assert progress.most == 1


def test_more_run_at_the_same_time_if_that_is_allowed(tmp_path: Path) -> None:
    meet = "touch {0}; until [ -e {1} ]; do sleep 0.01; done"
    run_together(Workshop(at_once=2), tmp_path, [meet.format("a", "b"), meet.format("b", "a")])
    assert {each.name for each in tmp_path.iterdir()} == {"a", "b"}


def test_a_task_that_waits_for_its_turn_is_stopped_too(tmp_path: Path) -> None:
    begun = threading.Event()
    workshop = Workshop(lambda _task, _elapsed, _expected: begun.set())
    outcomes: list[str] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(failure(workshop, "import time; time.sleep(60)", tmp_path)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    workshop.stop()
    for thread in threads:
        thread.join(10)
    assert outcomes == ["Making it: stopped"] * 3


def test_a_task_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(OverdueError, match="Making it was ended after 0 s"):
        Workshop().run("Making it", ["sleep", "60"], tmp_path, 1.0, limit=0.01)


def test_a_task_that_does_not_get_on_is_ended(tmp_path: Path) -> None:
    with pytest.raises(StalledError, match="Making it was ended: nothing happened for 0 s"):
        Workshop().run("Making it", ["sleep", "60"], tmp_path, 1.0, watch=Watch(lambda: "unchanged", 0.01))


def test_a_task_that_gets_on_may_take_longer_than_the_patience(tmp_path: Path) -> None:
    looks = iter(range(1_000_000))
    Workshop().run("Making it", ["sleep", "0.3"], tmp_path, 1.0, watch=Watch(lambda: next(looks), 0.0))
    assert next(looks) > 1


MODEST = """
import os, resource, signal
from hostcore.workshop import be_modest
be_modest(300 << 20, 77, 5 << 20)
print(os.nice(0), open("/proc/self/oom_score_adj").read().strip(), resource.getrlimit(resource.RLIMIT_DATA)[0] >> 20)
print(resource.getrlimit(resource.RLIMIT_CPU)[0], resource.getrlimit(resource.RLIMIT_FSIZE)[0] >> 20)
"""
PARENT = """
import subprocess, sys
child = "from hostcore.workshop import be_modest; be_modest(); print('ready', flush=True); import time; time.sleep(60)"
process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE)
process.stdout.readline()
print(process.pid, flush=True)
"""


def test_long_work_has_a_low_priority_ends_first_and_has_limits() -> None:
    done = subprocess.run([sys.executable, "-c", MODEST], capture_output=True, text=True, check=True)
    nice, oom, mib, seconds, file_mib = map(int, done.stdout.split())
    assert nice >= NICE
    assert oom == 1000
    assert mib == 300
    assert seconds == 77
    assert file_mib == 5


def test_long_work_ends_with_the_host_that_wanted_it() -> None:
    done = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, check=True)
    until(lambda: not alive(int(done.stdout)), 10)


def alive(process: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
