"""Tests see signals even if their run was started by nohup or in the background."""

from __future__ import annotations

import signal
import subprocess
import sys

IGNORED = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP, signal.SIGCHLD)
BACKGROUND = f"""
import os, signal, sys
for number in {[int(each) for each in IGNORED]}:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
"""
"""Starts a program as nohup and a shell without job control do."""
TEST_RUN = """
import os, signal, subprocess, sys
from tests import signals
signals.listen()
for number in (signal.SIGINT, signal.SIGHUP):
    os.kill(os.getpid(), number)
sys.exit(subprocess.call([sys.executable, "-c", CHILD]))
"""
CHILD = f"""
import signal
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
assert all(signal.getsignal(each) is not signal.SIG_IGN for each in {[int(each) for each in IGNORED]})
assert not signal.pthread_sigmask(signal.SIG_BLOCK, [])
"""


def test_a_process_that_a_test_starts_in_the_background_sees_every_signal_and_the_run_survives_them() -> None:
    run = f"CHILD = {CHILD!r}\n{TEST_RUN}"
    assert subprocess.run([sys.executable, "-c", BACKGROUND, run], check=False).returncode == 0
