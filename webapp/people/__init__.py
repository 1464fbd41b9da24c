"""Persons, mandates, accounts, sign-in, permissions, seats at TPS and the screens that manage them."""
