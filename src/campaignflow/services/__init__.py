"""One module for each use case: apply, take a step, ask for the status, tick, verify."""
