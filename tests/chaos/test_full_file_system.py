"""A file system that is really full, with the broker's state and the host's history on it: no reading is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hostcore.clock import NS_PER_S, timestamp
from hostcore.history.answers import series_in
from tests.broker import Broker
from tests.chaos import real
from tests.chaos.account import compare
from tests.waiting import until

SIZE_MIB = 4
PATIENCE = 30.0


class Disk:
    """A small file system."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._filler = folder, folder / "filler"

    def fill(self) -> None:
        """Leave not a byte."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 16, 1):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))
        assert not os.statvfs(self.folder).f_bavail

    def empty(self) -> None:
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / real.STATE
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "none", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def saves(broker: Broker) -> int:
    """How often the broker has begun to save its state."""
    return broker.log.count("Saving in-memory database")


@pytest.mark.thorough
def test_no_reading_is_lost_and_all_goes_on_when_there_is_room_again(
    disk: Disk, tmp_path: Path, cache_folder: Path
) -> None:
    state = disk.folder / "broker"
    state.mkdir()
    with real.stage(tmp_path, state) as (broker, proxy, subscriber):
        host = real.Process(tmp_path, broker, proxy.port)

        def read_more(count: int) -> None:
            wanted = len(host.read()) + count
            until(lambda: len(host.read()) >= wanted, PATIENCE)

        def all_came() -> bool:
            return not compare(host.read()[:-10], subscriber.got[:]).lost

        host.start()
        read_more(20)
        disk.fill()
        before = saves(broker)
        os.kill(broker.pid, signal.SIGUSR1)
        until(lambda: saves(broker) > before, PATIENCE)
        read_more(20)
        until(all_came, PATIENCE)  # the newest ones go on

        proxy.close()
        read_more(30)  # more than one write of the history fails
        proxy.open()
        until(all_came, PATIENCE)  # what waited was in memory

        proxy.close()
        disk.empty()
        read_more(20)
        time.sleep(real.COMMIT_SECONDS + 1)  # the history is written again
        host.kill()
        killed_ns, read = time.time_ns(), host.read()
        host.start()
        proxy.open()
        last_write = timestamp(killed_ns - round((real.COMMIT_SECONDS + 0.5) * NS_PER_S))
        written = [each for each in read if timestamp(each.time_ns) < last_write]
        until(lambda: not compare(written, subscriber.got[:]).lost, PATIENCE)
        host.stop()
        account = compare(host.read(), subscriber.got[:])
        print(account)
        assert not account.strange and not account.disordered
        (history,) = disk.folder.rglob("*.sqlite")
        assert sum(each.count for each in series_in(history)) > len(read), "with what was read while there was no room"
