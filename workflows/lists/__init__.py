"""Lists from outside: official lists that begin cases, and what was granted before this program.

A file is read by `sheets`, laid out, matched with the register and confirmed by a second person.
"""
