"""Calculation methods: declared once in TOML, compiled to SQL for the engine and evaluated in Decimal as oracle."""
