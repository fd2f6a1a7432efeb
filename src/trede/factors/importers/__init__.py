"""Importers of publishers' files: bytes in, a checked library out, or an error that says what to mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from trede.catalogue.library import Library
from trede.factors.importers.co2emissiefactoren import import_workbook
from trede.factors.importers.desnz import import_flat_file
from trede.factors.importers.own import import_own

Importer = Callable[[bytes, str, date], Library]
"""(bytes of the file, its name, day on which the list was last compared with its publisher) → library."""

IMPORTERS: Mapping[str, Importer] = {
    "co2emissiefactoren": import_workbook,
    "desnz": import_flat_file,
    "own": import_own,
}
"""Importers by publisher, as `trede factors import` names them."""
