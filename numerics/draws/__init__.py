"""Simulation from the model's definition: draws, child processes, stores, sweeps and sequential tests."""
