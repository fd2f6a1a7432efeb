"""The organisation for the load on the web application: a million ledger rows over two years, and one person."""

from __future__ import annotations

import random

FILES = 4
ROWS = 110_000
YEARS = (2023, 2024)
SITES = 40
LIST = "co2emissiefactoren-2026-08-20"
PERSON, PASSWORD = "bench@bench.example", "een lang genoeg wachtwoord"


def prepare() -> None:
    """Make the organisation, its person and its two calculated years in the data folder of the environment."""
    import django  # noqa: PLC0415 - only this process has Django's settings

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from trede.intake.checking import load_profile  # noqa: PLC0415
    from trede.kernel.periods import Period  # noqa: PLC0415
    from trede.organisation.decisions import Pin  # noqa: PLC0415
    from trede.workspace import Workspace  # noqa: PLC0415
    from trede.workspace.importing import import_file  # noqa: PLC0415
    from trede.workspace.running import run_period  # noqa: PLC0415
    from trede_web.people.models import Membership, Organisation, User  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    organisation = Organisation.named("Bench")
    organisation.slug = "bench"
    sites = "".join(
        f'[[site]]\nid = "s{n:02d}"\nname = "Site {n:02d}"\nentity = "firm"\ncountry = "NL"\n' for n in range(SITES)
    )
    described = f'name = "Bench"\ncountry = "NL"\n[[entity]]\nid = "firm"\nname = "Firm"\n{sites}'
    described += '[[source]]\nid = "bench"\nname = "Fuel cards"\nfrom_year = 2023\n'
    workspace = Workspace.create(organisation.folder, described.encode(), "organisation.toml")
    profile = load_profile(PROFILE, "bench.toml")
    for number in range(FILES):
        year = YEARS[number * len(YEARS) // FILES]
        import_file(workspace, fills(number, year), f"fills-{year}-{number}.csv", profile)
    workspace.decide(Pin(library=LIST, years=YEARS, reason="bench", person="bench", made_at=workspace.now))
    rows = sum(run_period(workspace, Period.year(year)).result["rows"] for year in YEARS)
    organisation.save(force_insert=True)
    user = User.objects.create_user(PERSON, "Bench", PASSWORD)
    Membership.objects.create(user=user, organisation=organisation, role="owner")
    print(f"{FILES * ROWS:,} records, {rows:,} ledger rows, {SITES} sites, years {YEARS[0]} and {YEARS[1]}")


PROFILE = b"""
id = "bench"
title = "Bench"
source = "bench"
[file]
delimiter = ";"
decimal = ","
dates = "dd-mm-yyyy"
[columns.document]
header = "Bonnummer"
[columns.date]
header = "Datum"
[columns.site]
header = "Vestiging"
[columns.fuel]
header = "Product"
values = { "Euro 95 (E10)" = "petrol-e10", "Diesel B7" = "diesel-b7", "HVO100" = "hvo100" }
[columns.quantity]
header = "Liters"
[columns.supplier]
header = "Tankstation"
[constants]
activity_type = "fuel-vehicle"
control = "controlled"
delivery = "invoice"
unit = "l"
quality = "measured"
[unique]
fields = ["document"]
"""


def fills(number: int, year: int, rows: int = ROWS) -> bytes:
    """Return a fuel-card export; another number has other documents."""
    rng = random.Random(number)
    lines = ["Bonnummer;Datum;Vestiging;Product;Liters;Tankstation"]
    for row in range(rows):
        cents = rng.randint(800, 7000)
        fuel = rng.choice(("Euro 95 (E10)", "Diesel B7", "HVO100"))
        day = f"{rng.randint(1, 28):02d}-{rng.randint(1, 12):02d}-{year}"
        place = f"Site {rng.randint(0, SITES - 1):02d}"
        lines.append(
            f"B{number}{row:06d};{day};{place};{fuel};{cents // 100},{cents % 100:02d};Station {rng.randint(1, 400)}"
        )
    return ("\n".join(lines) + "\n").encode()
