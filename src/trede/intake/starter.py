"""A first profile for an unknown file, guessed from its headings: a draft for a person, never used unseen.

`activity_type` and whatever else the headings do not tell are left empty, so that the draft does not load
before someone has filled them in.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PurePath

from trede.intake.comparing import compared
from trede.intake.inspection import Inspection

_SYNONYMS: tuple[tuple[str, str], ...] = (
    ("start", r"begin|start|van|vanaf|from|begindatum|startdatum|start ?date|periode van"),
    ("end", r"eind|einde|end|tot|t/m|tot en met|to|until|einddatum|end ?date|periode tot"),
    (
        "date",
        r"datum|date|dag|day|transactiedatum|tankdatum|factuurdatum|transaction date|datum en tijd|reisdatum|"
        r"datum rit|ritdatum|transaction ?date|verbruiksdatum",
    ),
    ("year", r"jaar|year|kalenderjaar|boekjaar"),
    ("period", r"periode|period|maand|month|kwartaal|quarter"),
    ("quantity", r"hoeveelheid|aantal|quantity|amount|volume|verbruik|usage|consumption|afstand|distance"),
    ("unit", r"eenheid|unit|uom|ehd"),
    (
        "fuel",
        r"product|brandstof|brandstofsoort|fuel|fuel type|artikel|productomschrijving|"
        r"artikelomschrijving|product description",
    ),
    ("purpose", r"doel|purpose|reisdoel|doel van de reis|soort rit"),
    ("site", r"locatie|vestiging|site|location|gebouw|building|pand"),
    ("entity", r"bedrijf|entiteit|entity|company|werkmaatschappij"),
    ("project", r"project|projectnummer|kostenplaats|cost cent(?:er|re)"),
    ("geography", r"land|country|landcode"),
    (
        "document",
        r"bonnummer|bon|factuurnummer|factuur|transactienummer|document|invoice|receipt|transaction id",
    ),
    ("credit_of", r"credit ?(?:van|bij|of)|origineel bonnummer|creditering van|correctie op"),
    ("meter", r"ean|ean-?code|meter|meternummer|aansluiting|meter ?id"),
    ("vehicle", r"kenteken|license plate|licence plate|registration|voertuig|vehicle|plate"),
    (
        "person",
        r"bestuurder|medewerker|driver|name|employee|werknemer|personeelsnummer|reiziger|"
        r"naam(?: (?:medewerker|reiziger|bestuurder|werknemer))?|(?:driver|employee|traveller) name",
    ),
    ("supplier", r"leverancier|supplier|tankstation|station|aanbieder|vendor"),
    ("note", r"opmerking|opmerkingen|omschrijving|note|notes|remarks|description|toelichting"),
)
_UNITS = (
    ("l", r"liters?|litres?|ltr|l"),
    ("kWh", r"kwh|kilowattuur"),
    ("MWh", r"mwh"),
    ("Nm3", r"nm3|nm³|normaal m3"),
    ("m3", r"m3|m³|kubieke meters?"),
    ("km", r"km|kms|kilometers?"),
    ("pkm", r"pkm|reizigerskilometers?"),
)
_PRICED = re.compile(r"per|prijs|stuksprijs|tarief|kosten|bedrag|price|cost|amount|rate|€|eur|euro")
"""Words of a heading that ends in a unit and yet is no quantity: `Prijs per liter`."""
_PERSONAL = ("vehicle", "person")
_UNTOLD = ("only_ascii", "one_column", "no_decimals", "workbook")
"""Bases of a setting that this file does not need: the next one may, so it is left to detection."""
_OPTIONAL = ("project", "credit_of", "supplier", "note")


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


def starter_profile(inspection: Inspection) -> Starter:
    """Write a draft profile for the inspected file.

    Dutch and English headings are known by synonym; a heading that is or ends in a unit (`Liters`, `Verbruik
    (kWh)`) gives the quantity and its unit. Plates and names are marked personal.
    """
    guesses: dict[str, str] = {}
    unit: str | None = None
    unused: list[str] = []
    rivals: list[str] = []
    for title in filter(None, inspection.headings):
        plain = compared(title)
        bare = re.sub(r"\s*[\[(].*?[\])]$", "", plain)
        field = next((f for f, words in _SYNONYMS if re.fullmatch(words, bare) and f not in guesses), None)
        found = next((u for u, words in _UNITS if re.search(rf"(?:^|[\s(\[])(?:{words})[)\]]?$", plain)), None)
        if found is not None and any(_PRICED.fullmatch(word) for word in plain.split()):
            found = None
        if found is not None and field in (None, "quantity"):
            rivals.append(title)
            field, unit = ("quantity", found) if "quantity" not in guesses else (None, unit if unit == found else None)
        if field is None:
            unused.append(title)
        else:
            guesses[field] = title
    if {"start", "end"} <= guesses.keys():
        dropped = {"date", "year", "period"}
    elif "date" in guesses:
        dropped = {"start", "end", "year", "period"}
    else:
        dropped = {"start", "end", "period"} if "year" in guesses else {"start", "end"}
    unused.extend(guesses.pop(field) for field in sorted(dropped & guesses.keys()))
    if len(rivals) < 2:
        rivals = []
    else:
        guesses.pop("quantity")
        unused = [title for title in unused if title not in rivals]
    open_titles = {inspection.headings[column] for column in inspection.unsure}
    unsure = tuple(t for t in rivals or [guesses.get("quantity", "")] if t in open_titles)
    if inspection.dialect.decimal.basis == "chosen":
        unsure = ()
    return Starter(_toml(inspection, guesses, unit, rivals, unsure), guesses, tuple(unused), tuple(rivals), unsure)


def _toml(
    inspection: Inspection, guesses: dict[str, str], unit: str | None, rivals: list[str], unsure: tuple[str, ...]
) -> str:
    stem = PurePath(inspection.name).stem
    slug = re.sub("[^a-z0-9]+", "-", stem.casefold()).strip("-") or "profile"
    lines = [f'id = "{slug}"', f"title = {_text(stem)}", f'source = "{slug}"', "", "[file]"]
    for name, choice in inspection.dialect.to_json().items():
        value = choice["value"]
        if value is not None and choice["basis"] not in _UNTOLD and not (name == "decimal" and unsure):
            lines.append(f"{name} = {value if isinstance(value, int) else _text(value)}")
    for field, title in guesses.items():
        lines += ["", f"[columns.{field}]", f"header = {_text(title)}"]
        if field in _PERSONAL:
            lines.append("personal = true")
        if field in _OPTIONAL:
            lines.append("optional = true")
    if "quantity" not in guesses:
        lines += ["", "[columns.quantity]", *(f"# {_text(title)}" for title in rivals), 'header = ""']
    lines += ["", "[constants]", 'activity_type = ""']
    if "unit" not in guesses:
        lines.append(f"unit = {_text(unit or '')}")
    if not guesses.keys() & {"date", "start", "year", "period"}:
        lines.append('year = ""')
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """Write a TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(value, ensure_ascii=False)
