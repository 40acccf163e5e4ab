"""Target: host.toml, the shipped one mutated and others made of its keys, through reading and granting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random

from hostcore import shipped
from hostcore.config.edit import with_permissions
from hostcore.config.loading import load_config, merge_plugins, parse_config, read_config
from hostcore.errors import ConfigError
from hostcore.toml.document import decode
from tests.fuzz.mutation import BOUNDARIES, TOKEN, bytes_mutated, text_mutated
from tests.fuzz.target import Check, Target

GRANTED = "i2c:1:0x08"
LONGEST_PROBLEM = 2000
"""Most characters of an error. An error that repeats a value of the file must cut it."""


@cache
def seed() -> tuple[str, tuple[str, ...]]:
    """The shipped file with every setting that it leaves at its default put into force, and its words."""
    text = (shipped.folder() / "host.toml").read_text(encoding="utf-8")
    complete = re.sub(r"^#(?! |$)", "", text, flags=re.MULTILINE)
    without_comments = re.sub(r"^# .*\n", "", complete, flags=re.MULTILINE)
    return without_comments, tuple(sorted({word for word in TOKEN.findall(without_comments) if not word.isspace()}))


def make(chance: Random) -> bytes:
    """A settings file."""
    text, words = seed()
    kind = chance.random()
    if kind < 0.4:
        return text_mutated(chance, text, words).encode("utf-8", "surrogatepass")
    if kind < 0.6:
        return bytes_mutated(chance, text.encode())
    return generated(chance, text).encode()


def generated(chance: Random, text: str) -> str:
    """Tables of the shipped file, with some of its keys and with values of any kind."""
    headers = re.findall(r"^\[.*\]$", text, re.MULTILINE)
    keys = re.findall(r"^([\w-]+) = (.*)$", text, re.MULTILINE)
    lines = []
    for header in chance.sample(headers, chance.randint(0, min(6, len(headers)))):
        lines.append(header)
        for key, usual in chance.sample(keys, chance.randint(0, 5)):
            lines.append(f"{key} = {usual if chance.random() < 0.5 else value(chance, 3)}")
    return "\n".join(lines)


def value(chance: Random, depth: int) -> str:
    """A value of TOML, nested up to `depth` levels."""
    return chance.choice(_PLAIN if not depth else (*_PLAIN, _array, _table))(chance, depth)


def _array(chance: Random, depth: int) -> str:
    return "[" + ", ".join(value(chance, depth - 1) for _ in range(chance.randint(0, 4))) + "]"


def _table(chance: Random, depth: int) -> str:
    pairs = (f"{chance.choice('abc')}{number} = {value(chance, depth - 1)}" for number in range(chance.randint(0, 4)))
    return "{" + ", ".join(pairs) + "}"


def _nested(chance: Random, _depth: int) -> str:
    levels = chance.choice((10, 200, 2000))
    return "[" * levels + "]" * levels


def _string(chance: Random, _depth: int) -> str:
    return '"' + "".join(chance.choice('aÄ✓0:/.-\\"{}') for _ in range(chance.randint(0, 9))) + '"'


WORDS = (
    "nan", "inf", "-inf", "1e308", "-0.0", "1e-320", "true", "false", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z",
    "''", '""', "'../../etc'", "'~nobody'",
)  # fmt: skip
_PLAIN: tuple[Callable[[Random, int], str], ...] = (
    _nested,
    _string,
    lambda chance, _: str(chance.choice((-1, 1)) * chance.choice(BOUNDARIES)),
    lambda chance, _: chance.choice(WORDS),
    lambda chance, _: f'"i2c:{chance.choice(BOUNDARIES)}:{chance.choice(BOUNDARIES):#x}"',
    lambda chance, _: '"' + "x" * chance.choice((100, 10_000, 300_000)) + '"',
)


@contextmanager
def ready(folder: Path) -> Iterator[Check]:
    """A folder for the file."""
    file = folder / "host.toml"

    def check(content: bytes) -> None:
        file.write_bytes(content)
        try:
            config = load_config(file)
            merge_plugins(config, [folder / "plugins" / "light.py"])
        except ConfigError as error:
            require_line(error, file)
            return
        assert repr(load_config(file)) == repr(config)
        text = decode(file, read_config(file))
        for plugin in {"light", *(table.name for table in config.plugins[:2])}:
            edited = with_permissions(text, plugin, [GRANTED])
            if edited is not None:
                try:
                    parse_config(file, edited)
                except ConfigError as error:
                    require_line(error, file)

    yield check


def require_line(error: ConfigError, file: Path) -> None:
    """Fail unless the error is one line that names the file and can be shown to a person."""
    said = str(error)
    assert said.startswith(str(file)), said
    assert len(said) <= LONGEST_PROBLEM, f"the error has {len(said)} characters: {said[:200]}"
    assert said.isprintable(), f"{said!r}"


TARGET = Target("settings", 15, make, ready)
