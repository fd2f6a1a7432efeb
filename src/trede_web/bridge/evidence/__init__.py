"""What proves a figure: originals, the pages of a PDF, and the viewer that shows them beside the rows."""
