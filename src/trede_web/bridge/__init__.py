"""The border with the library, and the only place that imports it. It translates; it calculates nothing.

speaking.py      sentences, numbers and dates in the reader's language
books.py         the workspace of an organisation; the years that it knows
overview.py      where a year stands and what to do next
intake.py        batches, their rows and what is wrong with them
footprint.py     a total by heading and account, with its interval
trails.py        from a figure down to its records; record.py: one record to its cell and its factor
publishing.py    the checklist and the publications
doubles.py       what probably counts twice
doing.py         the jobs: everything that changes a folder
example.py       the example organisation
"""
