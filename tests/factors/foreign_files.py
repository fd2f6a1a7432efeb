"""The tool that makes the British and neighbours' libraries, and where the publishers' files may stand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from make_libraries import COMPILATION, libraries  # noqa: E402

__all__ = ["COMPILATION", "SHARED", "libraries"]

SHARED = Path(os.environ.get("TREDE_SHARED", ROOT.parent / "shared")) / "reference"
