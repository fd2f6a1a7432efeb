"""Make the files of the example organisation: `python tools/make_example.py [FOLDER]`.

The yearly totals below are the figures to reproduce; `catalogue/example/README.md` says which of them are
published and which are invented. Everything finer than a yearly total comes from a generator that is seeded
by the file's name, so the same code gives the same bytes, and a change to one file leaves the others alone.
Amounts are whole hundredths (litres, kWh) or tenths (km) until they are written, so that they add up exactly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from example_sites import gas_invoice, gas_workbook, landlord, meter_readings
from example_writing import comma, lines, point

FILES = Path(__file__).parents[1] / "src" / "trede" / "catalogue" / "example" / "files"
YEARS = (2022, 2023, 2024)

# Litres bought in the year, and the cars that bought them: the fleet grows, the first cars stay.
PETROL = {2022: (26_914, 24), 2023: (32_750, 29), 2024: (38_382, 33)}
DIESEL = {2022: (3_655, 3), 2023: (6_120, 5), 2024: (8_196, 7)}
HVO_LITRES_2024 = 255
# kWh charged in the year, and the electric cars.
CHARGING = {2022: (6_781, 3), 2023: (18_649, 7), 2024: (31_280, 11)}
# Kilometres in the year, in tenths: private car, train, bicycle.
TRAVEL = {
    2022: (314_500, 92_400, 11_800),
    2023: (289_205, 118_150, 13_955),
    2024: (261_800, 135_604, 16_420),
}

STATIONS = (
    "Tankstation Noorderpoort", "Tankstation Curaçaolaan", "Pompstation Coöperatie De Eén",
    "Tankshop ’t Veld – Oost", "Tankstation Vliegveldweg", "Pompstation Zuiderbrug",
)  # fmt: skip
HVO_STATION = "Biopomp Sint-Eloï"
PRICES = {  # tenths of a cent a litre, invented
    "Euro 95 E10": {2022: 2049, 2023: 1939, 2024: 1919},
    "Diesel B7": {2022: 1949, 2023: 1789, 2024: 1729},
    "HVO100": {2024: 2199},
}


def amounts(rng: Random, total: int, low: int, high: int) -> list[int]:
    """Draw whole amounts from `low` to `high` that add up to `total` exactly."""
    drawn = [rng.randint(low, high) for _ in range(round(2 * total / (low + high)))]
    while rest := total - sum(drawn):
        at = rng.randrange(len(drawn))
        drawn[at] = min(high, max(low, drawn[at] + max(-90, min(90, rest))))
    return drawn


def moments(rng: Random, count: int, first: datetime, last: datetime) -> list[datetime]:
    """Spread `count` moments over the days from `first` to `last`, between six and ten, never on a Sunday."""
    days = (last - first).days
    spread = []
    for at in range(count):
        day = first + timedelta(days=int((at + rng.random()) * days / count))
        if day.weekday() == 6:
            day += timedelta(days=1 if day == first else -1)
        spread.append(day + timedelta(minutes=rng.randint(6 * 60, 22 * 60)))
    return spread


def plate(number: int) -> str:
    """Return an invented number plate: the pattern of a Dutch one, always with the letter Q."""
    letters = "BDFGHJKLNPRSTVXZ"
    one, two = letters[number % 16], letters[(number * 7 + 3) % 16]
    if number % 2:
        return f"Q{one}-{(number * 137) % 900 + 100}-{two}"
    return f"{number % 9 + 1}-{one}Q{two}-{(number * 29) % 90 + 10}"


@dataclass(frozen=True)
class Fill:
    """One row of a fuel-card export: centilitres, and the price in tenths of a cent a litre."""

    moment: datetime
    car: int
    driver: int
    station: str
    product: str
    litres: int
    price: int
    receipt: str = ""
    credits: str = ""

    @property
    def cents(self) -> int:
        """The amount in cents, rounded half away from zero."""
        size = (abs(self.litres) * self.price + 500) // 1000
        return size if self.litres > 0 else -size

    def cells(self) -> list[str]:
        """The row as the lease company writes it."""
        return [
            self.receipt,
            f"{self.moment:%d-%m-%Y}",
            f"{self.moment:%H:%M}",
            f"9000-0000-{self.car:04}",
            plate(self.car),
            f"Bestuurder {self.driver:02}",
            self.station,
            self.product,
            comma(self.litres, 2),
            comma(self.price, 3),
            comma(self.cents, 2),
            self.credits,
        ]


FUEL_HEADINGS = (
    "Bonnummer", "Datum", "Tijd", "Kaartnummer", "Kenteken", "Bestuurder", "Tankstation", "Product", "Liters",
    "Prijs per liter", "Bedrag", "Creditering van bon",
)  # fmt: skip


def fills(
    rng: Random, year: int, product: str, sizes: list[int], cars: Sequence[int], *, month: int = 1
) -> Iterator[Fill]:
    """Deal the fills of one product over its cars; every third car has a second driver."""
    first, last = datetime(year, month, 1), datetime(year, 12, 31)  # noqa: DTZ001 (a till receipt has local time)
    for turn, car in enumerate(cars):
        dealt = sizes[turn :: len(cars)]
        for litres, moment in zip(dealt, moments(rng, len(dealt), first, last), strict=True):
            driver = car + 50 if car % 3 == 0 and rng.random() < 0.3 else car
            station = HVO_STATION if product == "HVO100" else rng.choice(STATIONS)
            price = PRICES[product][year] + rng.randint(-80, 80)
            yield Fill(moment, car, driver, station, product, litres, price)


def fuel_cards(year: int) -> tuple[list[Fill], list[Fill]]:
    """Return the year's fills in order of time, and those that the lease company sends twice (2024 only)."""
    rng = Random(f"tankpas-{year}")
    petrol, petrol_cars = PETROL[year]
    diesel, diesel_cars = DIESEL[year]
    year_fills = [
        *fills(rng, year, "Euro 95 E10", amounts(rng, petrol * 100, 2500, 5700), range(1, petrol_cars + 1)),
        *fills(rng, year, "Diesel B7", amounts(rng, diesel * 100, 3200, 6000), range(34, 34 + diesel_cars)),
    ]
    if year == 2024:
        # One fill too many is booked on HVO; the credit note takes it back.
        hvo = [4137, *amounts(rng, HVO_LITRES_2024 * 100, 3600, 4900)]
        year_fills += fills(rng, year, "HVO100", hvo, (39, 40), month=9)
        wrong = next(fill for fill in year_fills if fill.litres == hvo[0] and fill.product == "HVO100")
        year_fills.append(replace(wrong, moment=wrong.moment + timedelta(days=5), litres=-wrong.litres))
    year_fills.sort(key=lambda fill: (fill.moment, fill.car))
    numbered = [replace(fill, receipt=f"B{year % 100}-{n:05}") for n, fill in enumerate(year_fills, 1)]
    if year != 2024:
        return numbered, []
    credited = next(fill.receipt for fill in numbered if fill.litres == hvo[0] and fill.product == "HVO100")
    petrol_fills = [fill for fill in numbered if fill.product == "Euro 95 E10"]
    return (
        [replace(fill, credits=credited) if fill.litres < 0 else fill for fill in numbered],
        [petrol_fills[310], petrol_fills[702]],
    )


def fuel_card_export(year: int, encoding: str, *, mistyped: bool = False) -> bytes:
    """Write a fuel-card export; the total row counts every row sent, the mistyped one truly."""
    year_fills, twice = fuel_cards(year)
    sent = [fill for one in year_fills for fill in ([one, one] if one in twice else [one])]
    rows = [list(FUEL_HEADINGS), *(fill.cells() for fill in sent)]
    if mistyped:
        # The letter O for the zero, in a petrol fill of the second quarter of the file.
        row = next(r for r in rows[len(rows) // 3 :] if r[7] == "Euro 95 E10" and r[8].startswith("40,"))
        row[8] = row[8].replace("40,", "4O,")
    total = [""] * len(FUEL_HEADINGS)
    total[0] = "Totaal"
    total[8] = comma(sum(fill.litres for fill in sent), 2, group=".")
    total[10] = comma(sum(fill.cents for fill in sent), 2, group=".")
    return lines([*rows, total], ";").encode(encoding)


def travel() -> bytes:
    """Write the mileage and train sheet: tabs, a title and a blank row above the headings."""
    rng = Random("reizen")
    trips = []
    for year, totals in TRAVEL.items():
        sizes = ((120, 1700), (250, 1200), (20, 120))
        for mode, total, (low, high) in zip(("privéauto", "trein", "fiets"), totals, sizes, strict=True):
            drawn = amounts(rng, total, low, high)
            days = moments(rng, len(drawn), datetime(year, 1, 1), datetime(year, 12, 31))  # noqa: DTZ001
            trips += [(day, rng.randint(1, 14), mode, km) for day, km in zip(days, drawn, strict=True)]
    reasons = ("klantbezoek", "inspectie", "overleg", "scholing")
    rows = [["Kilometers en treinreizen 2022-2024"], [""]]
    rows.append(["Medewerker", "Datum", "Vervoer", "Km", "Doel", "Omschrijving"])
    for day, person, mode, km in sorted(trips):
        cells = [
            f"Medewerker {person:02}",
            f"{day:%d/%m/%Y}",
            mode,
            comma(km, 1),
            "zakelijk",
            rng.choice(reasons),
        ]
        rows.append(cells)
    return lines(rows, "\t", "\n").encode()


def charging() -> bytes:
    """Write the charging-card export: commas and decimal points, a row a session."""
    rng = Random("laadpas")
    sessions = []
    for year, (total, cars) in CHARGING.items():
        drawn = amounts(rng, total * 100, 600, 5400)
        for car in range(cars):
            dealt = drawn[car::cars]
            days = moments(rng, len(dealt), datetime(year, 1, 1), datetime(year, 12, 31))  # noqa: DTZ001
            sessions += [(day, 41 + car, kwh) for day, kwh in zip(days, dealt, strict=True)]
    rows = [["Transactie", "Start", "Laadpas", "Kenteken", "Locatie", "kWh", "Kosten"]]
    cents = {"thuis": 30, "openbaar": 48, "kantoor": 28}
    for number, (day, car, kwh) in enumerate(sorted(sessions), 1):
        place = rng.choice(("thuis", "thuis", "thuis", "openbaar", "openbaar", "kantoor"))
        cost = (kwh * cents[place] + 50) // 100
        card = f"NL-VBS-{car:04}"
        rows.append([f"T{number:06}", f"{day:%d-%m-%Y}", card, plate(car), place, point(kwh), point(cost)])
    return lines(rows, ",", "\n").encode()


def build() -> dict[str, bytes]:
    """Return every file of the example by name."""
    return {
        "tankpas-2022.csv": fuel_card_export(2022, "utf-8-sig"),
        "tankpas-2023.csv": fuel_card_export(2023, "cp1252"),
        "tankpas-2024.csv": fuel_card_export(2024, "cp1252", mistyped=True),
        "tankpas-2024-verbeterd.csv": fuel_card_export(2024, "cp1252"),
        "meterstanden-hoofdkantoor.csv": meter_readings(),
        "verhuurder-elektriciteit.csv": landlord(),
        "aardgas-per-maand.xlsx": gas_workbook(),
        "gasnota-hoofdkantoor-2024.pdf": gas_invoice(),
        "reizen.csv": travel(),
        "laadpas.csv": charging(),
    }


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FILES
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in build().items():
        (folder / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
