"""Received once: the one place where anything sent by a phone is taken, judged and acknowledged."""

from webapp.plumbing.submissions.asking import as_just_said, known, receipt_from
from webapp.plumbing.submissions.items import (
    ALPHABET,
    YEARS,
    Item,
    Kind,
    Sender,
    Stamp,
    Verdict,
    is_drift,
    item_from_form,
    kinds,
    receipt_of,
    register,
)
from webapp.plumbing.submissions.models import ACCEPTED, REFUSED, REVIEW, Submission, SubmissionConflict
from webapp.plumbing.submissions.receiving import forget_payloads, receive, receive_all
from webapp.plumbing.submissions.together import Filled, fill

__all__ = [
    "ACCEPTED",
    "ALPHABET",
    "REFUSED",
    "REVIEW",
    "YEARS",
    "Filled",
    "Item",
    "Kind",
    "Sender",
    "Stamp",
    "Submission",
    "SubmissionConflict",
    "Verdict",
    "as_just_said",
    "fill",
    "forget_payloads",
    "is_drift",
    "item_from_form",
    "kinds",
    "known",
    "receipt_from",
    "receipt_of",
    "receive",
    "receive_all",
    "register",
]
