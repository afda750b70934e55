"""Run inside the portal: put hostile text into every text column that people fill in, past every check of ours."""

from django.apps import apps
from django.db import Error, connection, models, transaction

HOSTILE = (
    "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"
    "<svg onload=\"document.title='ran'\">\"' autofocus onfocus=\"document.title='ran'\" {{7*7}} </title></textarea>"
    "<a href=\"javascript:document.title='ran'\">x</a>"
)
OURS = ("partnership", "agreements", "incidents", "councils")
# What programs read and people never fill in: keys, digests, codes, names of zones. Their columns stay as they are.
MACHINE = {
    "password", "email", "key", "sha256", "hash", "previous", "root", "leaf", "head", "salt", "commitment", "content_hash",
    "digest", "token_digest", "frontier", "signature", "origin", "time_zone", "country", "code", "version", "session_data",
    "object_type", "object_id", "subject_id", "record_type", "raised_by_type", "verb", "kind", "report", "format", "line",
    "engine", "majority", "reference", "source_key", "content_type", "group", "veris_action",
}  # fmt: skip


def columns():
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.local_concrete_fields:
                is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
                is_long = (field.max_length or 10_000) >= 40  # shorter ones are codes, and hold no working markup
                if is_text and is_long and field.name not in MACHINE and not field.primary_key:
                    yield model, field


def forge():
    """How many columns now hold it in at least one row, and which columns refused."""
    filled, refused = 0, []
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the guards of the database would refuse most of it
        for model, field in columns():
            text = HOSTILE[: (field.max_length or 10_000) - 12]
            number = " || left(md5(ctid::text), 12)"  # names are unique
            statement = (
                f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s{number} WHERE "{field.column}" <> \'\''
            )
            try:
                with transaction.atomic():
                    cursor.execute(statement, [text])
                    filled += cursor.rowcount > 0
            except Error as error:
                refused.append(f"{model._meta.label}.{field.name}: {str(error).splitlines()[0]}")
    return filled, refused


filled, refused = forge()
print("FILLED", filled)
for line in refused:
    print("REFUSED", line)
