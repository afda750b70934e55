"""VERIS incidents, versions 1.2.1 to 1.4: from one JSON object to the columns of a report, and nothing lost.

Pure translation. What has a column of its own is checked and read; everything else stays in the raw record. A record
that cannot be taken raises `Faulty` with every reason, in words that say what would be right.
"""

import json
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.exchange.naics import sector_of

LATEST_YEAR = 2050
RATINGS = {"Unknown": 0, "Insignificant": 1, "Distracting": 1, "Painful": 2, "Damaging": 3, "Catastrophic": 4}
STATUSES = ("Confirmed", "Suspected", "Near miss", "False positive", "Unknown")
CONFIDENCES = ("High", "Medium", "Low", "None")
UNITS = ("Seconds", "Minutes", "Hours", "Days", "Weeks", "Months", "Years", "Never", "NA", "Unknown")
# In this order: an incident of several actions is told by the first of them.
KINDS = {
    "malware": "malware", "hacking": "intrusion", "social": "social", "misuse": "misuse", "physical": "physical",
    "error": "error", "environmental": "environmental", "unknown": "other",
}  # fmt: skip
DISCLOSURES = ("Yes", "No", "Potentially", "Unknown")
PERSONAL_DATA = {"Personal", "Medical", "Payment", "Bank", "Credentials", "Sensitive Personal"}
DISCOVERERS = ("external", "internal", "partner", "unknown", "other")
_DISCOVERY = re.compile(r"^(?:(?:Ext|Int|Prt|Partner) - .+|Unknown|Other)$")
_COUNTRY = re.compile(r"^(?:[A-Z]{2}|Unknown|Other)$")
_TIME = re.compile(r"^(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AP]M)?$", re.IGNORECASE)


class Faulty(ValueError):
    """A record that cannot be imported, with every reason."""

    def __init__(self, *reasons: str):
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Incident:
    """What a VERIS record says in our words; `raw` is the record itself."""

    key: str
    title: str
    narrative: str
    kind: str
    sector: str  # empty when the record's industry is unknown
    severity: int
    personal_data: str
    cross_border: str
    occurred_at: datetime | None
    occurred_precision: str
    aware_at: datetime | None
    aware_precision: str
    raw: dict[str, Any]
    remarks: tuple[str, ...] = ()  # what was odd and could be taken all the same


def translate(record: Any, scheme: str = "nis2") -> Incident:
    """Read one record; `scheme` says in whose list of sectors its industry is looked up."""
    if not isinstance(record, dict):
        raise Faulty(f"It is {_name_of(record)}; an incident is a JSON object in braces.")
    reader = _Reader(record, scheme)
    incident = reader.incident()
    if reader.faults:
        raise Faulty(*reader.faults)
    return incident


def storable(record: Any) -> bytes:
    """The record as UTF-8 JSON, or `Faulty` where a database could not hold it: broken characters, numbers without end."""
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Faulty("It holds half of a character pair (\\ud800 to \\udfff). Write the whole character.") from error
    except ValueError as error:
        raise Faulty("It holds a number that is too large to be stored.") from error


def _name_of(value: Any) -> str:
    names = {
        list: "a list",
        str: "a text",
        int: "a number",
        float: "a number",
        bool: "true or false",
        type(None): "null",
    }
    return names.get(type(value), "something else")


def _short(value: Any) -> str:
    return str(value)[:60]


class _Reader:
    """Reads one record and collects its faults; every method leaves a usable value even when it finds one."""

    def __init__(self, record: dict[str, Any], scheme: str):
        self.record, self.scheme = record, scheme
        self.faults: list[str] = []
        self.remarks: list[str] = []

    def fault(self, reason: str) -> None:
        self.faults.append(reason)

    def incident(self) -> Incident:
        key = self.key()
        self.one_of("security_incident", STATUSES, needed=True)
        self.one_of("confidence", CONFIDENCES)
        self.discovery()
        actions = self.actions()
        victim = self.victim()
        occurred, precision = self.occurred()
        aware, aware_precision = self.aware(occurred, precision)
        return Incident(
            key=key, title=self.title(actions), narrative=self.narrative(), kind=self.kind(actions),
            sector=self.sector(victim), severity=self.severity(), personal_data=self.personal_data(),
            cross_border=self.cross_border(victim), occurred_at=occurred, occurred_precision=precision,
            aware_at=aware, aware_precision=aware_precision, raw=self.record, remarks=tuple(self.remarks),
        )  # fmt: skip

    def key(self) -> str:
        key = self.record.get("incident_id")
        if not isinstance(key, str) or not key.strip():
            self.fault("incident_id is missing: a text that names the incident at its source.")
            return ""
        if len(key) > 120:
            self.fault(f"incident_id has {len(key)} characters; at most 120 are allowed.")
        return key.strip()

    def one_of(self, name: str, allowed: tuple[str, ...], needed: bool = False) -> None:
        value = self.record.get(name)
        if value is None:
            if needed:
                self.fault(f"{name} is missing: one of {', '.join(allowed)}.")
        elif value not in allowed:
            self.fault(f"{name} is “{_short(value)}”; it is one of {', '.join(allowed)}.")

    def part(self, name: str, within: dict[str, Any] | None = None, where: str = "") -> dict[str, Any]:
        value = (self.record if within is None else within).get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(f"{where}{name} is {_name_of(value)}; it is an object in braces.")
            return {}
        return value

    def discovery(self) -> None:
        value = self.record.get("discovery_method")
        if value is None:
            return
        if isinstance(value, str):
            if not _DISCOVERY.match(value):
                self.fault(
                    f"discovery_method is “{_short(value)}”; it begins with Ext -, Int - or Prt -, or is Unknown or Other."
                )
        elif not isinstance(value, dict) or not set(value) <= set(DISCOVERERS):
            self.fault(
                "discovery_method is a text (VERIS 1.2) or an object with external, internal, partner, other or unknown."
            )

    def actions(self) -> dict[str, Any]:
        if "action" not in self.record:
            self.fault(
                "action is missing: an object with hacking, malware, social, misuse, physical, error, environmental or unknown."
            )
        actions = self.part("action")
        for name, action in actions.items():
            if name not in KINDS:
                self.fault(f"action.{_short(name)} is unknown; actions are {', '.join(KINDS)}.")
            elif not isinstance(action, dict):
                self.fault(f"action.{name} is {_name_of(action)}; it is an object in braces.")
        return {name: action for name, action in actions.items() if name in KINDS and isinstance(action, dict)}

    def kind(self, actions: dict[str, Any]) -> str:
        first = next((name for name in KINDS if name in actions), "unknown")
        varieties = self.words(actions.get(first, {}).get("variety"))
        if first in ("hacking", "malware") and varieties and all(v in ("DoS", "DDoS") for v in varieties):
            return "availability"
        return KINDS[first]

    def victim(self) -> dict[str, Any]:
        victim = self.record.get("victim")
        if isinstance(victim, list):  # 1.2 allowed several victims
            victim = victim[0] if victim else {}
        if victim is not None and not isinstance(victim, dict):
            self.fault(f"victim is {_name_of(victim)}; it is an object in braces.")
        victim = victim if isinstance(victim, dict) else {}
        for country in self.countries(victim):
            if not isinstance(country, str) or not _COUNTRY.match(country):
                self.fault(f"victim.country is “{_short(country)}”; it is two capital letters such as NL, or Unknown.")
        return victim

    @staticmethod
    def countries(victim: dict[str, Any]) -> list[Any]:
        value = victim.get("country")
        return value if isinstance(value, list) else [] if value is None else [value]

    def cross_border(self, victim: dict[str, Any]) -> str:
        named = {str(c) for c in self.countries(victim)} - {"Unknown", "Other"}
        return "yes" if len(named) > 1 else "unknown"

    def sector(self, victim: dict[str, Any]) -> str:
        industry = victim.get("industry")
        if isinstance(industry, list):
            industry = industry[0] if industry else None
        if industry is None or isinstance(industry, str | int) and not isinstance(industry, bool):
            return sector_of(str(industry or ""), self.scheme)
        self.fault(f"victim.industry is {_name_of(industry)}; it is a NAICS code of two to six digits.")
        return ""

    def severity(self) -> int:
        rating = self.part("impact").get("overall_rating")
        if rating is None:
            return 0
        if not isinstance(rating, str) or rating not in RATINGS:
            self.fault(f"impact.overall_rating is “{_short(rating)}”; it is one of {', '.join(RATINGS)}.")
            return 0
        return RATINGS[rating]

    def personal_data(self) -> str:
        secret = self.part("confidentiality", self.part("attribute"), "attribute.")
        disclosure, data = secret.get("data_disclosure"), secret.get("data")
        if disclosure is not None and disclosure not in DISCLOSURES:
            self.fault(
                f"attribute.confidentiality.data_disclosure is “{_short(disclosure)}”; it is one of {', '.join(DISCLOSURES)}."
            )
        kinds = {d.get("variety") for d in data if isinstance(d, dict)} if isinstance(data, list) else set()
        if kinds & PERSONAL_DATA:
            return "yes"
        return "no" if disclosure == "No" else "unknown"

    def occurred(self) -> tuple[datetime | None, str]:
        if "timeline" not in self.record:
            self.fault("timeline is missing: an object with incident, which has at least a year.")
            return None, "year"
        timeline = self.part("timeline")
        for name in ("compromise", "exfiltration", "discovery", "containment"):
            unit = self.part(name, timeline, "timeline.").get("unit")
            if unit is not None and unit not in UNITS:
                self.fault(f"timeline.{name}.unit is “{_short(unit)}”; it is one of {', '.join(UNITS)}.")
        when = self.part("incident", timeline, "timeline.")
        if "year" not in when:
            self.fault("timeline.incident.year is missing.")
            return None, "year"
        return self.moment(when)

    def moment(self, when: dict[str, Any]) -> tuple[datetime | None, str]:
        parts: list[Any] = [when.get(name) for name in ("year", "month", "day")]
        year, month, day = parts
        for name, value in (("year", year), ("month", month), ("day", day)):
            if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
                self.fault(f"timeline.incident.{name} is “{_short(value)}”; it is a whole number.")
                return None, "year"
        if not 1950 <= year <= LATEST_YEAR:
            self.fault(f"timeline.incident.year is {_short(year)}; it lies between 1950 and {LATEST_YEAR}.")
            return None, "year"
        if day and not month:
            self.fault("timeline.incident has a day without a month. Add the month or remove the day.")
            return None, "year"
        if not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 31:
            self.fault(f"timeline.incident is {year}-{_short(month)}-{_short(day)}, which is no date of the calendar.")
            return None, "year"
        if day and day > monthrange(year, month)[1]:  # VERIS allows it, and real records hold it
            self.remarks.append(
                f"{year}-{month:02}-{day:02} is no date of the calendar; the month was taken, the day is kept in the source record."
            )
            day = None
        found = datetime(year, month or 1, day or 1, tzinfo=UTC)
        time = self.time(when.get("time"))
        if time is not None and day:
            return found + time, "minute"
        return found, "day" if day else "month" if month else "year"

    def time(self, said: Any) -> timedelta | None:
        """A time of day; VERIS writes 05:45:00 PM, and no zone, so it is read as UTC."""
        if said in (None, "", "Unknown"):
            return None
        found = _TIME.match(said) if isinstance(said, str) else None
        hour, minute = (int(found[1]), int(found[2])) if found else (99, 99)
        if found and found[4]:
            hour = hour % 12 + (12 if found[4].upper() == "PM" else 0) if 1 <= hour <= 12 else 99
        if hour > 23 or minute > 59:
            self.fault(f"timeline.incident.time is “{_short(said)}”; write it as 05:45:00 PM or 17:45.")
            return None
        return timedelta(hours=hour, minutes=minute)

    def aware(self, occurred: datetime | None, precision: str) -> tuple[datetime | None, str]:
        """When the victim found out: the incident plus the stated delay, where both are known well enough."""
        discovery = self.record["timeline"].get("discovery") if isinstance(self.record.get("timeline"), dict) else None
        value, unit = (discovery.get("value"), discovery.get("unit")) if isinstance(discovery, dict) else (None, None)
        if value is not None and (not isinstance(value, int | float) or isinstance(value, bool) or value < 0):
            self.fault(f"timeline.discovery.value is “{_short(value)}”; it is a number from 0 on.")
            return None, "day"
        if occurred is None or value is None or precision not in ("day", "minute"):
            return None, "day"
        days = {
            "Seconds": 1 / 86400,
            "Minutes": 1 / 1440,
            "Hours": 1 / 24,
            "Days": 1,
            "Weeks": 7,
            "Months": 30.44,
            "Years": 365.25,
        }
        if unit not in days or value * days[unit] > 36525:
            return None, "day"
        at = occurred + timedelta(days=value * days[unit])
        if unit in ("Months", "Years"):
            return datetime(at.year, at.month, 1, tzinfo=UTC), "month"
        return (at, "minute") if precision == "minute" else (datetime(at.year, at.month, at.day, tzinfo=UTC), "day")

    @staticmethod
    def words(value: Any) -> list[str]:
        return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []

    def title(self, actions: dict[str, Any]) -> str:
        """What was done to what. Never a name: titles are seen by more people than narratives."""
        deeds = [
            word
            for action in actions.values()
            for word in self.words(action.get("variety"))
            if word not in ("Unknown", "Other")
        ]
        assets = self.part("asset").get("assets")
        things = [
            asset["variety"].rpartition(" - ")[2]
            for asset in (assets if isinstance(assets, list) else [])
            if isinstance(asset, dict) and isinstance(asset.get("variety"), str) and asset["variety"] != "Unknown"
        ]
        deed = ", ".join(dict.fromkeys(deeds)) or ", ".join(name.capitalize() for name in actions if name != "unknown")
        thing = ", ".join(dict.fromkeys(things))
        return (f"{deed or 'Incident'}: {thing.lower()}" if thing else deed or "Incident, nothing known of its course")[
            :200
        ]

    def narrative(self) -> str:
        texts = []
        for name in ("summary", "notes"):
            value = self.record.get(name)
            if value is not None and not isinstance(value, str):
                self.fault(f"{name} is {_name_of(value)}; it is a text.")
            elif value and value.strip():
                texts.append(value.strip())
        return "\n\n".join(texts)
