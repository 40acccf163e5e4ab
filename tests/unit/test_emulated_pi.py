"""The place for the processes of an emulated Pi: what it measures, and whom it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pi.memory import MIB, CgroupRoom, MeasuredRoom, Room, Watcher, _own_cgroups, how_limited, make_room

LIMIT = 200 * MIB
HOLD = "import sys; held = bytearray(b'x') * (int(sys.argv[1]) << 20); print('held', flush=True); sys.stdin.readline()"


def cgroup() -> Room:
    for parent, _ in _own_cgroups():
        try:
            return CgroupRoom(parent, LIMIT)
        except OSError:
            continue
    pytest.skip("no cgroup can be made here: root can, or a user to whom systemd has delegated one")


def measured() -> Room:
    return MeasuredRoom("python", LIMIT)


class Holder:
    """A process that holds memory in a room, until it is let go."""

    def __init__(self, room: Room, mib: int) -> None:
        command = room.command([sys.executable, "-c", HOLD, str(mib)])
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def held(self) -> str:
        """Wait until it holds the memory. Returns "" if it could not."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def end(self) -> int:
        """Let it go. Returns its status."""
        self._process.communicate()
        return self._process.returncode


@pytest.mark.parametrize("make", [cgroup, measured])
class TestARoom:
    def test_knows_the_peak_of_its_processes_together(self, make: Callable[[], Room]) -> None:
        room = make()
        holders = [Holder(room, 40), Holder(room, 40)]
        assert [each.held() for each in holders] == ["held", "held"]
        room.look()
        assert [each.end() for each in holders] == [0, 0]
        peak = room.leave()
        assert 80 * MIB < peak.own < 150 * MIB
        assert peak.ended == 0

    def test_lets_no_process_have_more_than_its_limit(self, make: Callable[[], Room]) -> None:
        room = make()
        holder = Holder(room, 300)
        holder.held()
        room.look()
        assert holder.end() != 0
        room.leave()

    def test_stops_what_grows_at_once(self, make: Callable[[], Room]) -> None:
        room = make()
        holder = Holder(room, 5 * LIMIT // MIB)
        assert holder.held() == "", "it had no time to be measured"
        assert holder.end() != 0
        room.leave()

    def test_lets_processes_together_not_have_more_than_its_limit(self, make: Callable[[], Room]) -> None:
        room = make()
        holders = [Holder(room, 120), Holder(room, 120)]
        for each in holders:
            each.held()
        watcher = Watcher(room)
        peak = watcher.close()
        statuses = [each.end() for each in holders]
        assert any(statuses), "at least one was ended"
        assert peak.ended > 0

    def test_ends_who_is_left_in_it(self, make: Callable[[], Room]) -> None:
        room = make()
        holder = Holder(room, 1)
        assert holder.held() == "held"
        room.leave()
        assert holder.end() < 0


def test_it_is_said_how_the_memory_is_limited() -> None:
    room = make_room(LIMIT)
    room.leave()
    assert ("cgroup (version" in how_limited()) is isinstance(room, CgroupRoom)


def test_no_cgroup_is_left_behind() -> None:
    make_room(LIMIT).leave()
    assert not [each for parent, _ in _own_cgroups() for each in Path(parent).glob(f"wasi-host-pi-{os.getpid()}-*")]
