"""Pages of the office: tasks, cases, batches, lists, publicity, recoveries and the values behind amounts.

A module is a blueprint; it shows what a use case answers and never asks storage itself.
"""
