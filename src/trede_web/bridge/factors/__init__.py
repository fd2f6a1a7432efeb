"""Factors: the lists, one factor, own factors, what the organisation chose, and the queue of what needs one."""
