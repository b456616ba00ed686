"""Pictures: phase diagrams and collapse on a data set, with what they share."""
