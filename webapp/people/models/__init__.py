"""The rows of this room."""

from webapp.people.models.account import Account, DeviceSession, SignInAttempt, SignInTurn
from webapp.people.models.contact import ContactView
from webapp.people.models.group import Group, Membership
from webapp.people.models.person import BY_DEMO, BY_WEB, CONSENT_VERSION, Consent, Mandate, Person
from webapp.people.models.seat import Seat, Slot
from webapp.people.models.trail import AuditEntry
from webapp.people.models.training import Training

__all__ = [
    "BY_DEMO",
    "BY_WEB",
    "CONSENT_VERSION",
    "Account",
    "AuditEntry",
    "Consent",
    "ContactView",
    "DeviceSession",
    "Group",
    "Mandate",
    "Membership",
    "Person",
    "Seat",
    "SignInAttempt",
    "SignInTurn",
    "Slot",
    "Training",
]
