"""``wasi-host chip``: checks chip files, lists the chips, and shows one."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hostcore.chips.library import Library, library_with
from hostcore.chips.model import Answer, AnswerCondition, Chip, Command, Condition, Field, Register, Scale, Writes
from hostcore.chips.reading.problems import problems_of
from hostcore.cli.chip_json import chip_json, summary_json
from hostcore.cli.lines import terminal_width
from hostcore.config.finding import find_config
from hostcore.config.values import chips_folder
from hostcore.errors import HostError
from hostcore.log.safe_text import escaped, log_line
from hostcore.toml.words import nearest

_INDENT = " " * 4


def check(files: Sequence[Path]) -> int:
    """Check chip files, and print each mistake with its line.

    Returns:
        0 if all of them can be used, else 1.
    """
    good = True
    for file in files:
        problems = problems_of(file)
        for problem in problems:
            print(log_line(str(problem)))
        if not problems:
            print(f"{escaped(str(file))}: correct")
        good = good and not problems
    return 0 if good else 1


def list_chips(config_file: Path | None, *, as_json: bool = False) -> int:
    """Print the name of each chip file, its chips, their purpose and their addresses.

    Args:
        config_file: the settings file that the person named, if any. A folder ``chips`` beside it adds chips.
        as_json: print a JSON array instead.

    Returns:
        0, or 1 if a chip file cannot be used.
    """
    library = _library(config_file)
    chips = library.all()
    if as_json:
        print(json.dumps([summary_json(chip) for chip in chips]))
    else:
        print(*_table(chips), sep="\n")
    for problem in library.problems:
        print(log_line(f"left out: {problem}"), file=sys.stderr if as_json else sys.stdout)
    return 1 if library.problems else 0


def show(config_file: Path | None, name: str, *, as_json: bool = False) -> int:
    """Print all that the chip file says of a chip.

    Args:
        config_file: like that of `list_chips`.
        name: the name of the chip file, or of the chip.
        as_json: print one JSON object instead.

    Returns:
        0.

    Raises:
        HostError: there is no such chip, or its file cannot be used.
    """
    library = _library(config_file)
    chip = library.named(name)
    if chip is None and library.problems:
        raise library.problems[0]
    if chip is None:
        advice = nearest(name.lower(), library.names())
        raise HostError(f"no chip file {escaped(name)!r}{advice}; `wasi-host chip list` names all of them")
    lines = [json.dumps(chip_json(chip))] if as_json else map(escaped, _described(chip))
    print(*lines, sep="\n")
    return 0


def _table(chips: Sequence[Chip]) -> Iterator[str]:
    rows = [(chip.key, chip.title, chip.purpose, _addresses(chip)) for chip in chips]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for *cells, last in rows:
        yield escaped("  ".join([*(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)), last]))


def _library(config_file: Path | None) -> Library:
    return library_with(chips_folder(find_config(config_file, Path.cwd())))


def _addresses(chip: Chip) -> str:
    """Return the addresses of a chip as ``0x18 0x19``, or as a range if they follow each other."""
    ordered = sorted(chip.addresses)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"0x{ordered[0]:02x}-0x{ordered[-1]:02x}"
    return " ".join(f"0x{address:02x}" for address in ordered)


def _described(chip: Chip) -> Iterator[str]:
    yield f"{chip.title}: {chip.purpose} by {chip.maker}"
    yield from _wrapped(f"source: {chip.source}")
    yield from _wrapped("; ".join(_bus(chip)))
    for identity in chip.identity:
        values = " or ".join(f"0x{value:0{2 * identity.register.size}x}" for value in identity.values)
        yield from _wrapped(f"identity: {identity.register.name} reads {values}")
    yield from _wrapped("; ".join(_measurement(chip)))
    if chip.registers:
        yield from ("", "Registers")
        for register in chip.registers:
            yield from _register(register, chip.bus.register_bytes)
    if chip.commands:
        yield from ("", "Commands")
        for command in chip.commands:
            yield from _command(command)
    if chip.libraries:
        yield ""
        yield from _wrapped(f"libraries: {', '.join(chip.libraries)}")


def _bus(chip: Chip) -> Iterator[str]:
    bus = chip.bus
    yield f"I2C address {_addresses(chip)}"
    if bus.fastest_hz:
        yield f"up to {bus.fastest_hz / 1000:g} kHz"
    if bus.power_on_ms:
        yield f"answers {bus.power_on_ms:g} ms after power-on"
    if bus.stretches_ms:
        yield f"stretches the clock for up to {bus.stretches_ms:g} ms"
    if bus.needs_repeated_start:
        yield "needs a repeated start before a read"
    if bus.writes is Writes.PAIRS:
        yield "takes pairs of a register's number and its value in a write"
    if bus.refuses_quick_write:
        yield "does not acknowledge a quick write"
    if bus.refuses_early_read:
        yield "does not acknowledge a read before it is done"
    if chip.spi:
        yield f"SPI mode {' or '.join(map(str, chip.spi.modes))}"


def _measurement(chip: Chip) -> Iterator[str]:
    if chip.measurement is None:
        return
    if chip.measurement.start:
        yield f"measures after {' or '.join(_words(each) for each in chip.measurement.start)}"
    if chip.measurement.busy:
        yield f"busy while {chip.measurement.busy.words}"
    if chip.measurement.ready:
        yield f"ready when {chip.measurement.ready.words}"
    if chip.measurement.wait_ms is not None:
        yield f"takes up to {chip.measurement.wait_ms:g} ms"


def _words(way: Condition | AnswerCondition | Command) -> str:
    return way.name if isinstance(way, Command) else way.words


def _register(register: Register, number_bytes: int) -> Iterator[str]:
    number = f"0x{register.address:0{2 * max(1, number_bytes)}x}"
    facts = [register.access.value, *([register.role.value] if register.role else [])]
    facts += [f"{register.size} bytes {register.byte_order}-endian"] if register.size > 1 else []
    facts += [f"{register.reset:#0{2 + 2 * register.size}x} after power-on"] if register.reset is not None else []
    facts += [*_scale(register.scale)]
    yield from _wrapped(f"{number}  {register.name}: {', '.join(facts)}", indent="  ")
    for field in register.fields:
        yield from _field(field)


def _field(field: Field) -> Iterator[str]:
    bits = f"{field.bits.last}:{field.bits.first}" if field.bits.width > 1 else f"{field.bits.first}"
    values = ", ".join(f"{value}={meaning}" for value, meaning in field.values.items())
    yield from _wrapped(f"{bits:>5}  {field.name}" + (f": {values}" if values else ""), indent=" " * 6)


def _command(command: Command) -> Iterator[str]:
    facts = [f"{_bytes(command.arguments)} of arguments"] if command.arguments else []
    facts += [f"takes up to {command.wait_ms:g} ms"] if command.wait_ms else []
    facts += [f"answers with {_bytes(command.answer_bytes)}"] if command.answer_bytes else []
    yield from _wrapped(
        f"{command.code.hex()}  {command.name}" + (f": {', '.join(facts)}" if facts else ""), indent="  "
    )
    for value in command.answer:
        yield from _answer(value)


def _bytes(count: int) -> str:
    return f"{count} byte" if count == 1 else f"{count} bytes"


def _answer(value: Answer) -> Iterator[str]:
    place = f"byte {value.at}" if value.size == 1 else f"bytes {value.at} to {value.at + value.size - 1}"
    yield from _wrapped("; ".join([f"{value.name}: {place}", *_scale(value.scale)]), indent=" " * 6)


def _scale(scale: Scale) -> Iterator[str]:
    if scale.unit:
        yield f"in {scale.unit}"
    if scale.low is not None and scale.high is not None:
        yield f"{scale.low:g} to {scale.high:g}"


def _wrapped(text: str, indent: str = "") -> Iterable[str]:
    return textwrap.wrap(
        text, terminal_width(), initial_indent=indent, subsequent_indent=indent + _INDENT, break_on_hyphens=False
    )
