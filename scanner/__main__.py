"""`python -m scanner` is the `crossrole` command."""

from __future__ import annotations

from scanner.cli.main import entrance

entrance()
