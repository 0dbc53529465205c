"""Which program this is: what it computes is on record with the version that computed it."""

from __future__ import annotations

import os

RELEASE = "0.3.0"
"""The release; the package takes its version from here."""


def version() -> str:
    """The release, and after a plus sign the build where whoever built the program named it in GREENCASE_BUILD."""
    build = os.environ.get("GREENCASE_BUILD", "").strip()[:64]
    return f"{RELEASE}+{build}" if build else RELEASE
