"""A driver that states what nobody asked for takes little room, and nothing of it acts on a terminal."""

from __future__ import annotations

from hostcore.events import LogWritten, State, ValuesDescribed
from hostcore.plugin.stated_values import MOST_PROBLEMS
from hostcore.quantities import Quantity
from hostcore.quantities.catalog import MOST_VALUES
from tests.hostile.collection import place
from tests.supervised import SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]


def test_a_driver_that_describes_everything_is_heard_for_a_while(supervised: SupervisedHost) -> None:
    place(["describes_everything"], supervised.folder / "plugins")
    supervised.start()
    supervised.reading("describes_everything", lambda reading: reading["calls"] >= 4)
    described = supervised.of(ValuesDescribed)
    assert len(described) == 1, "there is no room for those of later calls"
    assert len(described[0].values) == MOST_VALUES
    assert {each.quantity for each in described[0].values} == {Quantity("u1")}
    told = [each.text for each in supervised.of(LogWritten, "describes_everything") if "describes" in each.text]
    assert len(told) == MOST_PROBLEMS
    assert all(text.isprintable() for text in told)
    assert supervised.states("describes_everything") == [State.LOADING, State.RUNNING]
