"""A replay as lines for a person: its calls, their transfers, and where they left the recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hostcore.cli.lines import local_time
from hostcore.events import Outcome, TransferCompleted
from hostcore.hostcall import Err
from hostcore.log.safe_text import escaped
from hostcore.place import BusKind
from hostcore.recording.model import Ending, Header, Recording
from hostcore.replay.player import Divergence, Request
from hostcore.replay.running import Played
from hostcore.runtime.contract import PACKAGE

RAISED = f"{PACKAGE}python-wire#raised"
SHOWN_BYTES = 24
"""Most bytes of a message that a line shows."""
SHOWN_RESULT = 400
"""Most characters of a result that a line shows."""
INDENT = "      "


def head(recording: Recording) -> Iterator[str]:
    """Say what the recording is of."""
    header = recording.header
    yield (
        f"{escaped(header.plugin)} ({escaped(header.file)}), recorded from {local_time(header.began_ns)} on "
        f"{escaped(header.machine) or 'an unknown computer'} by wasi-host {escaped(header.host_version)}"
    )
    if header.simulated:
        yield f"simulated: {escaped(', '.join(header.simulated))}"
    if recording.skipped:
        yield f"{recording.skipped:,} calls after its load are not kept; it goes on from a checkpoint"
    if recording.problem:
        yield f"the recording is not whole: {escaped(recording.problem)}"


def call_lines(played: Played, transfers: Sequence[TransferCompleted]) -> Iterator[str]:
    """Show a call: its transfers, and what it returned."""
    call = played.recorded
    name = call.function.partition("#")[2] or call.function or "start"
    yield f"#{played.number} {escaped(name)}  {local_time(call.began_ns)}, took {call.took_us / 1000:.1f} ms"
    yield from (f"{INDENT}{line}" for each in transfers for line in _transfer(each))
    yield from (f"{INDENT}{line}" for line in _result(played.result))
    if not played.has_same_result and played.divergence is None:
        yield from (f"{INDENT}recorded: {line}" for line in _result(call.result))


def divergence_lines(found: Divergence, header: Header) -> Iterator[str]:
    """Show both sides of the first place where a replay left the recording."""
    if found.asked is None and found.recorded is not None and found.recorded.name == RAISED:
        yield f"call #{found.call}: the recorded version crashed here, and this one does not"
        return
    yield f"call #{found.call}, crossing {found.crossing + 1}: it left the recording"
    yield f"  recorded  {_request(found.recorded) if found.recorded else 'nothing more in this call'}"
    yield f"  now       {_request(found.asked) if found.asked else 'the call ended'}"
    line = _line(found.asked) or _line(found.recorded)
    if line:
        yield f"  {escaped(header.file)} line {line}"


def _transfer(transfer: TransferCompleted) -> Iterator[str]:
    parts = [str(transfer.bus)]
    if transfer.address is not None:
        parts.append(f"0x{transfer.address:02x}" if transfer.bus.kind is BusKind.I2C else str(transfer.address))
    parts += [f"{'w' if message.written else 'r'} {_bytes(message.data)}" for message in transfer.messages]
    if transfer.edges:
        parts.append(f"{len(transfer.edges)} edges")
    if transfer.outcome is not Outcome.OK:
        parts.append(f"{transfer.outcome}: {escaped(transfer.detail)}")
    if transfer.source_line:
        parts.append(f"(line {transfer.source_line})")
    yield "  ".join(parts)


def _bytes(data: bytes) -> str:
    beyond = len(data) - SHOWN_BYTES
    return data[:SHOWN_BYTES].hex(" ") + (f" and {beyond} more" if beyond > 0 else "")


def _result(result: Any) -> Iterator[str]:
    if isinstance(result, Ending):
        yield f"crashed ({result.kind})" if result.kind else "was stopped"
        yield from map(escaped, (result.traceback or result.problem).splitlines())
    elif isinstance(result, Err):
        yield f"error: {escaped(str(result.value))}"
    elif result is not None:
        text = ", ".join(sorted(result)) if isinstance(result, frozenset) else str(result)
        yield escaped(text[:SHOWN_RESULT]) + ("…" if len(text) > SHOWN_RESULT else "")


def _request(request: Request) -> str:
    arguments = request.arguments[1:] if _line(request) else request.arguments
    shown = ", ".join(_argument(each) for each in arguments)
    return f"{request.name.removeprefix(PACKAGE).removeprefix('python-wire#')}({shown})"


def _argument(value: Any) -> str:
    if isinstance(value, str) and value and max(value) <= "\xff" and not value.isprintable():
        return _bytes(value.encode("latin-1"))
    return _bytes(value) if isinstance(value, bytes) else escaped(repr(value)[:SHOWN_RESULT])


def _line(request: Request | None) -> int:
    """The line of the plugin's file that makes a request of the Python guest; 0 if it does not tell."""
    if request is None or not request.name.startswith(f"{PACKAGE}python-wire#") or not request.arguments:
        return 0
    place = request.arguments[0]
    return place & 0xFF_FFFF if isinstance(place, int) else 0
