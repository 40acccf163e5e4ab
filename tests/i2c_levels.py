"""Reads SDA and SCL as a logic analyser does: bytes from levels alone, after the I2C-bus specification (UM10204)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hostcore.events import Outcome, TransferCompleted

Word = str | tuple[int, bool]
"""``S``, ``Sr``, ``P``, or a byte and whether it was acknowledged."""


def words_of(levels: Iterable[tuple[int, int]]) -> list[Word]:
    """Decode pairs of (SCL, SDA), one for each moment at which one of them changed. Both begin high."""
    words, bits, busy = list[Word](), list[int](), False
    clock, data = 1, 1
    for scl, sda in levels:
        assert (scl != clock) + (sda != data) <= 1, "two wires of a bus never change at the same moment"
        if scl == clock == 1 and sda != data:
            assert len(bits) <= 1, "a start or stop only between bytes"
            words.append("P" if sda else "Sr" if busy else "S")
            bits, busy = [], not sda
        elif scl and not clock:
            bits.append(sda)
            if len(bits) == 9:
                words.append((int("".join(map(str, bits[:8])), 2), not bits[8]))
                bits = []
        clock, data = scl, sda
    assert (clock, data, busy) == (1, 1, False), "the bus is free at the end"
    return words


def expected_words(transfers: Iterable[TransferCompleted]) -> list[Word]:
    """The words that transfers make on the wires, without those that failed before."""
    return [word for transfer in transfers for word in _words(transfer)]


def _words(transfer: TransferCompleted) -> Iterator[Word]:
    address = transfer.address or 0
    if transfer.outcome is Outcome.NO_ACKNOWLEDGE:
        reads = not transfer.messages or not transfer.messages[0].written
        yield from ("S", (address << 1 | reads, False), "P")
        return
    for number, message in enumerate(transfer.messages):
        yield "Sr" if number else "S"
        yield address << 1 | (not message.written), True
        for place, byte in enumerate(message.data):
            yield byte, message.written or place < len(message.data) - 1
    yield "P"


def vcd_levels(text: str) -> Mapping[str, list[tuple[int, int]]]:
    """The levels of each bus in a VCD, by the bus's name: a pair of (SCL, SDA) for each change after the first ones."""
    head, _, body = text.partition("$enddefinitions $end\n")
    names = {words[3]: words[4] for line in head.splitlines() if (words := line.split())[:1] == ["$var"]}
    now = dict.fromkeys(names.values(), 1)
    found = {name.split(".")[0]: list[tuple[int, int]]() for name in names.values()}
    time = -1
    for line in body.splitlines():
        if line.startswith("#"):
            assert int(line[1:]) > time, "time only goes on"
            time = int(line[1:])
        elif not line.startswith("$"):
            name = names[line[1:]]
            now[name] = int(line[0])
            bus = name.split(".")[0]
            found[bus].append((now[f"{bus}.SCL.reconstructed"], now[f"{bus}.SDA.reconstructed"]))
    return found
