"""The organisation and its boundary: what it consists of, what divides emissions, where figures come from, its base year."""
