"""What is done to the cases of a batch together: rounds, the list, the meeting, allocation, publicity, ceilings.

Each use case locks the batch, then its cases by reference, then the ledger accounts.
"""
