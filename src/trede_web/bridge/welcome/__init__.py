"""Where a person stands: the year at a glance, what asks attention, where to go, the example, several organisations together."""
