"""Closed lists of the law and the office: statuses, stages, reasons, checklists.

Nothing here computes or reads; a code that is not in its list does not exist.
"""
