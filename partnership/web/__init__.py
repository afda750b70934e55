"""What all pages share: middleware, generic pages, navigation."""
