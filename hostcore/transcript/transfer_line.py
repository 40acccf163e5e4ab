"""Reads the line of a transfer: its time, its place, its bytes, and how it ended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from hostcore.backends.base import GPIO_LAST_LINE, Edge
from hostcore.events import Message, Outcome
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, IIO, LAST_BUS, BusKind, BusName, Place
from hostcore.transcript.model import Transfer, has_address
from hostcore.transcript.words import found

_SECONDS = re.compile(r"(\d{1,9})(?:\.(\d{1,6}))?", re.ASCII)
_BYTE = re.compile(r"[0-9a-fA-F]{2}", re.ASCII)
_EDGE = re.compile(r"([+-])(\d{1,12})", re.ASCII)
_NUMBER = re.compile(r"0x[0-9a-fA-F]{1,4}|\d{1,4}", re.ASCII)
_VALUE = re.compile(r"-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?", re.ASCII)
UNREAD = "--"
"""Stands for a byte that was to be read when the transfer failed."""
ADDRESSES = {
    BusKind.I2C: (I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS),
    BusKind.SPI: (0, LAST_BUS),
    BusKind.GPIO: (0, GPIO_LAST_LINE),
}
"""The addresses of each kind of bus that has some."""
FAILURES = tuple(each for each in Outcome if each is not Outcome.OK and each is not Outcome.DENIED)
"""How a transfer fails on a bus."""


def microseconds_of(text: str) -> int:
    """Read a time in seconds.

    Raises:
        ValueError: the problem in words.
    """
    match = _SECONDS.fullmatch(text)
    if match is None:
        raise ValueError(f"found {found(text)}; allowed is a time in seconds with up to six decimals, such as 1.25")
    return int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0"))


def transfer_of(text: str) -> Transfer:
    """Read the line of a transfer.

    Raises:
        ValueError: the problem in words.
    """
    head, is_failed, tail = text.partition(" error")
    words = iter(head.split())
    at_us = microseconds_of(next(words, ""))
    bus = _bus(next(words, ""))
    place = Place(bus, _address(bus, next(words, "")) if has_address(bus) else None)
    outcome, detail = _failure(tail) if is_failed else (Outcome.OK, "")
    if bus == IIO:
        return Transfer(
            0, at_us, place, _measured(list(words), is_failed=bool(is_failed)), outcome=outcome, detail=detail
        )
    messages, unread, edges = _content(words)
    if unread and not is_failed:
        raise ValueError(f"found {UNREAD!r}; the bytes of a transfer that succeeds have two hexadecimal digits each")
    return Transfer(0, at_us, place, messages, unread, edges, outcome, detail)


def _bus(text: str) -> BusName:
    try:
        return BusName(text)
    except ValueError as form:
        raise ValueError(f"found the bus {found(text)}; allowed are {form}") from None


def _address(bus: BusName, text: str) -> int:
    low, high = ADDRESSES[bus.kind]
    value = int(text, 0 if text.startswith("0x") else 10) if _NUMBER.fullmatch(text) else -1
    if not low <= value <= high:
        form = "{:#04x}" if bus.kind is BusKind.I2C else "{}"
        what = {BusKind.I2C: "address", BusKind.SPI: "chip select", BusKind.GPIO: "line"}[bus.kind]
        raise ValueError(
            f"found the {what} {found(text)}; allowed on {bus} is {form.format(low)} to {form.format(high)}"
        )
    return value


def _failure(tail: str) -> tuple[Outcome, str]:
    word, _, rest = tail.strip().partition(" ")
    if word not in map(str, FAILURES):
        raise ValueError(f"found the error {found(word)}; allowed are {', '.join(FAILURES)}")
    try:
        detail = json.loads(rest) if rest else ""
    except (ValueError, RecursionError):
        detail = None
    if not isinstance(detail, str):
        raise ValueError(f"found {found(rest)} after the error; allowed is a text in double quotes")
    return Outcome(word), detail


def _measured(words: list[str], *, is_failed: bool) -> tuple[Message, ...]:
    """The messages of a measurement by a kernel driver."""
    if is_failed and not words:
        return ()
    if len(words) != 3 or not _VALUE.fullmatch(words[2]):
        raise ValueError(f"found {found(' '.join(words))} on iio; allowed is DEVICE CHANNEL NUMBER")
    return Message(True, f"{words[0]} {words[1]}".encode()), Message(False, words[2].encode())


def _content(words: Iterator[str]) -> tuple[tuple[Message, ...], tuple[int, ...], tuple[Edge, ...] | None]:
    messages, unread, edges = list[Message](), list[int](), None
    for written, group in _groups(words):
        if written == "edges":
            edges = tuple(map(_edge, group))
        elif written == "r" and UNREAD in group:
            if set(group) != {UNREAD}:
                raise ValueError(
                    f"found {UNREAD!r} beside bytes; a read that failed has {UNREAD!r} for each of its bytes"
                )
            unread.append(len(group))
        else:
            messages.append(Message(written == "w", bytes(map(_byte, group))))
    return tuple(messages), tuple(unread), edges


def _groups(words: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    """The words of each write, read and capture, without its first."""
    group: tuple[str, list[str]] | None = None
    for word in words:
        if word in {"w", "r", "edges"}:
            if group is not None:
                yield group
            group = (word, [])
        elif group is None:
            raise ValueError(f"found {found(word)}; allowed are w with the bytes written, r with the bytes read, edges")
        else:
            group[1].append(word)
    if group is not None:
        yield group


def _byte(text: str) -> int:
    if not _BYTE.fullmatch(text):
        raise ValueError(f"found {found(text)}; allowed is a byte as two hexadecimal digits, such as 0a")
    return int(text, 16)


def _edge(text: str) -> Edge:
    match = _EDGE.fullmatch(text)
    if match is None:
        raise ValueError(
            f"found {found(text)}; allowed is an edge: + (rising) or - with the nanoseconds since the line was released"
        )
    return Edge(int(match[2]), match[1] == "+")
