"""From a signed term to a deletion, and from a deletion to its proof."""
