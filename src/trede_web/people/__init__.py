"""People and the organisations that they work for. The database holds who may do what; never what a number means."""
