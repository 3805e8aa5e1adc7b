"""The store: SQL in files, and the engines that run it."""
