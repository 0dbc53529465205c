"""What a change would do before it is done: rehearsals of real cases, migrations, what-ifs, where cases spend time.

Everything here reads the record and judges in memory; only a migration that was asked for writes to cases.
"""
