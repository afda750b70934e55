"""The compiled forms of the policy, each as a function from actor and permission to the keys that it lets through.

A further form, such as row-level security, is one more entry in FORMS: it gets an actor and the name of a permission
on reports or on rows that inherit from them, and answers a set of keys. The test of the reference asks them all.
"""

from collections import Counter
from collections.abc import Callable

from django.db.models import Count

from partnership.access.scope import listed, visible
from partnership.access.table import PERMISSIONS

PAGE = 60  # some people of a world see several of these


def _rows(permission):
    return PERMISSIONS[permission].model._default_manager.all()


def composable(actor, permission) -> set:
    return set(visible(actor, permission, _rows(permission)).values_list("pk", flat=True))


def streamed(actor, permission) -> set:
    keys = list(listed(actor, permission, _rows(permission)).values_list("pk", flat=True).iterator(chunk_size=500))
    assert len(keys) == len(set(keys)), "two arms gave one row"
    return set(keys)


def paged(actor, permission) -> set:
    """All pages of the list, newest first; no row twice, none out of order."""
    at = "received_at" if permission.endswith(("report", "body", "incidents")) else "added_at"
    rows = listed(actor, permission, _rows(permission)).order_by(f"-{at}", "-pk")
    found = [row for start in range(0, rows.count(), PAGE) for row in rows[start : start + PAGE].values_list(at, "pk")]
    assert found == sorted(found, reverse=True) and len(found) == len(set(found))
    return {key for _, key in found}


def in_sub_query(actor, permission) -> set:
    inner = listed(actor, permission, _rows(permission)).values("pk")
    return set(_rows(permission).filter(pk__in=inner).values_list("pk", flat=True))


def grouped(actor, permission) -> Counter:
    """Figures by marking: what a dashboard of one's own scope counts."""
    path = "tlp" if "tlp" in {f.name for f in PERMISSIONS[permission].model._meta.fields} else "report__tlp"
    rows = listed(actor, permission, _rows(permission)).values_list(path).annotate(n=Count("pk")).order_by()
    return Counter(dict(rows))


FORMS: dict[str, Callable[..., set]] = {
    "composable": composable,
    "export": streamed,
    "pages": paged,
    "sub-query": in_sub_query,
}
