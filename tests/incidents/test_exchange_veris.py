"""VERIS records: translation and the reading of files. Pure, no database."""

import gzip
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.exchange import records as shapes
from incidents.exchange.naics import TABLE, sector_of
from incidents.exchange.records import Unreadable, records
from incidents.exchange.veris import Faulty, storable, translate
from partnership.models import Sector
from tests.factories.veris import incident, incident_14, lines


def without(record, *path):
    record = json.loads(json.dumps(record))
    part = record
    for name in path[:-1]:
        part = part[name]
    del part[path[-1]]
    return record


def having(value, *path):
    record = json.loads(json.dumps(incident()))
    part = record
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return record


def test_both_versions_are_read_alike():
    old, new = translate(incident(3)), translate(incident_14(3))

    assert (old.key, old.kind, old.sector, old.severity) == (new.key, new.kind, new.sector, new.severity)
    assert (old.cross_border, new.cross_border) == ("unknown", "yes")
    assert new.raw == incident_14(3)


def test_the_title_names_no_victim_and_the_narrative_is_the_summary():
    record = incident(5)

    found = translate(record)

    assert record["victim"]["victim_id"] not in found.title
    assert found.narrative == record["summary"]


@pytest.mark.parametrize(
    ("when", "moment", "precision"),
    [
        ({"year": 2012}, datetime(2012, 1, 1, tzinfo=UTC), "year"),
        ({"year": 2012, "month": 5}, datetime(2012, 5, 1, tzinfo=UTC), "month"),
        ({"year": 2012, "month": 5, "day": 9}, datetime(2012, 5, 9, tzinfo=UTC), "day"),
        ({"year": 2012, "month": 5, "day": 9, "time": "05:45:00 PM"}, datetime(2012, 5, 9, 17, 45, tzinfo=UTC), "minute"),
        ({"year": 2009, "month": 4, "day": 31}, datetime(2009, 4, 1, tzinfo=UTC), "month"),
    ],
)  # fmt: skip
def test_a_moment_is_as_exact_as_the_record_says(when, moment, precision):
    found = translate(having(when, "timeline", "incident"))

    assert (found.occurred_at, found.occurred_precision) == (moment, precision)
    assert bool(found.remarks) == (when.get("day") == 31)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ([], "is a list"), ("text", "is a text"), (None, "is null"), (7, "is a number"),
        (without(incident(), "incident_id"), "incident_id is missing"), (having(5, "incident_id"), "incident_id is missing"),
        (having("x" * 121, "incident_id"), "121 characters"), (without(incident(), "security_incident"), "security_incident is missing"),
        (having("Maybe", "security_incident"), "security_incident is “Maybe”; it is one of Confirmed"),
        (having("Sure", "confidence"), "confidence is “Sure”"), (having("by luck", "discovery_method"), "discovery_method"),
        (having({"martian": {}}, "discovery_method"), "discovery_method"), (having({"sorcery": {}}, "action"), "action.sorcery is unknown"),
        (having([], "action"), "action is a list"), (having({"hacking": 1}, "action"), "action.hacking is a number"),
        (without(incident(), "action"), "action is missing"), (without(incident(), "timeline"), "timeline is missing"),
        (having({}, "timeline"), "year is missing"), (having({"year": 2012, "month": 13}, "timeline", "incident"), "no date"),
        (having({"year": 2012, "month": 2, "day": 40}, "timeline", "incident"), "no date"), (having({"year": 12}, "timeline", "incident"), "between 1950"),
        (having({"year": "2012"}, "timeline", "incident"), "whole number"), (having({"year": True}, "timeline", "incident"), "whole number"),
        (having({"year": 2012, "day": 3}, "timeline", "incident"), "day without a month"),
        (having({"year": 2012, "month": 1, "day": 3, "time": "25:00"}, "timeline", "incident"), "time is"),
        (having({"unit": "Fortnights"}, "timeline", "discovery"), "Fortnights"), (having({"unit": "Days", "value": -1}, "timeline", "discovery"), "from 0 on"),
        (having("Awful", "impact", "overall_rating"), "Awful"), (having("Holland", "victim", "country"), "two capital letters"),
        (having([1], "victim", "country"), "country"), (having({}, "victim", "industry"), "industry"), (having(1.5, "victim"), "victim is a number"),
        (having("Perhaps", "attribute", "confidentiality", "data_disclosure"), "Perhaps"), (having(5, "summary"), "summary is a number"),
        (having("x", "impact"), "impact is a text"), (having([1], "attribute"), "attribute is a list"),
    ],
    ids=lambda value: value[:25] if isinstance(value, str) else "record",
)  # fmt: skip
def test_a_wrong_record_is_refused_with_what_would_be_right(record, says):
    with pytest.raises(Faulty) as refused:
        translate(record)

    assert any(says in reason for reason in refused.value.reasons), refused.value.reasons


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 3000) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6,
)  # fmt: skip


@given(name=st.sampled_from(sorted(incident())), value=JSON)
@settings(max_examples=300)
def test_any_value_in_any_place_is_translated_or_refused_but_never_breaks(name, value):
    try:
        found = translate({**incident(), name: value})
    except Faulty as refused:
        assert refused.reasons
    else:
        assert found.raw[name] == value and len(found.title) <= 200


@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', '{"a": 1e999}'])
def test_what_no_database_holds_is_refused(text):
    with pytest.raises(Faulty):
        storable(json.loads(text))


@pytest.mark.parametrize(
    ("industry", "nis2", "us16"),
    [
        ("221122", "nis2:energy", "us16:energy"), ("22", "nis2:energy", "us16:energy"), ("221310", "nis2:drinking-water", "us16:water"),
        ("622110", "nis2:health", "us16:healthcare"), ("921110", "nis2:public-administration", "us16:government"),
        ("451211", "us16:commercial", "us16:commercial"), ("000", "", ""), ("Unknown", "", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_an_industry_names_its_sector(industry, nis2, us16):
    assert (sector_of(industry, "nis2"), sector_of(industry, "us16")) == (nis2, us16)


@pytest.mark.django_db
def test_every_sector_of_the_industry_table_exists():
    assert {code for pair in TABLE.values() for code in pair} <= set(Sector.objects.values_list("pk", flat=True))


ROWS = [incident(n, note='brackets ] } , and \\" quotes \\\\') for n in range(40)]
SHAPES = {
    "lines": lines(*ROWS), "lines_crlf": lines(*ROWS).replace(b"\n", b"\r\n"), "lines_bom": b"\xef\xbb\xbf" + lines(*ROWS),
    "array": json.dumps(ROWS).encode(), "array_pretty": json.dumps(ROWS, indent=2, ensure_ascii=False).encode(), "packed": gzip.compress(lines(*ROWS)),
}  # fmt: skip


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("chunk", [7, 64 * 1024])
def test_every_shape_gives_the_same_records(data, chunk, monkeypatch):
    if chunk == 7 and data[:1] == b"[":
        monkeypatch.setattr(shapes, "CHUNK", 7)

    found = [json.loads(raw.data) for raw in records(io.BytesIO(data))]

    assert found == ROWS


@pytest.mark.parametrize("indent", [None, 2])
def test_a_single_object_is_one_record(indent):
    (raw,) = records(io.BytesIO(json.dumps(ROWS[0], indent=indent).encode()))

    assert (raw.line, json.loads(raw.data)) == (1, ROWS[0])


def test_records_of_an_array_know_the_line_they_begin_on():
    text = json.dumps([{"a": 1}, {"b": 2}], indent=1)

    assert [raw.line for raw in records(io.BytesIO(text.encode()))] == [2, 5]


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "empty"), (b" \n ", "empty"), ("{}".encode("utf-16"), "UTF-16"), (gzip.compress(b"{}" * 999)[:30], "damaged")],
)  # fmt: skip
def test_an_unreadable_file_says_why(data, says):
    with pytest.raises(Unreadable, match=says):
        list(records(io.BytesIO(data)))


def test_an_array_that_is_cut_off_is_a_fault_after_its_good_records():
    *good, last = records(io.BytesIO(json.dumps(ROWS).encode()[:-5]))

    assert len(good) == len(ROWS) - 1 and "not closed" in last.fault


def test_a_record_too_long_is_a_fault_and_the_next_one_is_read(monkeypatch):
    monkeypatch.setattr(shapes, "LONGEST", 4000)

    found = list(records(io.BytesIO(lines({"a": "x" * 9000}, {"b": 1}))))

    assert found[0].fault and json.loads(found[1].data) == {"b": 1}
