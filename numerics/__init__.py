"""The witnesses: solvers, exact finite-size laws, simulation.  Works from the model's definition; knows nothing of the claims."""
