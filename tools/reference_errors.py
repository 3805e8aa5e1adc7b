"""The reference of errors, made from the error classes: code, what it says, what to do, exit code."""

from __future__ import annotations

import importlib
import pkgutil

import campaignflow
from campaignflow.errors import CampaignflowError, all_errors

PAGE = "reference/errors.md"

_OPENING = """\
# Errors

Every refusal has a stable code, says what is wrong and what to do about it, and sets the exit code. With `--json` it is
a document on standard error:

```json
{{"error": {{"code": "key-unknown", "message": "…", "cure": "…"}}}}
```

Words in `{{braces}}` are filled in. Messages come in Vietnamese and English; compare the code, which never changes.
What is wrong with a *plan* is told by findings, which are listed in [](findings.md).

There are {count} of them.
"""


def render() -> str:
    """The page, in Markdown."""
    _import_everything()
    found = [one for one in all_errors() if one.__module__.startswith("campaignflow.")]
    return "\n".join([_OPENING.format(count=len(found)), *(_entry(one) for one in found)])


def _import_everything() -> None:
    """Imports every module of the package, since an error is known once its class is."""
    for module in pkgutil.walk_packages(campaignflow.__path__, "campaignflow."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _entry(one: type[CampaignflowError]) -> str:
    lines = [f"## `{one.code}`", "", f"> {one.message}", ""]
    if one.cure:
        lines += [one.cure, ""]
    lines += [f"Exit code {one.exit_code}.", ""]
    return "\n".join(lines)
