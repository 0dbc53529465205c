"""Questions that no one table answers: each module here reads over several aggregates and owns no table.

What belongs to one table is asked in the module of that table, one floor up.
"""
