"""Benchmarks: times as ratios against a bound measured in the same run, never as assertions."""
