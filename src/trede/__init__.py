"""Trede: carbon accounts that anyone can recompute exactly.

For notebooks and scripts, `docs/notebooks.md` shows how:

    books = trede.open_books("accounts")
    books.calculate(2024).footprint("ladder")

What is not named in `__all__` may change. Nothing is loaded before it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trede.face.books import Books, Calculation, create_books, open_books
    from trede.kernel.errors import TredeError

__version__ = "0.1.0"
__all__ = ["Books", "Calculation", "TredeError", "__version__", "create_books", "open_books"]

_HOME = {
    "Books": "trede.face.books",
    "Calculation": "trede.face.books",
    "create_books": "trede.face.books",
    "open_books": "trede.face.books",
    "TredeError": "trede.kernel.errors",
}


def __getattr__(name: str) -> Any:
    """Load a name of the face when it is asked for first."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Return the names of the face."""
    return sorted(__all__)
