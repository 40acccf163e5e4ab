"""The types of components, as wasmtime knows them. The parts of a type are read when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ctypes import byref, c_bool, c_size_t, c_uint64, c_void_p, string_at
from typing import Any

from hostcore.runtime.native.library import Address, Owned, quick_function

_VALUE_TYPE = c_uint64 * 2
"""wasmtime_component_valtype_t: a kind byte at 0, an address at 8."""


def reader(name: str, arguments: int, result: Any = None) -> Callable[..., Any]:
    """Declare a function that reads a part of a type. Its arguments are addresses; that of a part is its number."""
    return quick_function(f"wasmtime_component_{name}", result, *[c_void_p] * arguments)


def _counter(name: str) -> Callable[..., int]:
    return reader(name, 1, c_size_t)


_value_type_delete = reader("valtype_delete", 1)
_resources_are_equal = reader("resource_type_equal", 2, c_bool)
_function_result = reader("func_type_result", 2, c_bool)
_parameter, _case = reader("func_type_param_nth", 5, c_bool), reader("variant_type_case_nth", 6, c_bool)
_field, _member = reader("record_type_field_nth", 5, c_bool), reader("tuple_type_types_nth", 3, c_bool)
_enum_name, _flag_name = reader("enum_type_names_nth", 4, c_bool), reader("flags_type_names_nth", 4, c_bool)
_element, _payload = reader("list_type_element", 2), reader("option_type_ty", 2)
_ok, _err = reader("result_type_ok", 2, c_bool), reader("result_type_err", 2, c_bool)


class ValueType(Owned):
    """The type of a value. What has no address is not wasmtime's."""


class Simple(ValueType):
    """A type without parts.

    Attributes:
        name: its name in WIT, such as ``u8``.
    """

    def __init__(self, name: str) -> None:
        super().__init__(0)
        self.name = name


class Unread(ValueType):
    """A type that no plugin can use.

    Attributes:
        name: its name in WIT, or its number in wasmtime.
    """

    def __init__(self, name: str, kind: int, address: Address) -> None:
        super().__init__(0)
        self.name = name
        _value_type_delete(byref(_VALUE_TYPE(kind, address)))


class ListType(ValueType):
    """``list<T>``."""

    delete = reader("list_type_delete", 1)

    @property
    def element(self) -> ValueType:
        """The type of its elements."""
        return _read(_element, self.ptr())


class RecordType(ValueType):
    """``record``."""

    delete, width = reader("record_type_delete", 1), _counter("record_type_field_count")

    @property
    def fields(self) -> list[tuple[str, ValueType]]:
        """The name and type of each field."""
        return [_named(_field, self.ptr(), index) for index in range(self.width(self.ptr()))]


class TupleType(ValueType):
    """``tuple<...>``."""

    delete, width = reader("tuple_type_delete", 1), _counter("tuple_type_types_count")

    @property
    def elements(self) -> list[ValueType]:
        """The types of its members."""
        return [_read(_member, self.ptr(), index) for index in range(self.width(self.ptr()))]


class VariantType(ValueType):
    """``variant``."""

    delete, width = reader("variant_type_delete", 1), _counter("variant_type_case_count")

    @property
    def cases(self) -> list[tuple[str, ValueType | None]]:
        """The name of each case, and the type of what it carries."""
        return [_named_case(self.ptr(), index) for index in range(self.width(self.ptr()))]


class EnumType(ValueType):
    """``enum``."""

    delete, width = reader("enum_type_delete", 1), _counter("enum_type_names_count")

    @property
    def names(self) -> list[str]:
        """Its names."""
        return [_name(_enum_name, self.ptr(), index) for index in range(self.width(self.ptr()))]


class FlagsType(ValueType):
    """``flags``."""

    delete, width = reader("flags_type_delete", 1), _counter("flags_type_names_count")

    @property
    def names(self) -> list[str]:
        """Its names."""
        return [_name(_flag_name, self.ptr(), index) for index in range(self.width(self.ptr()))]


class OptionType(ValueType):
    """``option<T>``."""

    delete = reader("option_type_delete", 1)

    @property
    def payload(self) -> ValueType:
        """The type of its value."""
        return _read(_payload, self.ptr())


class ResultType(ValueType):
    """``result<T, E>``."""

    delete = reader("result_type_delete", 1)

    @property
    def ok(self) -> ValueType | None:
        """The type of a result; None if it has none."""
        return _read_if_any(_ok, self.ptr())

    @property
    def err(self) -> ValueType | None:
        """The type of an error; None if it has none."""
        return _read_if_any(_err, self.ptr())


class ResourceType(Owned):
    """The type of a resource."""

    delete = reader("resource_type_delete", 1)

    def is_same(self, other: ResourceType) -> bool:
        """Whether both are the same type."""
        return bool(_resources_are_equal(self.ptr(), other.ptr()))


class _Handle(ValueType):
    """A handle to a resource, which owns the resource's type."""

    delete = ResourceType.delete

    @property
    def ty(self) -> ResourceType:
        """The type of the resource. It is valid as long as this object."""
        return _Borrowed(self)


class _Borrowed(ResourceType):
    def __init__(self, owner: _Handle) -> None:
        super().__init__(owner.ptr())
        self._owner = owner

    def close(self) -> None:
        """Leave it to its owner."""


class OwnType(_Handle):
    """``own<R>``."""


class BorrowType(_Handle):
    """``borrow<R>``."""


class FuncType(Owned):
    """The type of a function.

    Args:
        address: of wasmtime's type.
        owner: frees it; None if this object does.
    """

    delete, width = reader("func_type_delete", 1), _counter("func_type_param_count")

    def __init__(self, address: Address, owner: object = None) -> None:
        super().__init__(address)
        self._owner = owner

    def close(self) -> None:
        """Free it, unless another object does."""
        if self._owner is None:
            super().close()

    @property
    def params(self) -> list[tuple[str, ValueType]]:
        """The name and type of each parameter."""
        return [_named(_parameter, self.ptr(), index) for index in range(self.width(self.ptr()))]

    @property
    def result(self) -> ValueType | None:
        """The type of its result; None if it has none."""
        return _read_if_any(_function_result, self.ptr())


_SIMPLE = ("bool", "s8", "s16", "s32", "s64", "u8", "u16", "u32", "u64", "f32", "f64", "char", "string")
_KINDS: Mapping[int, Callable[[Address], ValueType]] = dict(
    enumerate(
        (
            ListType,
            RecordType,
            TupleType,
            VariantType,
            EnumType,
            OptionType,
            ResultType,
            FlagsType,
            OwnType,
            BorrowType,
        ),
        len(_SIMPLE),
    )
)
"""The types by their kind, wasmtime_component_valtype_kind_t. The simple ones have the numbers before."""
_UNREAD = {23: "future", 24: "stream", 25: "error-context"}
"""Types that no plugin can use."""


def value_type(kind: int, address: Address) -> ValueType:
    """Return a type that wasmtime tells as its kind, in the lowest byte, and its address."""
    number = kind & 0xFF
    if number < len(_SIMPLE):
        return Simple(_SIMPLE[number])
    made = _KINDS.get(number)
    return Unread(_UNREAD.get(number, str(number)), kind, address) if made is None else made(address)


def _read(read: Callable[..., Any], *arguments: int) -> ValueType:
    """Read a type that is there."""
    found = _VALUE_TYPE()
    read(*arguments, byref(found))
    return value_type(*found)


def _read_if_any(read: Callable[..., Any], address: Address) -> ValueType | None:
    found = _VALUE_TYPE()
    return value_type(*found) if read(address, byref(found)) else None


def _named(read: Callable[..., Any], address: Address, index: int) -> tuple[str, ValueType]:
    start, length, found = c_void_p(), c_size_t(), _VALUE_TYPE()
    read(address, index, byref(start), byref(length), byref(found))
    return text(start, length), value_type(*found)


def _named_case(address: Address, index: int) -> tuple[str, ValueType | None]:
    start, length, has_payload, found = c_void_p(), c_size_t(), c_bool(), _VALUE_TYPE()
    _case(address, index, byref(start), byref(length), byref(has_payload), byref(found))
    return text(start, length), value_type(*found) if has_payload else None


def _name(read: Callable[..., Any], address: Address, index: int) -> str:
    start, length = c_void_p(), c_size_t()
    read(address, index, byref(start), byref(length))
    return text(start, length)


def text(start: c_void_p, length: c_size_t) -> str:
    """Return a name that wasmtime tells as its start and its length."""
    return string_at(start, length.value).decode()
