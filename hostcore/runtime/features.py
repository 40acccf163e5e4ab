"""The features of WebAssembly that this host switches off, and the words for a component that uses one.

Python's component (componentize-py 0.25), JavaScript's (componentize-js), Rust 1.95 and TinyGo for wasm32-wasip2 need
bulk memory, multiple values, reference types, sign extension and saturating conversions. These stay on, and so do
vectors and tail calls. A feature that adds memory which `memory_mib` does not limit, or a way into rarely used code of
wasmtime, is off.
"""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass

TOOLS = "Rust, C, TinyGo, Python and JavaScript do without it by default"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature that is off."""

    uses: str
    """What a component does with it, as the end of "the component ..."."""
    why: str
    """Why it is off."""
    settings: tuple[str, ...]
    """wasmtime's settings: ``wasmtime_config_NAME_set`` of its C API."""
    signs: tuple[str, ...]
    """Parts of wasmparser's messages about a component that uses it."""
    way_out: str = TOOLS


OFF = (
    Feature(
        "uses the garbage-collected heap (wasm GC)",
        "memory_mib does not limit that heap",
        ("wasm_gc", "gc_support"),
        (
            "without the gc feature",
            "`gc` proposal",
            "gc proposal",
            "found type which requires gc",
            "gc support is not enabled",
        ),
    ),
    Feature(
        "uses exceptions of WebAssembly",
        "they are kept in the garbage-collected heap, which memory_mib does not limit",
        ("wasm_exceptions",),
        ("exceptions proposal not enabled", "exceptions support", "exception handling feature", "legacy_exceptions"),
    ),
    Feature(
        "uses threads or shared memory",
        "an instance belongs to one thread of the host",
        ("wasm_threads", "shared_memory"),
        ("threads must be enabled", "threads support is not enabled", "shared-everything-threads"),
    ),
    Feature(
        "uses typed function references",
        "no compiler for plugins needs them",
        ("wasm_function_references",),
        ("function references",),
    ),
    Feature(
        "uses 64-bit memory or tables",
        "a plugin has at most 1 GiB, and each access would take longer",
        ("wasm_memory64",),
        ("memory64 must be enabled",),
    ),
    Feature(
        "has several memories in one module",
        "memory_mib is the limit of one memory",
        ("wasm_multi_memory",),
        ("multiple memories", "multi-memory"),
    ),
    Feature(
        "uses memory pages of its own size",
        "no compiler for plugins needs them",
        ("wasm_custom_page_sizes",),
        ("custom page sizes",),
    ),
    Feature(
        "switches between stacks",
        "memory_mib does not limit these stacks",
        ("wasm_stack_switching",),
        ("stack switching",),
    ),
    Feature(
        "uses 128-bit arithmetic",
        "the proposal is not finished",
        ("wasm_wide_arithmetic",),
        ("wide arithmetic",),
    ),
    Feature(
        "uses relaxed vector instructions",
        "they give other results on another processor",
        ("wasm_relaxed_simd",),
        ("relaxed SIMD",),
    ),
    Feature(
        "uses asynchronous functions, streams or futures (WASI 0.3)",
        "values of these types would end the host",
        ("concurrency_support", "wasm_component_model_async"),
        ("component model async feature",),
        "build it for WASI 0.2",
    ),
)
"""Every feature that is off. Of two that one message fits, the first is named."""


def refusal(message: str) -> str:
    """Say in plain words which feature a component uses, from wasmparser's message; "" if it uses none of `OFF`."""
    for feature in OFF:
        if any(sign in message for sign in feature.signs):
            return f"it {feature.uses}, which this host switches off: {feature.why}. {feature.way_out}"
    return ""
