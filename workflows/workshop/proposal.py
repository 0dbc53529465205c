"""What a draft proposes: its files laid over what is in force, read once and assembled once.

Whoever judges, rehearses, shows or publishes a draft does so from one of these. Outside the lock it is what was there a
moment ago; a publication reads another one under the lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from storage import definition_drafts as store
from storage import scenario_tests
from storage.database import Session
from storage.definition_drafts import DefinitionDraft, DraftFile
from workflows import forms, rules
from workflows.workshop.bundling import assemble, sha256_of
from workflows.workshop.library import in_force

FileState = Literal["new", "changed"]


@dataclass(frozen=True)
class Proposal:
    """A draft with the files that it changes (`rows` by path) and every file in force (`before`), as read together.

    `adopted` are the ids of the scenario tests whose new outcome the draft takes.
    """

    draft: DefinitionDraft
    rows: Mapping[str, DraftFile]
    before: Mapping[str, bytes]
    adopted: Sequence[int]

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The files that the draft changes, by path."""
        return {path: bytes(row.content) for path, row in self.rows.items()}

    @cached_property
    def after(self) -> Mapping[str, bytes]:
        """Every file as it would be in force after publication."""
        return {**self.before, **self.files}

    @cached_property
    def parts(self) -> Mapping[str, bytes]:
        """The shared parts of forms as they would be, by key."""
        return forms.parts_among(self.after)

    @cached_property
    def assembled(self) -> Mapping[str, Mapping[str, bytes]]:
        """The bundle of every scheme as it would be, in the policy's order."""
        return {scheme: assemble(self.after, scheme) for scheme in rules.SCHEMES}

    @cached_property
    def bundles(self) -> Mapping[str, Mapping[str, bytes]]:
        """The bundles that publishing would change, by scheme: those that hold a file which is not as it is in force.

        A draft takes no file away, so a bundle without such a file leads to the same files as before.
        """
        changed = {path for path, content in self.files.items() if self.before.get(path) != content}
        if not changed:
            return {}
        return {
            scheme: bundle
            for scheme, bundle in self.assembled.items()
            if f"{scheme}.bpmn" in self.before and not changed.isdisjoint(bundle)
        }

    @property
    def states(self) -> Mapping[str, FileState]:
        """Of each file that the draft holds, whether it is new or changed."""
        return {path: "new" if row.base_sha256 is None else "changed" for path, row in self.rows.items()}

    @property
    def stale(self) -> list[str]:
        """The files whose version in force is no longer the one that their change was begun from."""
        return [path for path, row in self.rows.items() if self._in_force(path) != row.base_sha256]

    def _in_force(self, path: str) -> str | None:
        content = self.before.get(path)
        return None if content is None else sha256_of(content)

    @property
    def digest(self) -> str:
        """The digest of everything that publishing would let go live: whoever agrees to it agrees to this."""
        held = [f"{path} {row.sha256}" for path, row in sorted(self.rows.items())]
        held += [f"scenario {test}" for test in self.adopted]
        return sha256_of("\n".join(held).encode())

    def published(self) -> "Proposal":
        """The same after its publication, when what it proposed is in force."""
        return replace(self, before=self.after)


def read_proposal(session: Session, draft: DefinitionDraft) -> Proposal:
    """What a draft proposes now; a caller who goes on to publish it holds its row."""
    return Proposal(
        draft, store.files_of(session, draft.id), in_force(session), scenario_tests.adopted_by(session, draft.id)
    )
