"""From an Excel workbook (XLSX, XLSM) to records: the container, its parts, the cells of a sheet, the sheet as text.

`container` (a safe zip), `parsing` (XML without document types), `parts` (sheets, styles, shared strings), `cells` (the
cells of one sheet, in two readers that give the same), `values` (a cell's text), `sheet` (records and what text hides).
"""
