"""Whether a request came through the cloud. None does."""

from __future__ import annotations

from contextvars import ContextVar

is_cloud_request = ContextVar("is_cloud_request", default=False)
