"""The factors that the runs used with their papers, the lists that they stand in, and the methods."""

from __future__ import annotations

from decimal import Decimal

from trede.catalogue.factor import Factor
from trede.catalogue.gwp import gwp_set
from trede.catalogue.library import Library
from trede.engine.gases import GWP_PREFIX
from trede.report.document import Cell, Column, Figure, Row, Section, Statement, Table, number
from trede.report.frame import Frame


def factors(frame: Frame) -> Section:
    """Every factor that a run used, and every list."""
    every = {row["factor"] for covered in frame.matter.runs for row in covered.plan if row["factor"]}
    used = sorted(name for name in every if not name.startswith(GWP_PREFIX))
    potentials = sorted(every - set(used))
    found = [(frame.matter.libraries[library], ident) for library, _, ident in (name.partition("#") for name in used)]
    libraries = list({library.id: library for library, _ in found}.values())
    parts = (
        _factors(frame, found, {library.id: at for at, library in enumerate(libraries, 1)}), _lists(frame, libraries),
    )  # fmt: skip
    return frame.section("factors", (*parts, *_potentials(frame, potentials)))


def _factors(frame: Frame, found: list[tuple[Library, str]], numbers: dict[str, int]) -> Table:
    words = frame.words
    names = ("factor", "factor_unit", "total", "direct", "upstream", "factor_biogenic")
    columns = (
        *(Column(words.word(f"head.{n}"), "" if at < 2 else words.word("unit.kg"), figure=at > 1, width=int(at == 0))
          for at, n in enumerate(names)),
        Column(words.word("head.list"), figure=True), Column(words.word("head.place")),
        *(Column(words.word(f"head.{n}"), on="workbook") for n in ("category", "factor_id", "valid", "gwp", "url")),
    )  # fmt: skip
    rows = []
    for library, ident in found:
        factor = library.factors[ident]
        papers = library.papers
        first, last = library.validity(factor)
        cells: tuple[Cell, ...] = (
            factor.name, factor.publisher_unit, *_values(factor), Figure("number", numbers[library.id], 0), factor.place,
            " / ".join(part for part in (factor.category, factor.subcategory) if part), f"{library.id}#{ident}",
            words.word("valid", first=first, last=last), papers.gwp_basis, factor.url or papers.url,
        )  # fmt: skip
        rows.append(Row(cells))
    notes = (words.statement("note.factors"),)
    return Table(words.word("title.factors"), columns, tuple(rows), notes)


def _values(factor: Factor) -> tuple[Figure | None, ...]:
    """Return total, direct, upstream and biogenic as published."""
    values: dict[str, Decimal] = dict(factor.values())
    return tuple(
        number(values[name]) if name in values else None for name in ("total", "direct", "upstream", "biogenic")
    )


def _potentials(frame: Frame, used: list[str]) -> list[Table]:
    """List the global warming potentials that amounts rest on directly; no table without any."""
    words = frame.words
    columns = (
        Column(words.word("head.species"), width=1),
        Column(words.word("head.potential"), words.word("unit.kg_per_kg"), figure=True),
        Column(words.word("head.gwp")), Column(words.word("head.title"), width=2),
    )  # fmt: skip
    rows = []
    for name in used:
        set_id, _, species = name.removeprefix(GWP_PREFIX).partition("#")
        found = gwp_set(set_id)
        rows.append(Row((species, number(found[species]), found.id, found.title)))
    return [Table(words.word("title.potentials"), columns, tuple(rows))] if rows else []


def _lists(frame: Frame, libraries: list[Library]) -> Table:
    words = frame.words
    names = ("list", "publisher", "title", "edition", "validity", "gwp", "licence")
    columns = (
        *(Column(words.word(f"head.{n}"), width=int(n in ("title", "licence"))) for n in names),
        *(Column(words.word(f"head.{n}"), on="workbook") for n in ("attribution", "checked", "url", "content")),
    )
    rows = []
    for at, library in enumerate(libraries, 1):
        papers = library.papers
        cells: tuple[Cell, ...] = (
            str(at), papers.publisher_name, papers.title, papers.edition,
            words.word("valid", first=papers.valid_from, last=papers.valid_to), papers.gwp_basis, papers.licence,
            papers.attribution, papers.last_checked, papers.url, library.content_hash,
        )  # fmt: skip
        rows.append(Row(cells))
    seen = dict.fromkeys(library.papers.attribution for library in libraries)
    notes: list[Statement] = [words.statement("note.attribution", text=text) for text in seen]
    notes += [
        words.statement("note.second_hand", library=library.id)
        for library in libraries
        if library.papers.kind == "secondhand"
    ]
    return Table(words.word("title.lists"), columns, tuple(rows), tuple(notes))


def methods(frame: Frame) -> Section:
    """The methods that the runs used, with their reference."""
    words, language = frame.words, frame.words.language
    used = {name: covered.known for covered in frame.matter.runs for name in sorted(covered.methods)}
    columns = (
        Column(words.word("head.method"), width=2), Column(words.word("head.version"), figure=True),
        Column(words.word("head.reference"), width=3),
    )  # fmt: skip
    rows = []
    for name, known in sorted(used.items(), key=lambda item: item[0]):
        ident, _, version = name.partition("@")
        method = known.methods.methods.get(ident)
        label = method.name.get(language) if method else ident
        rows.append(Row((label, number(Decimal(version)), method.reference if method else "")))
    table = Table(words.word("title.methods"), columns, tuple(rows))
    notes = tuple(words.statement(f"method.{name}") for name in ("rounding", "location", "market", "quality"))
    return frame.section("methods", (table, *notes))
