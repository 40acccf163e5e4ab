"""What a browser gets: a page of the host's own, and in it, fenced in, the page that a plugin made.

A plugin's HTML is hostile until proven otherwise. Three fences hold it, each of which would do for most of it:

- It stands in an `<iframe sandbox>` that may run no script, send no form, open no window and go nowhere
  (HTML Living Standard, 7.1.5 Sandboxing).
- `HEADERS` has a content security policy, which the frame inherits (CSP Level 3, 7.8): nothing is loaded from anywhere
  but this host, and nothing but pictures within the page itself as ``data:``.
- `defused` takes the elements away whose only purpose is to load or lead elsewhere. For some of them (``<a href>``,
  ``<link rel=preconnect>``) a browser opens connections without asking the policy.
"""

from __future__ import annotations

from hostcore.web.page.document import PluginRow, shell
from hostcore.web.page.fence import HEADERS, defused
from hostcore.web.page.static import STATIC

__all__ = ["HEADERS", "STATIC", "PluginRow", "defused", "shell"]
