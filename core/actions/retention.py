"""保存期限: what was promised to be kept for a while only, deleted when the while is over.

Contacts (`contact_days`) and drafts (`draft_days`). Answers are kept, pseudonymous, until their author
deletes them: the tally is folded from them and counted anew from them.
"""

from __future__ import annotations

from core.actions.contacts import expire_contacts
from core.actions.drafts import expire_drafts


def tidy() -> int:
    """One step of the background worker; how many rows went. Raises Unavailable."""
    return expire_contacts() + expire_drafts()
