"""The open values of the policy: who proposed, who confirmed, on which document; and the trial calculation.

The values themselves and what they limit are the law's, in `rules/parameters`.
"""
