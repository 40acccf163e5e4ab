"""Codecs: for each kind of value, a pair of functions that read it from wasmtime's memory and write it there."""

from __future__ import annotations

from hostcore.runtime.codecs.memory import MAX_BYTES, Codec
from hostcore.runtime.codecs.nested import list_of, option_of, record_of, result_of, tuple_of, variant_of
from hostcore.runtime.codecs.plain import BYTES, RESOURCE, SCALARS, STRING, code_of, enum_of, flags_of

__all__ = [
    "BYTES",
    "MAX_BYTES",
    "RESOURCE",
    "SCALARS",
    "STRING",
    "Codec",
    "code_of",
    "enum_of",
    "flags_of",
    "list_of",
    "option_of",
    "record_of",
    "result_of",
    "tuple_of",
    "variant_of",
]
