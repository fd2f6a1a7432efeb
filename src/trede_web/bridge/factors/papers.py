"""The papers of a factor: what it is, who published it, with which gases, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trede.catalogue.vocabulary import vocabulary
from trede.trace.usage import choices
from trede.workspace.shelf import Shelved
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run


NUMBERS = ("total", "direct", "upstream", "biogenic", "energy")


def papers_of(item: Shelved, runs: dict[int, Run], voice: Voice) -> list[tuple[str, str]]:
    """Return what the papers say of a factor: name and text."""
    factor, papers, word = item.factor, item.library.papers, voice.word
    first, last = item.library.validity(factor)
    known = vocabulary().types
    answers = [known[name].name.get(voice.language) for name in item.facets["activity"] if name in known]
    values = factor.values()
    facts = [
        *((word(f"value.{name}"), voice.number(values[name])) for name in NUMBERS if name in values),
        (word("paper.unit"), f"{factor.publisher_unit} · {word(f'kind.{factor.kind}')}"),
        (word("paper.nature"), word(f"nature.{factor.nature}")),
        (word("paper.stages"), word(f"stages.{factor.stages}")),
        (word("paper.answers"), ", ".join(answers)),
        (word("paper.valid"), f"{voice.day(first)} – {voice.day(last)}"),
        (word("paper.region"), " ".join(item.facets["region"])),
        (word("paper.gwp"), f"{gwp_of(item, voice)}. {papers.gwp_note.get(voice.language)}"),
        (word("paper.uncertainty"), "; ".join([published_of(item, voice), *_rated(item, runs, voice)])),
        *((word("paper.beside"), f"{name}: {voice.number(value)}") for name, value in factor.memo.items()),
    ]
    return [(name, text) for name, text in facts if text]


def source_of(item: Shelved, voice: Voice) -> list[tuple[str, str]]:
    """Return where a factor comes from: name and text."""
    factor, papers, word = item.factor, item.library.papers, voice.word
    facts = [
        (word("paper.publisher"), papers.publisher_name),
        (word("paper.list"), papers.title),
        (word("paper.edition"), voice.day(papers.edition)),
        (word("paper.place"), factor.place),
        (word("paper.licence"), papers.licence),
        (word("paper.attribution"), papers.attribution),
        (word("paper.checked"), voice.day(papers.last_checked)),
        (word("paper.file"), papers.source_file.name if papers.source_file else ""),
        (word("paper.hash"), papers.source_file.sha256 if papers.source_file else ""),
        (word("paper.content"), item.library.content_hash),
        (word("paper.code"), item.ref),
    ]
    if factor.second_hand is not None:
        told = factor.second_hand
        facts += [
            (word("paper.confidence"), word(f"confidence.{told.confidence}")),
            (word("paper.sources"), "; ".join(told.sources)),
            (word("paper.note"), told.note.get(voice.language)),
        ]
    return [(name, text) for name, text in facts if text]


def gwp_of(item: Shelved, voice: Voice) -> str:
    """Return by which potentials the gases were added up."""
    basis = item.library.papers.gwp_basis
    return voice.word("factor.gwp_unknown") if basis == "unknown" else basis


def published_of(item: Shelved, voice: Voice) -> str:
    """Return the uncertainty that the publisher gives."""
    own = item.factor.uncertainty
    return voice.word("factor.not_published") if own is None else f"± {voice.percent(own / 100, 1)}"


def _rated(item: Shelved, runs: dict[int, Run], voice: Voice) -> list[str]:
    """Say with which interval the calculations count the factor, when the publisher gives none."""
    halves = {
        each.uncertainty for run in runs.values() for each in choices(run)
        if each.factor == item.ref and each.uncertainty is not None and each.rated != "publisher"
    }  # fmt: skip
    if item.factor.uncertainty is not None:
        return []
    return [voice.word("factor.rated", half=voice.percent(half / 100, 1)) for half in sorted(halves)]


def gases_of(item: Shelved, voice: Voice) -> list[tuple[str, list[str]]]:
    """Return per gas the kilograms of each value that the publisher splits."""
    split = item.factor.gases
    names = dict.fromkeys(gas for part in split.values() for gas in part)
    return [
        (voice.say(f"gas.{gas}"), [voice.number(part[gas]) if gas in part else "–" for part in split.values()])
        for gas in names
    ]


def link_of(url: str) -> str:
    """Return an address that can be opened; of anything else nothing."""
    return url if url.startswith(("https://", "http://")) else ""
