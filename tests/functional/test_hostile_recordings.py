"""A hostile recording, given to ``wasi-host replay``, reaches no bus, socket or other file, and ends in words."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.recording.contents import Packed, packed_checkpoint, packed_header, read_recording
from hostcore.recording.file import MAGIC, Kind, frames_of, written
from hostcore.recording.model import Checkpoint, Header, Limits
from hostcore.recording.segments import CALL, END, Times, packed_segment
from hostcore.recording.values import pack
from tests.replaying import Recorded
from tests.sandbox import Sandbox

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(300)]
SOURCE = "from host import i2c\ndef read():\n    return {'light': i2c.read(0x23, 2)[0]}\n"
TERMINAL = "\x1b]0;x\x07\x1b[2J\u202e\nroot#"
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")
FORBIDDEN = re.compile(r'"(/dev/(i2c|gpio|spi|mem|tty\w*\d|serial)|/etc/(passwd|shadow))|connect\(|AF_INET')
STRACE = ("strace", "-f", "-qq", "-e", "trace=openat,connect,socket", "-o")
PATIENCE = 120


@dataclass(frozen=True)
class Whole:
    """A recording of two calls, from which forgeries are made."""

    header: Header
    beginning: tuple[bytes, ...]
    segments: tuple[bytes, ...]

    def forged(
        self, *, checkpoint: Checkpoint | None = None, segments: tuple[bytes, ...] = (), **header: object
    ) -> bytes:
        """The file with another header, a checkpoint, or other segments."""
        packed = None if checkpoint is None else packed_checkpoint(checkpoint)
        parts = packed_header(replace(self.header, **header)), self.beginning, packed, segments or self.segments
        return Packed(*parts).content()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[Whole]:
    sandbox = Sandbox(tmp_path_factory.mktemp("forged"), cache_folder, VirtualClock())
    recorded = Recorded(sandbox)
    plugin = recorded.load(SOURCE, "i2c:1:0x23")
    plugin.read(), plugin.read()
    frames = list(frames_of(recorded.content))
    sandbox.close()
    beginning = tuple(inner for kind, inner in frames if kind is Kind.BEGINNING)
    segments = tuple(inner for kind, inner in frames if kind is Kind.SEGMENT)
    yield Whole(recorded.recording.header, beginning, segments)


def calls(count: int, function: str = "driver#read", *arguments: object) -> tuple[bytes, ...]:
    """A segment of calls that ask for nothing."""
    times, one = Times(), pack((CALL, function, arguments)) + pack((END, "{}"))
    times.starts.frombytes(bytes(8 * count))
    times.gaps.frombytes(bytes(8 * count))
    return (packed_segment(one * count, times),)


def crossings(count: int) -> bytes:
    """A segment of host functions that were called within nothing."""
    times = Times()
    times.gaps.frombytes(bytes(8 * count))
    times.durations.frombytes(bytes(8 * count))
    return packed_segment(pack((0, (), None)) * count, times)


Forge = Callable[[Whole], bytes]
ATTACKS: dict[str, Forge] = {
    "permissions and buses": lambda it: it.forged(
        permissions=("i2c:1", "gpio:4:out"), buses=("i2c-1", "i2c-7"), simulated=()
    ),
    "names of files": lambda it: it.forged(file="/etc/passwd", plugin="../../etc/shadow", buses=("../../dev/mem",)),
    "opens a file": lambda it: it.forged(source="open('/etc/passwd').read()\n" + SOURCE),
    "opens a socket": lambda it: it.forged(source="import socket\nsocket.create_connection(('127.0.0.1', 80))"),
    "wants libraries": lambda it: it.forged(source='# /// script\n# dependencies = ["requests"]\n# ///\n' + SOURCE),
    "acts on a terminal": lambda it: it.forged(plugin=TERMINAL, file=TERMINAL, machine=TERMINAL, host_version=TERMINAL),
    "imports that act on a terminal": lambda it: it.forged(
        imports=tuple(TERMINAL + each for each in it.header.imports)
    ),
    "time that never ends": lambda it: it.forged(limits=Limits(float("inf"), 64, 65_536)),
    "time that is no number": lambda it: it.forged(limits=Limits(float("nan"), 64, 65_536)),
    "an endless loop": lambda it: it.forged(source="while True: pass", limits=Limits(1.0, 64, 65_536)),
    "all memory": lambda it: it.forged(source="all = []\nwhile True: all.append(bytes(1_000_000))"),
    "a function that is not there": lambda it: it.forged(segments=calls(1, "driver#nope")),
    "another load": lambda it: it.forged(segments=calls(1, "python-runtime#load", "x.py", "while True: pass")),
    "a giant argument": lambda it: it.forged(segments=calls(1, "display#update", "x" * (40 << 20))),
    "a bomb of zeros": lambda it: it.forged(segments=(zlib.compress(bytes(64 << 20), 9),) * 20),
    "a bomb of crossings": lambda it: it.forged(segments=(crossings(9_000_000),) * 4),
    "deep values": lambda it: it.forged(segments=(packed_segment(b"\x91" * 10_000 + b"\x01", Times()),)),
    "a checkpoint of 4 GiB": lambda it: it.forged(checkpoint=Checkpoint(5, 4 << 30, {1_048_575: b"x" * 4096})),
    "a checkpoint over all": lambda it: it.forged(
        checkpoint=Checkpoint(5, 20 << 20, dict.fromkeys(range(5000), b"\xff" * 4096))
    ),
    "a frame of 4 GiB": lambda _it: MAGIC + b"\x01\xff\xff\xff\xff" + bytes(104),
    "a million frames": lambda it: written(
        [(Kind.HEADER, packed_header(it.header)), *[(Kind.PROBLEM, b"x")] * 1_000_000]
    ),
    "a header that is a list": lambda _it: written([(Kind.HEADER, pack((1, 2, 3)))]),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_powerless(attack: str, whole: Whole, tmp_path: Path, cache_folder: Path) -> None:
    (tmp_path / "host.toml").write_text(f'[host]\ncache_folder = "{cache_folder}"\n')
    (tmp_path / "forged.recording").write_bytes(ATTACKS[attack](whole))
    trace = tmp_path / "trace"
    traced = [*STRACE, str(trace)] if shutil.which("strace") else []
    command = [*traced, str(Path(sys.executable).with_name("wasi-host")), "replay", "forged.recording"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE)
    said = ended.stdout + ended.stderr
    assert ended.returncode in {0, 1}
    assert said.startswith(("wasi-host: ", "probe (", "../../etc/shadow (", "\\x1b]0;x"))
    assert CONTROLS.findall(said) == []
    assert "hostcore/" not in said, "a traceback of the host"
    if traced:
        assert [line for line in trace.read_text().splitlines() if FORBIDDEN.search(line)] == []


def test_the_forgeries_begin_as_a_recording_that_is_whole(whole: Whole) -> None:
    assert read_recording(whole.forged()).problem == ""
