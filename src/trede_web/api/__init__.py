"""The REST API: what the pages offer, for programs. It asks the same functions of the bridge and starts the same jobs.

models.py     tokens: of one person, for one organisation, with a power and an end
key.py        its door: which token asks, where, and what it may
problems.py   what cannot be answered, as problem details (RFC 9457)
service.py    the collection of operations and their description as OpenAPI
shapes/       what the answers look like
operations/   the operations: each asks the bridge; what changes something becomes a job
"""
