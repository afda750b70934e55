"""Legal bases, conditions for special categories, and categories of data, each list with its source and validity."""

from datetime import date

GDPR = "Regulation (EU) 2016/679 (GDPR)"
BASES = [
    ("consent", "Consent", "Art. 6(1)(a)", False, False),
    ("contract", "Contract", "Art. 6(1)(b)", False, False),
    ("legal-obligation", "Legal obligation", "Art. 6(1)(c)", True, False),
    ("vital-interests", "Vital interests", "Art. 6(1)(d)", False, False),
    ("public-task", "Public interest or official authority", "Art. 6(1)(e)", True, False),
    ("legitimate-interests", "Legitimate interests", "Art. 6(1)(f)", False, True),
]
CONDITIONS = [
    ("explicit-consent", "Explicit consent", "Art. 9(2)(a)"),
    ("employment", "Employment and social security", "Art. 9(2)(b)"),
    ("vital", "Vital interests", "Art. 9(2)(c)"),
    ("non-profit", "Non-profit bodies", "Art. 9(2)(d)"),
    ("made-public", "Made public by the person", "Art. 9(2)(e)"),
    ("claims", "Legal claims", "Art. 9(2)(f)"),
    ("substantial-interest", "Substantial public interest", "Art. 9(2)(g)"),
    ("health-care", "Health care", "Art. 9(2)(h)"),
    ("public-health", "Public health", "Art. 9(2)(i)"),
    ("archiving", "Archiving, research, statistics", "Art. 9(2)(j)"),
]
CATEGORIES = [
    ("incident-report", "Incident reports", "What happened, when, to which service, and how it was handled.", True),
    ("indicator", "Technical indicators", "Addresses, domains, hashes and other traces of attacks.", False),
    ("vulnerability", "Vulnerability information", "Weaknesses of products before and after a fix.", False),
    ("near-miss", "Near misses", "Events that nearly became incidents.", False),
    ("tip", "Tips", "Concerns reported by individuals.", True),
    ("review", "After-action reviews", "Causes, lessons and measures.", False),
    ("contact", "Contact data", "Names and channels of officers.", True),
    ("exercise", "Exercise material", "Scenarios, injects and results.", False),
]


def load(apps, schema_editor):
    rule_set = apps.get_model("partnership", "RuleSet")
    gdpr = rule_set.objects.create(
        code="gdpr-bases",
        version="2016/679",
        title="Legal bases of the GDPR",
        source=f"{GDPR}, Articles 6(1) and 9(2)",
        valid_from=date(2018, 5, 25),
    )
    cisa = rule_set.objects.create(
        code="us-cisa-2015",
        version="2026-02",
        title="Cybersecurity Information Sharing Act of 2015, as extended",
        source="6 U.S.C. 1501-1510, extended on 3 February 2026",
        valid_from=date(2026, 2, 3),
        valid_until=date(2026, 10, 1),
    )
    basis = apps.get_model("agreements", "LegalBasis")
    for position, (code, label, article, cited, refused) in enumerate(BASES):
        basis.objects.create(
            code=f"gdpr:{code}",
            rule_set=gdpr,
            label=label,
            law=GDPR,
            article=article,
            needs_law_cited=cited,
            refused_for_authorities=refused,
            position=position,
        )
    basis.objects.create(
        code="us:cisa-2015",
        rule_set=cisa,
        label="Voluntary sharing of threat indicators",
        position=20,
        law="Cybersecurity Information Sharing Act of 2015",
        article="Sec. 104",
        needs_law_cited=False,
    )
    condition = apps.get_model("agreements", "SpecialCondition")
    for position, (code, label, article) in enumerate(CONDITIONS):
        condition.objects.create(code=f"gdpr9:{code}", rule_set=gdpr, label=label, article=article, position=position)
    own = rule_set.objects.create(
        code="data-categories",
        version="1",
        title="Categories of shared data",
        source="This portal",
        valid_from=date(2026, 1, 1),
    )
    category = apps.get_model("agreements", "DataCategory")
    for position, (code, label, description, personal) in enumerate(CATEGORIES):
        category.objects.create(
            code=code, rule_set=own, label=label, description=description, has_personal_data=personal, position=position
        )


def unload(apps, schema_editor):
    for name in ("DataCategory", "SpecialCondition", "LegalBasis"):
        apps.get_model("agreements", name).objects.all().delete()
    codes = ["gdpr-bases", "us-cisa-2015", "data-categories"]
    rule_sets = apps.get_model("partnership", "RuleSet").objects.filter(code__in=codes)
    rule_sets._raw_delete(schema_editor.connection.alias)  # nothing refers to them any more
