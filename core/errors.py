"""What can go wrong, as one family. A message is written for the person on the screen.

LinshengError
├── NotFound            what was asked for is not there (an unknown round, building, receipt)
├── Closed              it is there but takes nothing now (a closed round)
├── Invalid             what was given cannot be taken (out of range, wrong version)
│   └── ImportFailed    a file cannot be read at all
├── NotAllowed          this account may not do that
├── SignInFailed        wrong name or password, or locked for a while
├── Unavailable         the record cannot be written now (locked, full, gone): nothing was stored
└── NotSetUp            the portal lacks something it must have (secret, database, demo switch)
"""

from __future__ import annotations

from typing import Self

from core.words import say


class LinshengError(Exception):
    """Base of all errors that a person is meant to read: `str(error)` is the sentence to show."""

    @classmethod
    def say(cls, key: str, /, **fields: object) -> Self:
        """The error whose sentence is `errors.<key>` of data/words."""
        return cls(say(f"errors.{key}", **fields))


class NotFound(LinshengError):
    """What was asked for is not in the record."""


class Closed(LinshengError):
    """It exists but takes nothing at this time."""


class Invalid(LinshengError):
    """What was given cannot be taken as it is."""


class ImportFailed(Invalid):
    """A file cannot be read at all."""


class NotAllowed(LinshengError):
    """The account's role or scope does not include this."""


class SignInFailed(LinshengError):
    """Name or password wrong, or the account is locked for a while."""


class Unavailable(LinshengError):
    """The record cannot be read or written now; nothing was stored."""


class NotSetUp(LinshengError):
    """The portal lacks something it cannot run without."""
