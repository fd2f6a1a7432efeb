"""A first profile for an unknown file, guessed from its headings: a draft for a person, never used unseen.

`activity_type` and whatever else the headings do not tell are left empty, so that the draft does not load
before someone has filled them in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import PurePath

from trede.intake.above import Above, unit_above, year_above
from trede.intake.comparing import compared, total_word
from trede.intake.dialect import MANY_PERIODS
from trede.intake.headings import read_heading
from trede.intake.inspection import Inspection
from trede.intake.ledger_columns import AMOUNT, CODE, CREDIT, DEBIT, classification_of

_SYNONYMS: tuple[tuple[str, str], ...] = (
    (
        "start",
        r"begin|start|van|vanaf|from|begindatum|startdatum|start ?(?:date|time)|starttijd|begintijd|"
        r"(?:(?:leverings|verbruiks|factuur)?periode|datum) (?:van|vanaf|begin|start)|(?:begin|start) periode|ingangsdatum|"
        r"(?:billing )?period (?:from|start)|(?:date )?from",
    ),
    (
        "end",
        r"eind|einde|end|tot|t/m|tot en met|to|until|einddatum|end ?(?:date|time)|eindtijd|stop|"
        r"(?:(?:leverings|verbruiks|factuur)?periode|datum) (?:t/m|tot en met|tot|eind|einde)|eind(?:e)? periode|"
        r"(?:billing )?period (?:to|end|until)|(?:date )?to",
    ),
    (
        "date",
        r"datum|date|dag|day|transactiedatum|tankdatum|factuurdatum|transaction date|datum en tijd|reisdatum|"
        r"datum rit|ritdatum|transaction ?date|verbruiksdatum|opname ?datum|datum (?:van )?opname|afleesdatum|meetdatum|"
        r"laaddatum|reading date|boek(?:ings?)?datum|posting date|ophaaldatum|datum ophaling|inzameldatum|leverdatum|"
        r"collection date|delivery date",
    ),
    ("year", r"jaar|year|kalenderjaar|boekjaar"),
    ("period", r"(?:verbruiks|leverings|factuur)?periode|(?:billing )?period|maand|month|kwartaal|quarter"),
    (
        "meter_reading",
        r"(?:meter|teller)?stand|(?:meter)?standen|(?:meter )?reading|telwerkstand|stand (?:meter|teller)",
    ),
    (
        "quantity",
        r"hoeveelheid|aantal|quantity|amount|volume|verbruik|usage|consumption|afstand|distance|"
        r"energie|energy|geladen(?: energie)?|(?:charged|delivered) energy|gewicht|nettogewicht|weight|net weight",
    ),
    ("unit", r"eenheid|unit|uom|ehd"),
    (
        "fuel",
        r"product|brandstof|brandstofsoort|fuel|fuel type|artikel|productomschrijving|"
        r"artikelomschrijving|product description",
    ),
    ("purpose", r"doel|purpose|reisdoel|doel van de reis|soort rit"),
    ("site", r"locatie|vestiging|site|location|gebouw|building|pand"),
    ("entity", r"bedrijf|entiteit|entity|company|werkmaatschappij"),
    ("project", r"project|projectnummer|projectcode|project ?(?:number|code)"),
    ("department", r"afdeling|kostenplaats|department|cost cent(?:er|re)|business unit|divisie|division"),
    ("geography", r"land|country|landcode"),
    (
        "document",
        r"bonnummer|bon|factuurnummer|factuur|transactienummer|document|invoice|receipt|transaction id",
    ),
    ("credit_of", r"credit ?(?:van|bij|of)|origineel bonnummer|creditering van|correctie op"),
    ("meter", r"ean|ean-?code|meter|meter ?(?:nummer|nr\.?|number|no\.?|id)|aansluiting"),
    ("vehicle", r"kenteken|license plate|licence plate|registration|voertuig|vehicle|plate"),
    (
        "person",
        r"bestuurder|medewerker|driver|name|employee|werknemer|personeelsnummer|reiziger|"
        r"naam(?: (?:medewerker|reiziger|bestuurder|werknemer))?|(?:driver|employee|traveller) name",
    ),
    ("supplier", r"leverancier|supplier|tankstation|station|aanbieder|vendor|relatie|crediteur"),
    ("code", CODE),
    ("uncertainty", r"(?:meet)?onzekerheid(?: in %)?|uncertainty(?: in %)?"),
    ("rating", r"(?:data)?kwaliteitsscores?|herkomstmatrix|data quality rating|pedigree(?: matrix| scores?)?"),
    ("note", r"opmerking|opmerkingen|omschrijving|note|notes|remarks|description|toelichting"),
)
_UNITS = (
    ("l", r"liters?|litres?|ltr|l"),
    ("kWh", r"kwh|kilowattuur"),
    ("MWh", r"mwh"),
    ("Nm3", r"nm3|nm³|normaal m3"),
    ("m3", r"m3|m³|kubieke meters?"),
    ("GJ", r"gj|gigajoule"),
    ("MJ", r"mj|megajoule"),
    ("kg", r"kg|kgs|kilo|kilogram(?:men|s)?"),
    ("t", r"ton|tonnes?|tons?"),
    ("km", r"km|kms|kilometers?"),
    ("pkm", r"pkm|reizigerskilometers?"),
)
_PRICED = re.compile(
    r"per|prijs|stuksprijs|tarief|kosten|bedrag|price|cost|amount|rate|€|eur|euro|"
    r"co2e?|co₂e?|uitstoot|emissies?|emissions?"
)
"""Words of a heading that ends in a unit and yet is no quantity: `Prijs per liter`, `Uitstoot (kg)`."""
_PERSONAL = ("vehicle", "person", "custom.")
"""Beginnings of fields that become pseudonyms; a draft has no other custom fields than personal ones."""
_PERSONAL_WORDS = (
    r"(?:laad|tank)?(?:pas|kaart)(?: ?(?:nummer|nr\.?|id|houder))?|card(?: ?(?:number|no\.?|id|holder))?|token(?: ?id)?|"
    r"rfid|uid|e-?mail ?(?:adres|address)?|telefoon(?:nummer)?|phone(?: number)?|voornaam|achternaam|(?:first|last) name|surname"
)
_UNTOLD = ("only_ascii", "one_column", "no_decimals", "workbook")
"""Bases of a setting that this file does not need: the next one may, so it is left to detection."""
_SHAPED = ("quantity", "meter_reading", "date", "start", "end", "period")
"""Fields that a cross-tab with periods over its columns does not have."""
_OPTIONAL = ("project", "department", "credit_of", "supplier", "uncertainty", "rating", "note", "custom.")


@dataclass(frozen=True)
class Starter:
    """A draft: its TOML text, the guessed heading by field, and the headings left over.

    `rivals` are the headings that could each be the quantity: none is taken, a person chooses. `unsure` are those of
    the quantity whose own values leave the decimal sign open: what other columns show, amounts of money perhaps, does
    not settle it, so the draft does not either.
    """

    text: str
    guesses: dict[str, str]
    unused: tuple[str, ...]
    rivals: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    above: Mapping[str, Above] = dataclass_field(default_factory=dict)
    """By field what is proposed from a text above the table or the name of the sheet: `year`, `unit`."""
    shape: str | None = None
    """`crosstab` or `readings`, where the headings show one."""


def starter_profile(inspection: Inspection) -> Starter:
    """Write a draft profile for the inspected file.

    Dutch and English headings are known by synonym; a heading that is or ends in a unit (`Liters`, `Verbruik
    (kWh)`) gives the quantity and its unit. Plates and names are marked personal.
    """
    if periods := spread_periods(inspection):
        return _crosstab(inspection, periods)
    guesses: dict[str, str] = {}
    unit: str | None = None
    unused: list[str] = []
    rivals: list[str] = []
    for column, title in enumerate(inspection.headings):
        if not title:
            continue
        plain = compared(title)
        bare = re.sub(r"\s*[\[(].*?[\])]$", "", plain)
        field = _field(bare, guesses)
        found = next((u for u, words in _UNITS if re.search(rf"(?:^|[\s(\[])(?:{words})[)\]]?$", plain)), None)
        if found is None and column in inspection.units:
            behind = compared(inspection.units[column])
            found = next((u for u, words in _UNITS if re.fullmatch(words, behind)), None)
        if found is not None and any(_PRICED.fullmatch(word) for word in plain.split()):
            found = None
        unit = found or unit if field == "meter_reading" else unit
        if found is not None and field in (None, "quantity"):
            rivals.append(title)
            field, unit = ("quantity", found) if "quantity" not in guesses else (None, unit if unit == found else None)
        if field is None:
            unused.append(title)
        else:
            guesses[field] = title
    _of_a_ledger(guesses, unused, rivals)
    told = "period" in guesses and inspection.headings.index(guesses["period"]) in inspection.ranges
    unused.extend(guesses.pop(field) for field in sorted(_other_dates(guesses, periods=told) & guesses.keys()))
    if len(rivals) < 2:
        rivals = []
    else:
        guesses.pop("quantity")
        unused = [title for title in unused if title not in rivals]
    open_titles = {inspection.headings[column] for column in inspection.unsure}
    unsure = tuple(t for t in rivals or [guesses.get("quantity", "")] if t in open_titles)
    if inspection.dialect.decimal.basis == "chosen":
        unsure = ()
    shape = _readings(guesses, unused)
    for title in [title for title in unused if _is_personal(title)]:
        guesses.setdefault(f"custom.{_slug(title)}", title)
        unused.remove(title)
    text, above = _from_titles(inspection, _toml(inspection, guesses, unit, rivals, unsure, shape))
    return Starter(text, guesses, tuple(unused), tuple(rivals), unsure, above, "readings" if shape else None)


def _field(bare: str, guesses: dict[str, str]) -> str | None:
    """Return the field that a heading without brackets names and no other has; a stand with its unit is one: `Stand kWh`."""
    units = "|".join(words for _, words in _UNITS)
    stands = rf"(?:{dict(_SYNONYMS)['meter_reading']}) (?:in )?(?:{units})"
    if "meter_reading" not in guesses and re.fullmatch(stands, bare):
        return "meter_reading"
    return next((field for field, words in _SYNONYMS if re.fullmatch(words, bare) and field not in guesses), None)


def _of_a_ledger(guesses: dict[str, str], unused: list[str], rivals: list[str]) -> None:
    """Take the amounts of a ledger for the quantity: debit and, as `minus`, credit; or the one amount beside an account."""
    if rivals or "quantity" in guesses:
        return
    plain = {title: re.sub(r"\s*[\[(].*?[\])]$", "", compared(title)) for title in unused}
    debit, credit, amount = (
        [title for title in unused if re.fullmatch(words, plain[title])] for words in (DEBIT, CREDIT, AMOUNT)
    )
    if len(debit) == len(credit) == 1:
        guesses |= {"quantity": debit[0], "minus": credit[0]}
    elif "code" in guesses and len(amount) == 1:
        guesses["quantity"] = amount[0]
    unused[:] = [title for title in unused if title not in guesses.values()]


def _is_personal(title: str) -> bool:
    words = [known for field, known in _SYNONYMS if field in _PERSONAL]
    return re.fullmatch("|".join([*words, _PERSONAL_WORDS]), compared(title)) is not None


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.casefold()).strip("-")


def _other_dates(guesses: dict[str, str], *, periods: bool) -> set[str]:
    """Return the fields that say when in another way than the one that is kept; `periods`: the period's cells are ranges."""
    if periods:
        return {"start", "end", "date", "year"}
    if {"start", "end"} <= guesses.keys():
        return {"date", "year", "period"}
    if "date" in guesses:
        return {"start", "end", "year", "period"}
    return {"start", "end", "period"} if "year" in guesses else {"start", "end"}


def _readings(guesses: dict[str, str], unused: list[str]) -> list[str]:
    """Return the section of a file of meter readings, or nothing; a reading beside a quantity is left unused."""
    if {"meter_reading", "date"} <= guesses.keys() and "quantity" not in guesses:
        return ["", "[readings]", f"taken = {_text('')}"]
    if "meter_reading" in guesses:
        unused.append(guesses.pop("meter_reading"))
    return []


def spread_periods(inspection: Inspection) -> list[str]:
    """Return the headings that are periods when there are several: months, or else what most of them are."""
    kinds: dict[int, list[str]] = {}
    for title in inspection.headings:
        found = read_heading(title)
        if found is not None:
            kinds.setdefault(len(found.months()), []).append(title)
    most = max(kinds.values(), key=len, default=[])
    return most if len(most) >= MANY_PERIODS else []


def _crosstab(inspection: Inspection, periods: list[str]) -> Starter:
    """Draft the profile of a cross-tab; every heading is named, since one that is not refuses the file."""
    guesses: dict[str, str] = {}
    totals, aside = [], []
    for title in filter(None, inspection.headings):
        plain = compared(title)
        field = next(
            (f for f, words in _SYNONYMS if re.fullmatch(words, plain) and f not in (*guesses, *_SHAPED)), None
        )
        if title in periods:
            continue
        if field is not None:
            guesses[field] = title
        elif total_word(title) is not None:
            totals.append(title)
        else:
            aside.append(title)
    found = next(
        (u for u, words in _UNITS for t in periods if re.search(rf"[\[(](?:{words})[\])]$", compared(t))), None
    )
    above = any(re.search(r"(?:19|20)[0-9]{2}", text) for text in inspection.above)
    years = all(r.year is not None for t in periods for r in [read_heading(t)] if r is not None)
    deep = above and not years and len(set(periods)) < len(periods)
    shape = ["", "[crosstab]", "periods = true"]
    shape += ["heading_rows = 2"] if deep else []
    shape += [f"total = {_text_list(totals)}"] if totals else []
    shape += [f"aside = {_text_list(aside)}"] if aside else []
    year = [] if years or deep or "year" in guesses else [f"year = {_text('')}"]
    text, told = _from_titles(inspection, _toml(inspection, guesses, found, [], (), shape, year))
    return Starter(text, guesses, tuple(aside), above=told, shape="crosstab")


def _toml(
    inspection: Inspection, guesses: dict[str, str], unit: str | None, rivals: list[str], unsure: tuple[str, ...],
    shape: list[str], year: list[str] | None = None,
) -> str:  # fmt: skip
    """Write the draft. `shape`: the section of a cross-tab or of readings; `year`: its line among the constants."""
    stem = PurePath(inspection.name).stem
    slug = _slug(stem) or "profile"
    lines = [f'id = "{slug}"', f"title = {_text(stem)}", f'source = "{slug}"', "", "[file]"]
    for name, choice in inspection.dialect.to_json().items():
        value = choice["value"]
        if value is not None and choice["basis"] not in _UNTOLD and not (name == "decimal" and unsure):
            lines.append(f"{name} = {value if isinstance(value, int) else _text(value)}")
    for field, title in guesses.items():
        lines += _column(field, title, guesses)
    if not shape and "quantity" not in guesses:
        lines += ["", "[columns.quantity]", *(f"# {_text(title)}" for title in rivals), 'header = ""']
    lines += ["", "[constants]", 'activity_type = ""']
    if "unit" not in guesses:
        lines.append(f"unit = {_text(unit or '')}")
    lines += _classification(inspection, guesses)
    if year is None and not guesses.keys() & {"date", "start", "year", "period"}:
        lines.append('year = ""')
    lines += year or []
    if shape and "meter_reading" in guesses and "meter" not in guesses:
        lines.append('meter = ""')
    lines += shape
    if "meter_reading" not in guesses:
        lines += _totals(inspection)
    if not shape and "document" in guesses and inspection.headings.index(guesses["document"]) in inspection.distinct:
        lines += ["", "[unique]", 'fields = ["document"]']
    return "\n".join(lines) + "\n"


def _from_titles(inspection: Inspection, text: str) -> tuple[str, dict[str, Above]]:
    """Return a draft in which a title above the table fills in a year or a unit that is left open, and what was read where."""
    told = {"year": year_above(inspection.titles), "unit": unit_above(inspection.titles, _UNITS)}
    found: dict[str, Above] = {}
    for name, above in told.items():
        line = f'\n{name} = ""\n'
        if above is not None and line in text:
            text = text.replace(line, f"\n{name} = {_text(above.value)}  # {_text(above.text)}\n")
            found[name] = above
    return text, found


def _column(field: str, title: str, guesses: dict[str, str]) -> list[str]:
    """Return the section of a column; `minus` is a line of that of the quantity."""
    if field == "minus":
        return []
    lines = ["", f"[columns.{field}]", f"header = {_text(title)}"]
    if field == "quantity" and "minus" in guesses:
        lines.append(f"minus = {_text(guesses['minus'])}")
    if field.startswith(_PERSONAL):
        lines.append("personal = true")
    if field.startswith(_OPTIONAL):
        lines.append("optional = true")
    return lines


def _classification(inspection: Inspection, guesses: dict[str, str]) -> list[str]:
    """Return the constant that says what codes of what was bought are, where their column tells it."""
    if "code" not in guesses:
        return []
    at = inspection.headings.index(guesses["code"])
    told = classification_of(guesses["code"], inspection.values[at] if inspection.values else ())
    return [f"classification = {_text(told)}"] if told else []


def _totals(inspection: Inspection) -> list[str]:
    """Return a section for each kind of rows that seem to be totals."""
    lines: list[str] = []
    for column, word in inspection.totals:
        if inspection.headings[column]:
            lines += [
                "",
                "[[totals]]",
                f"column = {_text(inspection.headings[column])}",
                f"starts_with = {_text(word)}",
            ]
            lines += ['scope = "block"'] if compared(word).startswith("sub") else []
    return lines


def _text_list(values: list[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    """Write a TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(value, ensure_ascii=False)
