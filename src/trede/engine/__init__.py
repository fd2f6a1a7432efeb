"""Resolve, then execute: a plan of the distinct keys, one star join over the activities, a run that is a function."""
