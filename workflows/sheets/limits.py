"""How much of a file is read. Whatever passes one of these is refused, never read in part."""

MOST_BYTES = 5 * 1024 * 1024
"""Of the file as uploaded."""
MOST_ROWS = 20_000
"""Rows of data, those refused one by one included; empty rows do not count."""
MOST_COLUMNS = 60
MOST_CHARACTERS = 500
"""In one cell."""
HEADER_WITHIN = 10
"""The header is looked for in this many rows that are not empty: titles and notes may stand above it."""

# What an .xlsx file may hold unpacked.
MOST_PARTS = 1_000
MOST_BYTES_OF_LIST = 256 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_UNPACKED_STRINGS = 20 * 1024 * 1024
MOST_UNPACKED_OF_A_SMALL_PART = 2 * 1024 * 1024
HIGHEST_RATIO = 200
RATIO_COUNTS_FROM = 1024 * 1024

# What its XML may hold.
MOST_ELEMENTS = 3_000_000
MOST_DEPTH = 64
MOST_NAMES = 10_000
LONGEST_TAG = 256 * 1024
MOST_STRINGS = 500_000
MOST_STYLES = 70_000
MOST_MERGES = 20_000
