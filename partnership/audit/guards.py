"""Whether the database still guards the trail as the migrations left it: the triggers are on, their functions are ours."""

import hashlib
from typing import Final

from django.db import connection

PREFIX = "partnership_audit"
TRIGGERS: Final = frozenset({
    ("auditentry", "seal"), ("auditentry", "no_change"), ("auditentry", "no_truncate"),
    ("auditseal", "no_change"), ("auditseal", "no_truncate"),
    ("audithead", "no_removal"), ("audithead", "no_truncate"), ("auditdetail", "no_edit"),
    ("auditcheckpoint", "no_change"), ("auditcheckpoint", "no_truncate"),
    ("auditcosignature", "no_change"), ("auditcosignature", "no_truncate"),
})  # fmt: skip
# SHA-256 of the bodies; a migration that writes a new body writes its digest here.
FUNCTIONS: Final = {
    "audit_canonical": "11f02e8fe1f87364d413910c73745fd054ef866a621939e72c4a17cb3dd2f5e1",
    "audit_seal_entry": "448a184f211a44ae34529def586adad08d60257ef38b9e0db4c8947ce723cada",
    "audit_refuse_change": "deb4235ca310a0e6b8be22d48fa7b9b325d05029c94841f6006ab8ed4e6442d0",
}


def digests() -> dict[str, str]:
    """What the bodies of the functions hash to now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE proname = ANY(%s) ORDER BY proname", [list(FUNCTIONS)]
        )
        return {name: hashlib.sha256(body.encode()).hexdigest() for name, body in cursor}


def faults() -> list[str]:
    """What is not as it was left."""
    found = []
    now = digests()
    for name, digest in FUNCTIONS.items():
        if name not in now:
            found.append(f"The database function {name} is missing.")
        elif now[name] != digest:
            found.append(f"The database function {name} was replaced.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND c.relname LIKE %s",
            [f"{PREFIX}%"],
        )
        state = {(table.removeprefix("partnership_"), name): enabled for table, name, enabled in cursor}
    for table, name in sorted(TRIGGERS):
        enabled = state.get((table, name))
        if enabled is None:
            found.append(f"The guard {name} of partnership_{table} is missing.")
        elif enabled != "A":
            found.append(f"The guard {name} of partnership_{table} is switched off.")
    return found
