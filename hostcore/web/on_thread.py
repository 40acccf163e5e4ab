"""Work that blocks, on a thread of its own, so that the other visitors do not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from aiohttp import web

from hostcore.threads import is_no_thread, no_thread

P = ParamSpec("P")
R = TypeVar("R")


async def on_thread(name: str, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Return what `work` returns.

    Args:
        name: names the thread in the error.
        work: the function to call.
        arguments: its arguments.
        named: its named arguments.

    Raises:
        HTTPServiceUnavailable: this computer allows no more threads.
    """
    try:
        return await asyncio.to_thread(work, *arguments, **named)
    except RuntimeError as error:
        if not is_no_thread(error):
            raise
        raise web.HTTPServiceUnavailable(text=str(no_thread(name, error))) from None
