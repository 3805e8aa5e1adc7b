"""From files to a typed plan: YAML and CSV with positions, holidays, what is wrong and where."""
