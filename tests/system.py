"""What a test needs from the system: skipped where it is missing, but not in CI, where .ci/run installs it."""

from __future__ import annotations

import os

import pytest


def needs(installed: bool, what: str) -> pytest.MarkDecorator:
    """Skip a test where `what` is not installed; in CI it runs all the same, and fails."""
    return pytest.mark.skipif(not installed and not os.environ.get("CI"), reason=f"{what} is not installed")
