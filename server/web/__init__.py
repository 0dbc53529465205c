"""The pages, one module a persona."""
