"""The inventory as a document: sections, tables and charts with exact values, and two renderers (PDF, workbook).

`matter` is what a report is about, `parts` makes the sections of it, `document` is the model between them and the
renderers `pdf` and `workbook`. Sentences stand in `words/`, in Dutch and English.
"""
