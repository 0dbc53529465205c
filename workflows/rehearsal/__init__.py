"""Rehearsal (历史件推演): cases replayed through other diagrams, forms or values, in memory, writing nothing.

Stands on the engine, the forms and the law; knows no storage.
"""

from workflows.forms import FormRefused
from workflows.rehearsal import scenario
from workflows.rehearsal.answers import Answering, NotRecorded
from workflows.rehearsal.handmade import read_handmade
from workflows.rehearsal.judging import judge_record, kept_model, model_of
from workflows.rehearsal.reading import Sent, no_service, read_outcome, read_record
from workflows.rehearsal.record import Act, Computed, Outcome, Record, Stop
from workflows.rehearsal.replay import Missing, Model, Replayed, replay
from workflows.rehearsal.verdict import STUCK, VERDICTS, Verdict, Where, judge

__all__ = [
    "STUCK",
    "VERDICTS",
    "Act",
    "Answering",
    "Computed",
    "FormRefused",
    "Missing",
    "Model",
    "NotRecorded",
    "Outcome",
    "Record",
    "Replayed",
    "Sent",
    "Stop",
    "Verdict",
    "Where",
    "judge",
    "judge_record",
    "kept_model",
    "model_of",
    "no_service",
    "read_handmade",
    "read_outcome",
    "read_record",
    "replay",
    "scenario",
]
