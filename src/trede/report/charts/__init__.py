"""Charts as Vega-Lite specifications: the same for the printed report and for a screen, with words and a table each."""
