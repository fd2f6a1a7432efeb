"""Amounts of money in an explanation: each step to the currency and the year of the factor, with its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.trace.record import Amount, Posting


def money_working(speaker: Speaker, posting: Posting) -> str:
    """Write a row of spend: `1.210,00 USD × 0,9215 EUR/USD × 0,967 = 1.078,30 EUR × 0,078 kg/EUR`."""
    amount, unit = _amount(posting), posting.plan["unit"]
    parts = [f"{speaker.number(amount.recorded)} {amount.told['currency']}"]
    if amount.rate is not None:
        parts.append(f"{speaker.number(amount.rate)} {unit}/{amount.told['currency']}")
    if index := amount.told.get("index"):
        parts.append(speaker.number(Decimal(index["ratio"])))
    if average := amount.told.get("average"):
        parts.append(f"{speaker.number(Decimal(average['rate']))} {unit}/{amount.told['currency']}")
    steps = f"{' × '.join(parts)} = " if len(parts) > 1 else ""
    quantity = amount.exchanged * Decimal(posting.plan["multiplier"])
    factor = posting.values["main.total"] or Decimal(0)
    return f"{steps}{speaker.number(quantity.normalize())} {unit} × {speaker.number(factor)} kg/{unit}"


def print_steps(context: Context, posting: Posting) -> None:
    """Print where the rate and the index come from."""
    speaker, amount, row = context.speaker, _amount(posting), posting.row
    into = {"currency": amount.told["currency"], "into": posting.plan["unit"]}
    if amount.rate is not None and amount.day is not None:
        told = {**into, "day": speaker.day(amount.day)}
        if amount.day == row["start"]:
            context.line("    " + speaker.say("money.rate", **told))
        else:
            context.line("    " + speaker.say("money.rate_before", **told, asked=speaker.day(row["start"])))
    elif amount.rate is not None:
        days = {"start": speaker.day(row["start"]), "end": speaker.day(row["end"])}
        context.line("    " + speaker.say("money.rate_average", **into, **days))
    if index := amount.told.get("index"):
        _print_index(context, index)
    if average := amount.told.get("average"):
        year = Decimal(average["year"])
        days = {"start": speaker.day(date(int(year), 1, 1)), "end": speaker.day(date(int(year), 12, 31))}
        context.line("    " + speaker.say("money.rate_average", **into, **days))
    said = posting.reason.get("spend", {})
    if "account" in said:
        confidence = context.speaker.say(f"money.confidence.{said['confidence']}")
        context.line(
            "    " + speaker.say("money.account", account=said["account"], sector=said["code"], confidence=confidence)
        )
    if "map" in said:
        context.line(
            "    " + speaker.say("money.map", id=said["map"], scheme=said["classification"], sector=said["code"])
        )


def _print_index(context: Context, index: dict[str, Any]) -> None:
    speaker = context.speaker
    measure = speaker.say("money.consumer_index" if index["measure"] == "consumer index" else "money.index")
    told = {"measure": measure, "country": index["country"], "first": index["from"], "last": index["to"]}
    context.line("    " + speaker.say("money.step_index", **told))
    for source in index.get("sources", []):
        context.line("      " + speaker.say("money.stated", source=source))


def _amount(posting: Posting) -> Amount:
    assert posting.amount is not None
    return posting.amount
