"""The host's own page, which shows a plugin's page inside a frame.

A plugin's HTML is not trusted. Three fences hold it. Each of them would stop most attacks alone:

- The page is in an `<iframe sandbox>`. It cannot run scripts, send forms, open windows or navigate
  (HTML Living Standard, 7.1.5 Sandboxing).
- `HEADERS` has a content security policy, which the frame inherits (CSP Level 3, 7.8). The page can load nothing except
  files of this host, and pictures within the page as ``data:``.
- `defused` removes elements that load something or lead elsewhere. For some of them (``<a href>``,
  ``<link rel=preconnect>``), browsers open connections without checking the policy.
"""

from __future__ import annotations

from hostcore.web.page.buses import buses_block
from hostcore.web.page.displays import displays_block
from hostcore.web.page.document import sheet, shell
from hostcore.web.page.fence import HEADERS, defused
from hostcore.web.page.log import log_block
from hostcore.web.page.outputs import outputs_block
from hostcore.web.page.plugins import plugins_block
from hostcore.web.page.static import STATIC
from hostcore.web.page.tabs import Tab
from hostcore.web.page.top import PluginRow, Top
from hostcore.web.page.values import SCRIPT, Values

__all__ = [
    "HEADERS", "SCRIPT", "STATIC", "PluginRow", "Tab", "Top", "Values", "buses_block", "defused", "displays_block",
    "log_block", "outputs_block", "plugins_block", "sheet", "shell",
]  # fmt: skip
