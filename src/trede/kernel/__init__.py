"""What every stage shares: quantities, periods, amounts, issues, identity and safe writing.

Nothing here knows a carbon rule of a particular standard, a language for people, or a clock.
"""
