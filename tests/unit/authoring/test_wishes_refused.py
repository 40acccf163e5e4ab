"""Wishes for a driver that are refused before anything is fetched or written."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.authoring.adding import name_for
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.errors import HostError


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "host.toml"
    file.write_text('[buses."i2c-1"]\n')
    (tmp_path / "plugins").mkdir()
    return file


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (DriverWish(DriverKind.OWN, source="bh1750", bus=1, address=0x99), "no chip can be at i2c-1, address 0x99"),
        (DriverWish(DriverKind.OWN, source="bh1750", bus=1, address=-1), "no chip can be at i2c-1"),
        (DriverWish(DriverKind.OWN, source="bh1750", bus=999, address=0x23), "no chip can be at i2c-999"),
        (DriverWish(DriverKind.EMPTY, name="../../evil"), "../../evil"),
        (DriverWish(DriverKind.LIBRARY, source="--index-url=http://evil.example"), "index-url"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_words(config: Path, wish: DriverWish, words: str) -> None:
    with pytest.raises(HostError) as refused:
        name_for(config, wish)
    assert words in str(refused.value)


def test_a_host_whose_screens_only_look_adds_no_driver(config: Path) -> None:
    config.write_text("[screen]\nread_only = true\n")
    with pytest.raises(HostError, match="has read_only = true in \\[screen\\], so no driver can be added"):
        name_for(config, DriverWish(DriverKind.EMPTY))
    assert not list((config.parent / "plugins").iterdir())
