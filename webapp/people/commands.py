"""`flask people …`: the first admin of an organisation, who makes everybody else on the screen."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from webapp.config import settings
from webapp.people.rules import secrets
from webapp.people.rules import users as rules
from webapp.people.rules.permissions import Role
from webapp.places.models import NATION
from webapp.plumbing.database import writing
from webapp.plumbing.refusal import Refusal

people = AppGroup("people", help="The people of the organisation.")


@people.command("create")
@click.option("--name", required=True, help="Full name.")
@click.option("--phone", required=True, help="Indonesian mobile number, written in any usual way.")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.ADMIN.value, show_default=True
)
@click.option(
    "--region", default=NATION, show_default=True, help="Wilayah code with dots, or ID for everything."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, for good.")
@click.option("--pin", is_flag=True, help="Give a PIN: to coordinators and witnesses only.")
def create(name: str, phone: str, role: str, region: str, password_stdin: bool, pin: bool) -> None:
    """Make a person with an account and a mandate; a made-up secret is printed once and must be changed."""
    if password_stdin and pin:
        raise click.UsageError("--password-stdin and --pin exclude each other")
    if pin and Role(role).is_staff:
        raise click.UsageError("--pin is for coordinators and witnesses; staff sign in with a password")
    try:
        secret = _typed() if password_stdin else _made_up(Role(role))
        details = rules.Details(name, phone, region)
        with writing():
            rules.found_organisation(details, Role(role), secret, temporary=not password_stdin)
    except Refusal as refusal:
        raise click.ClickException(refusal.says) from refusal
    click.echo(f"login: {role} {phone} {'(as typed)' if password_stdin else secret.plain}")


def _typed() -> rules.Secret:
    password = secrets.password_of(sys.stdin.readline())
    secrets.check_new_password(password)
    return rules.Secret(password, secrets.hash_password(password), is_password=True)


def _made_up(role: Role) -> rules.Secret:
    return rules.new_secret(role, settings().pin_pepper)


groups = [people]
