"""One locked case: the step, the seam to the engine, and everything an operation, a check or an effect does to it.

What takes a `Look` or a `Step` lives here; what takes session, actor and now lives in the room of its work.
"""
