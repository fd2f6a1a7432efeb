"""What is counted and remembered for minutes, over all processes that serve: log-ins, requests of tokens, used codes."""
