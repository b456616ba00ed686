"""The face: what ``import ridgeproof`` offers, each function a thin door to the room that does the work."""
