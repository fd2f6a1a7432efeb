"""What the answers look like. Each takes the fields that it names from a record of the bridge."""
