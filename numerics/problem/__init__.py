"""One model-collapse problem in numbers: spectrum, target, generators, downstream fit, and the file that holds them."""
