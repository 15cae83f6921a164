"""A study on disk: its folder and the files in it.

=================  ===================================================================
``plan.json``      the suite, and every run of its plan
``instances/``     the instances, named by their sha256
``journal.jsonl``  one line per finished run
``solutions/``     the solution file of each run that has one, named by the run's key
``claims/``        the leases: which worker is working on which run
=================  ===================================================================
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from optkit.bench.journal import Journal
from optkit.bench.plan import Plan, PlannedRun
from optkit.bench.record import Record
from optkit.bench.suite import Suite
from optkit.core.errors import InvalidFileError, OptkitError, UsageError
from optkit.core.files import paths
from optkit.core.files.document import Document
from optkit.core.files.text import read_json, write_json
from optkit.core.instance import Instance
from optkit.core.tools.instance_files import load_instance, save_instance

PLAN = "plan.json"


class PlanDocument(Document):
    """A plan on disk, version 1.

    Parameters
    ----------
    suite
        The suite.
    origins
        The files that the instances were read from, by sha256.
    runs
        The runs of the plan.
    """

    SCHEMA: ClassVar[str] = "optkit/plan"

    schema_: Literal["optkit/plan"] = Field("optkit/plan", alias="schema")
    schema_version: Literal[1] = 1
    suite: dict[str, Any]
    origins: dict[str, str]
    runs: tuple[PlannedRun, ...]


@dataclass(frozen=True)
class Study:
    """A study, by its folder.

    Parameters
    ----------
    folder
        The folder.
    """

    folder: Path

    @property
    def plan_file(self) -> Path:
        """The plan's file."""
        return self.folder / PLAN

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.folder / "journal.jsonl"

    @property
    def leases(self) -> Path:
        """The folder of leases; called ``claims`` in the folders of existing studies."""
        return self.folder / "claims"

    def instance_file(self, sha256: str) -> Path:
        """Return the file of an instance."""
        return self.folder / "instances" / f"{sha256}.json.gz"

    def solution_file(self, key: str) -> Path:
        """Return the solution file of a run."""
        return self.folder / "solutions" / f"{key}.json.gz"

    def instance(self, sha256: str) -> Instance:
        """Return an instance of the study."""
        return load_instance(self.instance_file(sha256))

    def create(self, suite: Suite, plan: Plan) -> None:
        """Create the folder, or replace the plan of an existing study.

        Raises
        ------
        UsageError
            If the folder holds something else, or cannot be written.
        """
        if paths.exists(self.folder) and not paths.is_folder(self.folder):
            raise UsageError(
                f"{self.folder}: this is a file; name a folder for the study."
            )
        is_study = paths.is_file(self.folder / PLAN)
        if paths.is_folder(self.folder) and not is_study and self._has_content():
            raise UsageError(
                f"{self.folder}: exists and is not a study; name another folder."
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Written first: other workers that start now see that this is a study.
            write_json(self.folder / PLAN, _document(suite, plan))
            for part in ("instances", "solutions", "claims"):
                (self.folder / part).mkdir(exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"{self.folder}: cannot be used: {error.strerror or error}; name a folder"
                " that you may write to."
            ) from None
        for sha256, planned in plan.instances.items():
            path = self.instance_file(sha256)
            if not _contains(path, sha256):
                save_instance(planned.instance, path)

    def _has_content(self) -> bool:
        """Return whether there is anything but files that are being written just now."""
        return any(not path.name.startswith(".") for path in self.folder.iterdir())

    def plan(self) -> PlanDocument:
        """Read the plan.

        Raises
        ------
        InvalidFileError
            If the folder is not a study, or its plan is damaged.
        """
        path = self.folder / PLAN
        if not paths.is_file(path):
            raise InvalidFileError(
                str(self.folder),
                [f"not a study: it has no {PLAN}; optkit bench run creates one"],
            )
        try:
            return PlanDocument.parse(read_json(path), str(path))
        except InvalidFileError as error:
            issues = "; ".join(map(str, error.issues[:3]))
            raise InvalidFileError(
                str(path),
                [
                    f"damaged: {issues}; optkit bench run with this folder writes it again,"
                    " and finished runs are kept"
                ],
            ) from None

    def runs(self) -> list[PlannedRun]:
        """Return the runs of the plan."""
        return list(self.plan().runs)

    def suite(self) -> Suite:
        """Return the suite of the plan."""
        return Suite.parse(self.plan().suite, str(self.folder / PLAN))

    def damaged(self) -> list[int]:
        """Return the numbers of the journal's lines that cannot be read."""
        journal = Journal(self.journal)
        journal.read_new()
        return journal.damaged

    def records(self) -> list[Record]:
        """Return the finished runs of the plan, in its order and with its labels.

        The journal may hold more: runs of an earlier plan, or of an older version.
        """
        journal = Journal(self.journal)
        journal.read_new()
        return with_labels(self.runs(), journal.records())


def _contains(path: Path, sha256: str) -> bool:
    """Return whether a file holds the instance with this digest, undamaged."""
    if not paths.is_file(path):
        return False
    try:
        return load_instance(path).sha256 == sha256
    except OptkitError:
        return False


def _document(suite: Suite, plan: Plan) -> dict[str, Any]:
    return {
        "schema": PlanDocument.SCHEMA,
        "schema_version": PlanDocument.VERSION,
        "suite": suite.document(),
        "origins": {
            sha256: str(planned.origin.resolve())
            for sha256, planned in plan.instances.items()
            if planned.origin is not None
        },
        "runs": [dataclasses.asdict(run) for run in plan.runs],
    }


def with_labels(runs: Iterable[PlannedRun], records: dict[str, Record]) -> list[Record]:
    """Return the records of planned runs, with the labels of the plan."""
    labelled = []
    for run in runs:
        record = records.get(run.key)
        if record is not None:
            solver = record.solver.model_copy(update={"label": run.label})
            labelled.append(record.model_copy(update={"solver": solver}))
    return labelled
