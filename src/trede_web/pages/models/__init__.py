"""What an organisation brings as methods of its own."""
