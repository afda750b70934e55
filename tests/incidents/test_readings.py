"""Readings: each opening of a body or a file leaves one entry with the way that allowed it, or is not done."""

import pytest
from django.db import DatabaseError, connection

from partnership.audit.sentences import lines
from partnership.models import AuditEntry

READ = "incidents.body_read"


def entries(verb=READ):
    return AuditEntry.objects.filter(verb=verb)


@pytest.fixture
def no_room(db):
    """A trail that takes no entry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$"
        )

    def close():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TRIGGER no_room BEFORE INSERT ON partnership_auditentry FOR EACH ROW EXECUTE FUNCTION no_room()"
            )

    return close


def test_opening_a_report_leaves_one_entry_with_the_way(file_report, client_of, liaison_officer):
    report = file_report(narrative="The turbine stopped.")

    assert "The turbine stopped." in client_of(liaison_officer).get(f"/incidents/{report.pk}").content.decode()

    (entry,) = entries()
    assert (entry.actor_id, entry.object_id, entry.subject_id) == (
        liaison_officer.pk, str(report.pk), str(report.organization_id))  # fmt: skip
    (line,) = lines([entry])
    assert "read the narrative" in line.sentence and ": " in line.sentence.split("as: ")[1]


def test_a_call_for_one_report_leaves_an_entry_and_a_list_none(file_report, api_of, client_of, liaison_officer):
    report = file_report(narrative="The turbine stopped.")
    client = api_of(liaison_officer)

    assert client.get("/api/v1/reports").json()["results"][0]["narrative"] is None
    client_of(liaison_officer).get("/incidents/")
    assert entries().count() == 0
    assert client.get(f"/api/v1/reports/{report.pk}").json()["narrative"] == "The turbine stopped."
    assert entries().count() == 1
    answer = client.post(f"/api/v1/reports/{report.pk}/take-up").json()
    assert answer["narrative"] is None and entries().count() == 1


def test_the_form_that_shows_a_narrative_is_a_reading(file_report, client_of, liaison_officer):
    report = file_report(narrative="The turbine stopped.")

    client_of(liaison_officer).get(f"/incidents/{report.pk}/edit")

    assert entries().count() == 1


def test_whoever_sees_the_head_alone_has_read_nothing(file_report, client_of, stranger, partner_officer):
    report = file_report(narrative="The turbine stopped.")

    for person in (stranger, partner_officer):
        client_of(person).get(f"/incidents/{report.pk}")

    readers = set(entries().values_list("actor_id", flat=True))
    assert stranger.pk not in readers


def test_a_trail_that_takes_no_entry_stops_the_reading(file_report, client_of, api_of, liaison_officer, no_room):
    report = file_report(narrative="The turbine stopped.")
    no_room()

    for open_it in (client_of(liaison_officer).get, api_of(liaison_officer).get):
        with pytest.raises(DatabaseError, match="no room"):
            open_it(
                f"/{'incidents' if open_it.__self__.__class__.__name__ == 'Client' else 'api/v1/reports'}/{report.pk}"
            )


def test_the_owner_sees_who_read_and_others_do_not(file_report, client_of, api_of, liaison_officer, analyst, stranger):
    report = file_report(narrative="The turbine stopped.")
    client_of(analyst).get(f"/incidents/{report.pk}")
    owner = client_of(liaison_officer)

    page = owner.get(f"/incidents/{report.pk}").content.decode()
    assert f"/audit/reads?object_id={report.pk}" in page
    shown = owner.get(f"/audit/reads?object_id={report.pk}").content.decode()
    assert "Anton Analyst" in shown and "2 readings" in shown
    assert "1 readings" in owner.get(f"/audit/reads?subject_id={report.organization_id}&person=Anton").content.decode()
    assert "0 readings" in client_of(stranger).get(f"/audit/reads?object_id={report.pk}").content.decode()
    assert api_of(liaison_officer).get("/api/v1/audit/reads", {"object_id": report.pk}).json()["count"] == 2
    assert api_of(stranger).get("/api/v1/audit/reads").json()["count"] == 0
