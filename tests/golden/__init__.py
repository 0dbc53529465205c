"""What each release left behind, kept as its database held it, and loaded by every later one (docs/decisions/0017).

A folder is a release:

| file | what it is |
|---|---|
| `batch.json` | the column `parameters` of a batch of all ten schemes, as it was pinned when the batch was opened |
| `amounts.json` | what the rules made of some facts under these values |
| `bundles.tar.xz` | the diagrams and forms of the release, each once, and which of them are the bundle of a scheme |
| `states.json.xz` | a case of each scheme at every point where it waits for people or events, and at every end |

`python -m tests.golden` keeps the release that `workflows/program.py` names. A folder that is there is never written
to: what a release left is a fact. Of 0.1.0 there is only the batch, opened by its own code in its own database: it
pinned neither type nor unit.
"""
