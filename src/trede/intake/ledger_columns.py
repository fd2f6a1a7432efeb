"""Columns of a ledger's export: which code says what was bought, and amounts in debit and credit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trede.catalogue.rgs import rgs_account
from trede.intake.comparing import compared

_NUMBER = r"(?: ?(?:nummer|nr\.?|number|no\.?|code|id))?"
_HEADINGS = (
    ("rgs", rf"rgs(?:[ -]?(?:code|rekening|account))?{_NUMBER}|referentie ?grootboek(?:schema)?{_NUMBER}"),
    (
        "account",
        rf"grootboek(?:[ -]?rekening)?{_NUMBER}|gb(?:[ -]?rekening)?{_NUMBER}|(?:general|nominal) ledger(?: account)?{_NUMBER}|"
        rf"(?:gl|g/l|ledger|nominal)[ -]?(?:account|code){_NUMBER}|kosten(?:soort|rekening){_NUMBER}|"
        rf"cost (?:element|type){_NUMBER}",
    ),
    ("sbi-2008", r"sbi[ -]?(?:code)?[ -]?2008(?:[ -]?code)?"),
    ("sbi-2025", r"sbi[ -]?(?:code)?[ -]?2025(?:[ -]?code)?"),
    ("nace-2.1", r"nace(?: rev\.?)? ?2\.1(?:[ -]?code)?"),
    ("nace-2", r"nace(?: rev\.?)? ?2(?:[ -]?code)?"),
    ("cpa-2.1", r"cpa ?2\.1(?:[ -]?code)?"),
    ("naics-2017", r"naics(?:[ -]?2017)?(?:[ -]?code)?"),
    ("isic-4", r"isic(?: rev\.?)? ?4(?:[ -]?code)?"),
    ("sic-2007", r"sic[ -]?2007(?:[ -]?code)?"),
)
_ACCOUNT = re.compile(r"[0-9]{4,5}")
_RGS = re.compile(r"[BW][A-Z][a-z]{2}(?:[A-Z][A-Za-z]{2})*")
CODE = "|".join(words for _, words in _HEADINGS)
"""Headings of a column with the code of what was bought."""
DEBIT = r"(?:bedrag )?debet(?:[ -]?bedrag)?|debit(?: amount)?|amount debit"
CREDIT = r"(?:bedrag )?credit(?:[ -]?bedrag)?|credit amount|amount credit"
AMOUNT = r"(?:netto ?|boekings?)?bedrag(?: excl(?:\.|usief)?(?: btw)?)?|saldo|(?:net )?amount|balance"
"""Headings of an amount of money, in a file that has accounts."""


def classification_of(heading: str, values: Sequence[str]) -> str | None:
    """Return what the codes of a column are by its heading, else by the form of all its values; None when neither says so.

    Numbers of four or five digits are taken for accounts of the ledger. Codes of a branch of industry, which look the same, are
    never told by their form alone.
    """
    plain = re.sub(r"\s*[\[(].*?[\])]$", "", compared(heading))
    told = next((name for name, words in _HEADINGS if re.fullmatch(words, plain)), None)
    if told not in (None, "account"):
        return told
    filled = [value.strip() for value in values if value.strip()]
    if all(map(_RGS.fullmatch, filled)) and any(rgs_account(value) is not None for value in filled):
        return "rgs"
    return "account" if told or (filled and all(map(_ACCOUNT.fullmatch, filled))) else None
