"""Where process owners change diagrams and forms: drafts, gate, differences, scenario tests, publication, versions.

This page imports nothing: the gate's child imports `workshop.gatekeeper` in a few megabytes, without storage.
"""
