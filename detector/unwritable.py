"""What is said of a folder that nothing can be written to: that it is not there, or that it may not be written to."""

from __future__ import annotations

from pathlib import Path


def unwritable(folder: Path, why: str = "no permission") -> str:
    """The message for people; `why` is what the system said."""
    if not folder.is_dir():
        return f"no folder to write to at {folder}: make it, or name another file"
    return f"expected a folder to write to, got {folder}, which cannot be written to ({why}): name another file"
