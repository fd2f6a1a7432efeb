"""The border with the library, and the only place that imports it. It translates; it calculates nothing.

boundary/    the organisation, its sites, sources, denominators and base year
intake/      files that come in: mapping, checking, mending, batches; the grid of typed figures
evidence/    originals, pages of a PDF, what proves a figure
ledger/      every record, its history and correction, the ledger as a file
factors/     lists, one factor, own factors, choices, the queue of what needs one
models/      calculation models, own estimates, samples
runs/        before and after a calculation: plans, publications, proofs
results/     footprint, trace, charts, bridge, completeness, scope 3, division, report
welcome/     the year at a glance, what asks attention, where to go
jobs/        everything that changes a folder, and what is made beforehand for the pages

Beside the rooms stands what all of them use: books.py (the workspace of an organisation and its years), speaking.py (sentences,
numbers and days in the reader's language) and figures.py (an amount with the question whose answer it is). The screens in
`pages/` and `templates/` have rooms of the same names.
"""
