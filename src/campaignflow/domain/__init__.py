"""The rules of a campaign: pure values and functions, without clock, files or database."""
