"""Pages before the counter: sign-in, notices and objections, trial calculation, and the applicant's own cases.

What the public may read is asked of use cases that know no actor.
"""
