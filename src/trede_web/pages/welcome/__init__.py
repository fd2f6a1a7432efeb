"""The first pages: welcome, the year overview, going somewhere by name."""
