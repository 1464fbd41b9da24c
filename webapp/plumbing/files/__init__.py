"""Files that people send: taken in parts, judged by what is in them, kept under names of our own."""

from webapp.plumbing.files.models import COMPLETE, REFUSED, UNFINISHED, Blob, BlobPart

__all__ = ["COMPLETE", "REFUSED", "UNFINISHED", "Blob", "BlobPart"]
