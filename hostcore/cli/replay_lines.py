"""A replay as lines for a person: its calls, their transfers, and where they left the recording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hostcore.cli.lines import local_time
from hostcore.events import Outcome, TransferCompleted
from hostcore.faults.active import ON_DEMAND
from hostcore.hostcall import Err
from hostcore.log.safe_text import counted, escaped, log_line
from hostcore.place import Place
from hostcore.recording.model import Ending, Header, Recording
from hostcore.replay.answering import ACCESS, Divergence, Request
from hostcore.replay.running import Played
from hostcore.replay.transfers import WIRE, access_of, spoken
from hostcore.replay.versions import Step, Transferred, is_recorded_version
from hostcore.runtime.contract import PACKAGE
from hostcore.runtime.prepared import Prepared

RAISED = f"{PACKAGE}python-wire#raised"
SHOWN_BYTES = 24
"""Most bytes of a message that a line shows."""
SHOWN_RESULT = 400
"""Most characters of a result that a line shows."""
LONGEST_NAME = 100
"""Most characters of a name in a recording that a line shows."""
MOST_LINES = 20
"""Most lines of a call's output that are shown: the newest, which are next to a crash."""
MOST_TRANSFERS = 100
"""Most transfers of a call that are shown, the newest. A script makes all of its transfers in one call."""
INDENT = "      "
INJECTED = f"({ON_DEMAND})"


def head(recording: Recording) -> Iterator[str]:
    """Say what the recording is of."""
    header = recording.header
    plugin, file, machine, version = (
        log_line(each, LONGEST_NAME) for each in (header.plugin, header.file, header.machine, header.host_version)
    )
    yield (
        f"{plugin} ({file}), recorded from {local_time(header.began_ns)} on {machine or 'an unknown computer'} "
        f"by wasi-host {version}"
    )
    if header.simulated:
        yield f"simulated: {log_line(', '.join(header.simulated), SHOWN_RESULT)}"
    if recording.skipped:
        yield f"{recording.skipped:,} calls after its load are not kept; it goes on from a checkpoint"
    if recording.problem:
        yield f"the recording is not whole: {log_line(recording.problem, SHOWN_RESULT)}"


def version_lines(prepared: Prepared, recording: Recording) -> Iterator[str]:
    """Say how another version than the recorded one is compared."""
    if is_recorded_version(prepared, recording):
        return
    if prepared.source == recording.header.source:
        other = "another version of this component" if prepared.source is None else "another Python runtime"
        yield f"it was recorded with {other}, so the replay is approximate: only accesses are compared"
    if recording.skipped:
        yield (
            f"the {recording.skipped:,} calls that are not kept are left out: it goes on as it was after its first "
            "call, because a checkpoint holds the memory of the recorded version"
        )


def step_lines(step: Step) -> Iterator[str]:
    """Show a call: its transfers, its output, and what it returned."""
    played = step.played
    call = played.recorded
    name = call.function.partition("#")[2] or call.function or "start"
    guess = "  a guess" if played.is_guess else ""
    yield f"#{played.number} {escaped(name)}  {local_time(call.began_ns)}, took {call.took_us / 1000:.1f} ms{guess}"
    if len(step.transfers) > MOST_TRANSFERS:
        yield f"{INDENT}{counted(len(step.transfers) - MOST_TRANSFERS, 'earlier transfer')}: --json has all"
    yield from (f"{INDENT}{line}" for each in step.transfers[-MOST_TRANSFERS:] for line in _transferred(each))
    if len(step.said) > MOST_LINES:
        yield f"{INDENT}says: ... (the newest {MOST_LINES} lines)"
    yield from (f"{INDENT}says: {escaped(line)}" for line in step.said[-MOST_LINES:])
    if not played.has_left:
        yield from (f"{INDENT}{line}" for line in _result(played.result))
    if not played.has_same_result and played.divergence is None:
        yield from (f"{INDENT}recorded: {line}" for line in _result(call.result))


def end_lines(last: Played, *, is_recorded: bool) -> Iterator[str]:
    """Say if the last call crashed in one of the two versions alone.

    Args:
        last: the last call.
        is_recorded: whether it is the recorded version, which goes on as recorded also where the recording is cut.
    """
    ending = last.recorded.ending
    if last.has_left:
        return
    if ending is not None and ending.kind is not None and not isinstance(last.result, Ending):
        yield f"call #{last.number}: the recorded version crashed here, and this one does not"
    elif last.has_crashed and (ending is None or ending.kind is None) and not is_recorded:
        yield f"call #{last.number}: this version crashes here, and the recorded one does not"


def divergence_lines(found: Divergence, header: Header, *, goes_on: bool = False) -> Iterator[str]:
    """Show both sides of the first place where a replay left the recording.

    Args:
        found: the place.
        header: of the recording.
        goes_on: whether the replay went on with guesses.
    """
    if found.asked is None and found.recorded is not None and found.recorded.name == RAISED:
        yield f"call #{found.call}: the recorded version crashed here, and this one does not"
        return
    yield f"call #{found.call}, {found.counts} {found.crossing + 1}: it left the recording"
    nothing = "the crash of the recorded version" if found.has_crashed else "nothing more in this call"
    yield f"  recorded  {_request(header, found.recorded) if found.recorded else nothing}"
    yield f"  now       {_request(header, found.asked) if found.asked else 'the call ended'}"
    line = _line(found.asked) or _line(found.recorded)
    if line:
        yield f"  {escaped(header.file)} line {line}"
    if goes_on:
        yield "what is shown after that rests on guessed answers"
    elif found.counts == ACCESS:
        yield "go on with guessed answers: --guess"


def _transferred(made: Transferred) -> Iterator[str]:
    yield from (f"{line}  a guess" if made.is_guess else line for line in _transfer(made.transfer))


def _transfer(transfer: TransferCompleted) -> Iterator[str]:
    parts = [Place(transfer.bus, transfer.address).short]
    parts += [f"{'w' if message.written else 'r'} {_bytes(message.data)}" for message in transfer.messages]
    if transfer.edges:
        parts.append(f"{len(transfer.edges)} edges")
    if transfer.outcome is not Outcome.OK:
        parts.append(f"{transfer.outcome}: {escaped(transfer.detail)}")
    if transfer.is_injected and not transfer.detail.endswith(INJECTED):
        parts.append(INJECTED)
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


def _request(header: Header, request: Request) -> str:
    """An access as the messages that it asks for, and anything else as the call of the function."""
    access = access_of(header, request.name, request.arguments)
    if access is not None and (access.sent or access.reads):
        place = Place(access.bus, access.address).short
        written = [f"w {_bytes(message.data)}" for message in access.sent]
        return "  ".join([place, *written, *(f"r {counted(each, 'byte')}" for each in access.reads)])
    _, _, arguments = spoken(request.name, request.arguments)
    shown = ", ".join(_argument(each) for each in arguments)
    return f"{request.name.removeprefix(PACKAGE).removeprefix(WIRE)}({shown})"


def _argument(value: Any) -> str:
    if isinstance(value, str) and value and max(value) <= "\xff" and not value.isprintable():
        return _bytes(value.encode("latin-1"))
    return _bytes(value) if isinstance(value, bytes) else escaped(repr(value)[:SHOWN_RESULT])


def _line(request: Request | None) -> int:
    """The line of the plugin's file that makes a request of the Python guest; 0 if it does not tell."""
    return 0 if request is None else spoken(request.name, request.arguments)[1]
