"""Input about agreements and retention: shape and syntax only."""
