"""Pages of the process owners: drafts of diagrams and forms, versions, rehearsals, what-ifs, migrations.

A module is a blueprint over one of the rooms `workflows/workshop` and `workflows/foresight`.
"""
