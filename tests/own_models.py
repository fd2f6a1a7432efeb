"""An own calculation model for tests: orders that a cargo bike delivers, which become power and reported emissions."""

from __future__ import annotations

BIKES = """\
id = "delivery-bikes"
name = { nl = "Bezorging per bakfiets", en = "Delivery by cargo bike" }
reference = "Own measurements of 2025, report of 12 January 2026"
category = "scope-3.4"

[quantity]
kind = "number"
unit = "n"

[inputs.ride]
name = { nl = "Rit per bestelling", en = "Ride per order" }
unit = "km/n"
above = 0
at_most = 100

[inputs.custom.bags]
name = { nl = "Tassen per bestelling", en = "Bags per order" }
unit = "bag/n"
at_least = 0

[[leg]]
id = "power"
formula = "quantity * ride * 0.025 [kWh/km]"
unit = "kWh"
counts_as = "electricity-vehicle"
attributes = { control = "controlled", place = "office" }

[[leg]]
id = "bags"
formula = "quantity * custom.bags * 0.08 [kgCO2e/bag]"
unit = "kgCO2e"
counts_as = "reported-emissions"
attributes = { category = "1" }

[sample]
quantity = "120"
unit = "n"
inputs = { ride = "3.5", "custom.bags" = "2" }
"""
"""A model with two flows and a figure from an organisation's own column. One record of its sample is 10.5 kWh and 19.2 kg."""

BIKES_TYPE = "own:delivery-bikes"

ORDERS = """\
id = "orders"
title = "Orders by bike"
source = "orders"
[file]
decimal = ","
[columns.date]
header = "Day"
[columns.quantity]
header = "Orders"
[columns.ride]
header = "Kilometres"
[columns.custom.bags]
header = "Bags"
[constants]
activity_type = "own:delivery-bikes"
unit = "n"
"""
ORDERS_FILE = "Day;Orders;Kilometres;Bags\n2026-01-05;120;3,5;2\n2026-02-05;80;2,25;1,5\n"


def changed(*pairs: tuple[str, str], text: str = BIKES) -> bytes:
    """Return the model with pieces of text replaced; each must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()
