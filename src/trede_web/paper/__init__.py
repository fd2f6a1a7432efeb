"""Pages of a PDF as pictures with their text, drawn by a process of its own that has little time, memory and nothing to lose."""
