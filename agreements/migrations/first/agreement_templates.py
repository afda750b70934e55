"""Four templates of agreements, with the texts from which their order and their terms come."""

from datetime import date

NIS2 = "Directive (EU) 2022/2555, Article 29, as transposed"
SOURCE = (
    "ICO, Data sharing code of practice, annexes A and B; Directive (EU) 2022/2555, Article 29; FIRST IEP 2.0; GDPR"
)

WARNING = "Warn partners of incidents and threats early enough to act"
LEARNING = "Learn from incidents and publish lessons without names"
TRENDS = "Show councils how incidents develop, as figures"

REPORT, INDICATOR, NEAR_MISS, VULNERABILITY = "incident-report", "indicator", "near-miss", "vulnerability"
PERSONAL = {REPORT}
RED, STRICT, AMBER, GREEN = 4, 3, 2, 1


def purpose(text, basis="gdpr:legal-obligation", law=NIS2, authorities=None):
    row = {"text": text, "legal_basis": basis, "law_cited": law, "law_valid_until": "", "special_condition": ""}
    return {**row, "for_authorities": authorities} if authorities else row


def between_firms(text):
    """Network security is a legitimate interest of firms (recital 49); an authority acts in its public task."""
    public = {"legal_basis": "gdpr:public-task", "law_cited": NIS2}
    return purpose(text, "gdpr:legitimate-interests", "", authorities=public)


def data(*categories):
    return [{"category": code, "description": "", "personal": code in PERSONAL} for code in categories]


def keep(category, months, why, trigger="received", action="delete"):
    return {"category": category, "trigger": trigger, "months": months, "days": 0, "action": action, "basis": why}


def redact(*steps):
    return [{"category": REPORT, "instruction": step} for step in steps]


def handle(category, tlp, actions="internally-visible-actions"):
    return {
        "category": category, "tlp": tlp, "encrypt_in_transit": "must", "permitted_actions": actions,
        "affected_party_notifications": "must-not", "attribution": "must-not", "unmodified_resale": "must-not",
        "external_reference": "",
    }  # fmt: skip


def use(text, recipients, tlp, conditions, *categories):
    return {
        "purpose": text, "recipients": recipients, "highest_tlp": tlp, "conditions": conditions, "categories": list(categories),
        "valid_from": "", "valid_until": "",
    }  # fmt: skip


NAMES = "Take out names of people, except of those who are to be called back"
HOMES = "Replace addresses of homes by the municipality"
THIRD = "Take out names of customers and suppliers of the source"

SECURITY = (
    "Data is encrypted in transit and at rest. Only people with a named role open it, and every access is logged."
)
LIABILITY = "No party is liable for harm from data that it shared in good faith and marked as this agreement asks."
ATTRIBUTION = "The source is named outside the parties only with its consent. A request for public disclosure is answered by the source."
RIGHTS = "A person who asks for access, correction or erasure is answered within a month by the party that received the request; the others help."
GOVERNANCE = "Each party corrects what it finds wrong and tells the others. Staff are trained before they receive access. A breach is told to all parties within 24 hours."
ASSESSMENT = (
    "An assessment of the effects on people was made before the first day and is looked at again at each review."
)
COMPLAINTS = "Complaints go to the contact of the lead. A party leaves with three months of notice; the retention periods outlive the agreement."


def clauses(**texts):
    return [{"subject": subject, "text": text} for subject, text in texts.items()]


ALL = clauses(security=SECURITY, liability=LIABILITY, attribution=ATTRIBUTION, rights=RIGHTS, governance=GOVERNANCE,
              assessment=ASSESSMENT, complaints=COMPLAINTS)  # fmt: skip

TEMPLATES = [
    {
        "code": "bilateral", "label": "Bilateral", "review_months": 12, "mechanism": "", "documents": "",
        "description": "Two organizations that depend on each other warn each other of incidents and exchange indicators.",
        "content": {
            "summary": "Each of us depends on services of the other. An early warning saves hours on both sides, and nothing else reaches us as fast.",
            "tlp_ceiling": STRICT, "minimum_group_size": 5, "notice_days": 30,
            "purposes": [between_firms(WARNING)],
            "data": data(REPORT, INDICATOR),
            "retention": [keep(REPORT, 12, "Two seasons of the same service", "closed"), keep(INDICATOR, 6, "Attackers change their traces within months")],
            "redaction": redact(NAMES),
            "handling": [handle(REPORT, STRICT, "contact-for-instruction"), handle(INDICATOR, STRICT)],
            "uses": [use(WARNING, "parties", STRICT, "Own defence only", REPORT, INDICATOR)],
            "clauses": ALL,
        },
    },
    {
        "code": "multilateral", "label": "Multilateral", "review_months": 12, "mechanism": "", "documents": "",
        "description": "A sharing group of operators, authorities and associations, with lessons for the sector and figures for councils.",
        "content": {
            "summary": "What hits one of us today hits the others tomorrow. We warn each other, learn together and show councils how incidents develop.",
            "tlp_ceiling": STRICT, "minimum_group_size": 5, "notice_days": 30,
            "purposes": [purpose(WARNING), purpose(LEARNING), purpose(TRENDS)],
            "data": data(REPORT, INDICATOR, NEAR_MISS, VULNERABILITY),
            "retention": [keep(REPORT, 24, "Trends need two winters"), keep(INDICATOR, 6, "Attackers change their traces within months"),
                          keep(NEAR_MISS, 24, "Trends need two winters", action="anonymise"), keep(VULNERABILITY, 12, "A fix is usually in place by then")],
            "redaction": redact(NAMES, HOMES, THIRD),
            "handling": [handle(REPORT, STRICT), handle(INDICATOR, AMBER, "externally-visible-indirect-actions"), handle(NEAR_MISS, AMBER),
                         handle(VULNERABILITY, AMBER)],
            "uses": [use(WARNING, "parties", STRICT, "Own defence only", REPORT, INDICATOR, VULNERABILITY),
                     use(WARNING, "sector", GREEN, "", REPORT, VULNERABILITY),
                     use(WARNING, "audiences", AMBER, "To prepare decisions", REPORT),
                     use(LEARNING, "sector", GREEN, "After redaction", NEAR_MISS),
                     use(TRENDS, "councils", STRICT, "As figures only", REPORT, NEAR_MISS)],
            "clauses": ALL,
        },
    },
    {
        "code": "cross-border", "label": "Cross-border", "review_months": 6, "mechanism": "scc",
        "documents": "Clauses of Decision (EU) 2021/914, module one",
        "description": "Partners of several countries; each party abroad gets a way by which personal data reaches it, and answers on residency and export.",
        "content": {
            "summary": "Our networks cross borders, and so do their failures. We warn each other across them under rules that every country can accept.",
            "tlp_ceiling": AMBER, "minimum_group_size": 5, "notice_days": 60,
            "purposes": [purpose(WARNING)],
            "data": data(REPORT, INDICATOR),
            "retention": [keep(REPORT, 12, "Long enough to handle what crosses a border", "closed", "return"), keep(INDICATOR, 6, "Attackers change their traces within months")],
            "redaction": redact(NAMES, HOMES, THIRD),
            "handling": [handle(REPORT, AMBER, "contact-for-instruction"), handle(INDICATOR, AMBER)],
            "uses": [use(WARNING, "parties", AMBER, "Own defence only; not passed on to another country", REPORT, INDICATOR),
                     use(WARNING, "authorities", AMBER, "The authority of the source's country first", REPORT)],
            "clauses": ALL,
        },
    },
    {
        "code": "small-firm", "label": "Small firm, light form", "review_months": 24, "mechanism": "", "documents": "",
        "description": "A small firm receives warnings and may report near misses; no personal data, few duties.",
        "content": {
            "summary": "A small firm receives warnings in time and tells what it saw, without a legal department of its own.",
            "tlp_ceiling": GREEN, "minimum_group_size": 5, "notice_days": 30,
            "purposes": [between_firms(WARNING)],
            "data": data(INDICATOR, NEAR_MISS),
            "retention": [keep(INDICATOR, 3, "As long as a warning is of use"), keep(NEAR_MISS, 12, "One year of lessons", action="anonymise")],
            "redaction": [],
            "handling": [handle(INDICATOR, GREEN), handle(NEAR_MISS, GREEN)],
            "uses": [use(WARNING, "parties", GREEN, "Own defence only", INDICATOR, NEAR_MISS)],
            "clauses": clauses(security=SECURITY, liability=LIABILITY, attribution=ATTRIBUTION, complaints=COMPLAINTS),
        },
    },
]  # fmt: skip


def load(apps, schema_editor):
    rule_set = apps.get_model("partnership", "RuleSet").objects.create(
        code="agreement-templates",
        version="1",
        title="Templates of data-sharing agreements",
        source=SOURCE,
        valid_from=date(2026, 1, 1),
    )
    template = apps.get_model("agreements", "AgreementTemplate")
    for position, entry in enumerate(TEMPLATES):
        mechanism = f"gdpr:{entry['mechanism']}" if entry["mechanism"] else None
        template.objects.create(
            code=entry["code"],
            rule_set=rule_set,
            label=entry["label"],
            description=entry["description"],
            position=position,
            kind=entry["code"].replace("-", "_"),
            content=entry["content"],
            review_months=entry["review_months"],
            mechanism_id=mechanism,
            documents=entry["documents"],
        )


def unload(apps, schema_editor):
    apps.get_model("agreements", "Agreement").objects.update(template=None)
    apps.get_model("agreements", "AgreementTemplate").objects.all().delete()
    rule_sets = apps.get_model("partnership", "RuleSet").objects.filter(code="agreement-templates")
    rule_sets._raw_delete(schema_editor.connection.alias)  # nothing refers to them any more
