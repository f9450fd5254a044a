"""Running the product: what a server says of itself."""
