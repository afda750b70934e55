"""Kinds of incident, with the VERIS action that each matches."""

from datetime import date

KINDS = [
    ("malware", "Malicious code", "Ransomware, trojans, worms, spyware.", "malware"),
    ("intrusion", "Intrusion", "Unauthorised access to systems or accounts.", "hacking"),
    ("social", "Phishing and social engineering", "People deceived into giving access, data or money.", "social"),
    ("misuse", "Misuse by insiders", "Privileges used against their purpose.", "misuse"),
    ("availability", "Loss of availability", "Denial of service, sabotage, outage.", ""),
    ("disclosure", "Disclosure of information", "Data lost, leaked or published.", ""),
    ("physical", "Physical attack or theft", "Break-in, theft, tampering, skimming.", "physical"),
    ("error", "Error", "Loss, misdelivery, misconfiguration without intent.", "error"),
    ("environmental", "Environmental event", "Storm, flood, fire, power failure.", "environmental"),
    ("vulnerability", "Vulnerability", "A weakness found or exploited.", ""),
    ("other", "Other", "None of these, or not yet known.", "unknown"),
]


def load(apps, schema_editor):
    own = apps.get_model("partnership", "RuleSet").objects.create(
        code="incident-kinds",
        version="1",
        title="Kinds of incident",
        source="Reference Security Incident Taxonomy (ENISA) and VERIS 1.4 actions, condensed",
        valid_from=date(2026, 1, 1),
    )
    kind = apps.get_model("incidents", "IncidentKind")
    for position, (code, label, description, action) in enumerate(KINDS):
        kind.objects.create(
            code=code, rule_set=own, label=label, description=description, veris_action=action, position=position
        )


def unload(apps, schema_editor):
    apps.get_model("incidents", "IncidentKind").objects.all().delete()
    rule_sets = apps.get_model("partnership", "RuleSet").objects.filter(code="incident-kinds")
    rule_sets._raw_delete(schema_editor.connection.alias)  # nothing refers to them any more
