"""Invented VERIS incidents, of both versions: every name, place and number is made up."""

import gzip
import json
import random
from uuid import UUID

ACTIONS = [
    {"hacking": {"variety": ["Use of stolen creds"], "vector": ["Web application"]}},
    {"malware": {"variety": ["Ransomware"], "vector": ["Email attachment"]}},
    {"social": {"variety": ["Phishing"], "vector": ["Email"]}},
    {"error": {"variety": ["Misdelivery"]}},
    {"misuse": {"variety": ["Privilege abuse"]}},
    {"physical": {"variety": ["Theft"]}},
]
INDUSTRIES = ["221122", "524113", "622110", "921110", "483111", "517110", "311", "00"]


def incident(number=1, **more):
    """One invented incident in VERIS 1.2.1."""
    dice = random.Random(number)
    record = {
        "schema_version": "1.2.1",
        "incident_id": str(UUID(int=dice.getrandbits(128), version=4)).upper(),
        "security_incident": dice.choice(["Confirmed", "Suspected"]),
        "source_id": "invented",
        "summary": f"An invented incident, number {number}, at a works that does not exist.",
        "action": dice.choice(ACTIONS),
        "actor": {"external": {"country": ["Unknown"], "motive": ["Financial"], "variety": ["Unknown"]}},
        "asset": {"assets": [{"variety": dice.choice(["S - Mail", "U - Laptop", "S - SCADA"])}]},
        "attribute": {"confidentiality": {"data_disclosure": "Potentially", "data": [{"variety": "Personal"}]}},
        "discovery_method": "Int - reported by user",
        "impact": {"overall_rating": dice.choice(["Unknown", "Painful", "Damaging"])},
        "timeline": {"incident": {"year": 2024 + dice.randrange(2), "month": dice.randrange(1, 13), "day": dice.randrange(1, 28)},
                     "discovery": {"unit": "Days", "value": dice.randrange(1, 30)}},
        "victim": {"country": "NL", "employee_count": "101 to 1000", "industry": dice.choice(INDUSTRIES),
                   "victim_id": f"Invented Works {number}"},
        "plus": {"analysis_status": "First pass", "an_unknown_field": {"kept": [1, 2.5, None, True, "ü"]}},
    }  # fmt: skip
    return {**record, **more}


def incident_14(number=1, **more):
    """One invented incident in VERIS 1.4, where country is a list and discovery_method an object."""
    record = incident(number)
    record["schema_version"] = "1.4.0"
    record["discovery_method"] = {"internal": {"variety": ["Log review"]}}
    record["victim"] = {**record["victim"], "country": ["NL", "BE"]}
    record["confidence"] = "High"
    return {**record, **more}


def lines(*records):
    """JSON lines."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def write(path, count, packed=False):
    """A file of many invented incidents, written without holding them."""
    opened = gzip.open(path, "wb") if packed else open(path, "wb")  # noqa: SIM115
    with opened as target:
        for number in range(count):
            target.write(lines(incident(number)))
    return path
