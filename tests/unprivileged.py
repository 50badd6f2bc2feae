"""Be somebody without privileges for a while: root may write everywhere, whatever a file's mode says."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65_534


@contextmanager
def without_privileges() -> Iterator[Path]:
    """A folder of somebody without privileges, who this process is within.

    What is imported for the first time within must lie where everybody may read it.
    """
    folder = Path(tempfile.mkdtemp(prefix="crossrole-plain-"))
    was_root = os.geteuid() == 0
    if was_root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if was_root:
            os.seteuid(0)
        shutil.rmtree(folder, ignore_errors=True)
