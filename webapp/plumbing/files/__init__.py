"""Files that people send: taken in parts, judged by what is in them, kept under names of our own."""

from webapp.plumbing.files.forgetting import forget, named_by, past_their_date
from webapp.plumbing.files.judging import NotYet, judge
from webapp.plumbing.files.models import COMPLETE, REFUSED, UNFINISHED, Blob, BlobPart
from webapp.plumbing.files.pictures import NoHands
from webapp.plumbing.files.receiving import PART_BYTES, TooMany, find, is_there, small, take
from webapp.plumbing.files.stores import StoreAway, connect, store

__all__ = [
    "COMPLETE",
    "PART_BYTES",
    "REFUSED",
    "UNFINISHED",
    "Blob",
    "BlobPart",
    "NoHands",
    "NotYet",
    "StoreAway",
    "TooMany",
    "connect",
    "find",
    "forget",
    "is_there",
    "judge",
    "named_by",
    "past_their_date",
    "small",
    "store",
    "take",
]
