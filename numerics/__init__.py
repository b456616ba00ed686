"""The witnesses: solvers, exact laws, simulation.  From the model's definition; knows nothing of the claims."""
