"""What jobs do, by room; `bridge.doing` has the list of all."""
