"""Who works here, signing in, tokens, comments, and what an owner keeps in hand."""
