"""What people do with one case: begin it, complete tasks, upload, read the dossier, withdraw, suspend, recover money.

Each use case takes session, actor and now, opens the case through `case.running` and never commits.
"""
