"""Whose footprint it is: entities, sites and the sources that are expected each year."""
