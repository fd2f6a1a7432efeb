"""Importers of publishers' files: bytes in, a checked library out, or an error that says what to mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module

from trede.catalogue.library import Library

Importer = Callable[[bytes, str, date], Library]
"""(bytes of the file, its name, day on which the list was last compared with its publisher) → library."""


def _later(module: str, function: str) -> Importer:
    """Load an importer, and the reader of workbooks that it needs, when it is called: every command starts sooner."""

    def importer(data: bytes, name: str, checked: date) -> Library:
        found: Importer = getattr(import_module(f"{__name__}.{module}"), function)
        return found(data, name, checked)

    return importer


IMPORTERS: Mapping[str, Importer] = {
    "co2emissiefactoren": _later("co2emissiefactoren", "import_workbook"),
    "desnz": _later("desnz", "import_flat_file"),
    "epa-supply-chain": _later("epa_supply_chain", "import_files"),
    "figaro": _later("figaro", "import_factors"),
    "own": _later("own", "import_own"),
}
"""Importers by publisher, as `trede factors import` names them."""
