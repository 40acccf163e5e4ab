"""Every chip that comes with the host can be printed as JSON."""

from __future__ import annotations

import json

import pytest

from hostcore.chips.library import shipped_library
from hostcore.cli.chip_json import chip_json

CHIPS = shipped_library().all()


@pytest.mark.parametrize("name", [chip.key for chip in CHIPS])
def test_it_has_all_registers_and_commands(name: str) -> None:
    chip = shipped_library().chip(name)
    assert chip is not None
    told = json.loads(json.dumps(chip_json(chip)))
    assert [each["name"] for each in told["registers"]] == [each.name for each in chip.registers]
    assert [bytes.fromhex(each["code"]) for each in told["commands"]] == [each.code for each in chip.commands]
