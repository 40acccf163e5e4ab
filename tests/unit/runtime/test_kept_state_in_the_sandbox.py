"""`host.state` in a real guest."""

from __future__ import annotations

import pytest

from hostcore.errors import PluginReportedError
from hostcore.kept_state.state import KeptState
from tests.sandbox import Sandbox

KEEPER = """
from host import state
def read():
    count = state.load({"count": 0})["count"] + 1
    state.save({"count": count})
    return {"count": count}
"""


def test_a_plugin_finds_what_an_instance_before_it_saved(sandbox: Sandbox) -> None:
    state = KeptState()
    first = sandbox.load(KEEPER, state=state)
    assert [first.read(), first.read()] == [{"count": 1}, {"count": 2}]
    assert sandbox.load(KEEPER, state=state).read() == {"count": 3}
    assert state.load() == '{"count":3}'


def test_a_plugin_without_a_state_gets_its_default(sandbox: Sandbox) -> None:
    source = "from host import state\ndef read(): return {'kept': [state.load(), state.load(7)]}"
    assert sandbox.load(source).read() == {"kept": [None, 7]}


def test_what_a_plugin_loads_is_its_own_copy(sandbox: Sandbox) -> None:
    source = """
    from host import state
    def read():
        state.load()["list"].append(2)
        return {"kept": state.load()}
    """
    state = KeptState()
    state.save('{"list": [1]}')
    assert sandbox.load(source, state=state).read() == {"kept": {"list": [1]}}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("'x' * 65_535", r"^probe: the state cannot be kept: the state has 65,537 bytes of JSON; 65,536 are allowed$"),
        ("{'since': object()}", r"JSON has no such value: .*object.*, when serializing dict item 'since'"),
        ("float('nan')", r"JSON has no such value: .*nan"),
        ("[{1, 2}]", r"JSON has no such value: .*set"),
        ("deep()", r"nested too deeply"),
    ],
)
def test_a_value_that_cannot_be_kept_is_an_error_and_the_one_before_stays(
    sandbox: Sandbox, value: str, words: str
) -> None:
    source = f"""
    from host import state
    def deep():
        value = []
        for _ in range(70):
            value = [value]
        return value
    def read():
        state.save({value})
    """
    state = KeptState()
    state.save("1")
    plugin = sandbox.load(source, state=state)
    for _ in range(2):  # it is no crash
        with pytest.raises(PluginReportedError, match=words):
            plugin.read()
    assert state.load() == "1"


def test_the_largest_state_is_kept(sandbox: Sandbox) -> None:
    source = "from host import state\ndef read():\n    state.save('x' * 65_534)\n    return {'size': len(state.load())}"
    assert sandbox.load(source).read() == {"size": 65_534}


def test_text_of_any_language_and_half_characters_are_kept(sandbox: Sandbox) -> None:
    source = """
    from host import state
    def read():
        state.save({"unit": "°C", "name": "温度"})
        return state.load()
    """
    assert sandbox.load(source).read() == {"unit": "°C", "name": "温度"}
    with pytest.raises(PluginReportedError, match="U\\+D800 is half of a pair"):
        sandbox.load("from host import state\ndef read(): state.save('\\ud800')").read()
