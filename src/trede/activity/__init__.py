"""Activity records: what happened, how much, where and when, in immutable batches with a lasting identity per record."""
