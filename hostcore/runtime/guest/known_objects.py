"""Numbers the plugin's objects, and reads their attributes without running code of the plugin."""

import types
import weakref
from typing import Any

from value_texts import mro_of

MOST_ATTRIBUTES = 80
"""Most attributes of an object that are looked at."""
MOST_KNOWN = 1000
"""Most objects that are kept in mind. Then the oldest ones get new numbers when they are seen again."""
_class_dict = type.__dict__["__dict__"].__get__


class KnownObjects:
    """The objects that a report has named.

    Attributes:
        MOST_LOOKED_AT: most objects whose attributes are looked at, for one step and for each of two levels.
    """

    MOST_LOOKED_AT = 6

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, int]] = {}
        self._told: dict[int, dict[str, Any]] = {}
        self._readers: dict[int, tuple[type, Any, tuple[tuple[str, Any], ...]]] = {}
        self._count = 0

    def known(self, value: Any) -> int:
        """The number of an object that has one; 0 if it has none."""
        found = self._known.get(id(value))
        return found[1] if found is not None and found[0]() is value else 0

    def number(self, value: Any) -> int:
        """The number of an object; 0 if it has no attributes that can be read, or cannot be referred to weakly.

        A strong reference would keep the object alive, and its `__del__` would run at another time than recorded.
        """
        known = self.known(value)
        if known:
            return known
        _, read, slots = self._reader(type(value))
        if read is None and not slots:
            return 0
        try:
            reference = weakref.ref(value)
        except TypeError:
            return 0
        if len(self._known) >= MOST_KNOWN:
            self._forget()
        self._count += 1
        self._known[id(value)] = reference, self._count
        return self._count

    def told(self, number: int) -> dict[str, Any]:
        """What the host knows of the attributes of an object, to be kept up to date."""
        return self._told.setdefault(number, {})

    def attributes(self, value: Any) -> dict[str, Any]:
        """The attributes that an object itself has, not those of its class."""
        _, read, slots = self._reader(type(value))
        found: dict[str, Any] = {}
        for name, descriptor in slots:
            try:
                found[name] = descriptor.__get__(value)
            except AttributeError:
                continue
        if read is None:
            return found
        own = read(value)
        if len(own) + len(found) <= MOST_ATTRIBUTES:
            return {**found, **own} if found else own  # type: ignore[no-any-return]
        return {**found, **dict(list(own.items())[:MOST_ATTRIBUTES])}

    def _forget(self) -> None:
        """Forget the older half."""
        for key in list(self._known)[: MOST_KNOWN // 2]:
            _, number = self._known.pop(key)
            self._told.pop(number, None)

    def _reader(self, own: type) -> tuple[type, Any, tuple[tuple[str, Any], ...]]:
        """What reads the instance dictionary and the slots of a class's objects."""
        found = self._readers.get(id(own))
        if found is None:
            read, slots = None, []
            for each in mro_of(own):
                for name, member in _class_dict(each).items():
                    if type(member) is types.MemberDescriptorType and each.__flags__ & 1 << 9:  # a class made in Python
                        slots.append((name, member))
                    elif name == "__dict__" and type(member) is types.GetSetDescriptorType and each is not type:
                        read = member.__get__
            found = self._readers[id(own)] = own, read, tuple(slots[:MOST_ATTRIBUTES])
        return found
