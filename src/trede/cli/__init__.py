"""The command line: parse arguments, call the library, print. Dutch and English."""
