"""Sectors, markings and transfer mechanisms, each list with its source and validity."""

from datetime import date

NIS2_HIGH = [
    ("energy", "Energy"),
    ("transport", "Transport"),
    ("banking", "Banking"),
    ("finance", "Financial market infrastructures"),
    ("health", "Health"),
    ("drinking-water", "Drinking water"),
    ("waste-water", "Waste water"),
    ("digital-infrastructure", "Digital infrastructure"),
    ("ict-services", "ICT service management (business to business)"),
    ("public-administration", "Public administration"),
    ("space", "Space"),
]
NIS2_OTHER = [
    ("postal", "Postal and courier services"),
    ("waste", "Waste management"),
    ("chemicals", "Chemicals"),
    ("food", "Food"),
    ("manufacturing", "Manufacturing"),
    ("digital-providers", "Digital providers"),
    ("research", "Research"),
]
US16 = [
    ("chemical", "Chemical"),
    ("commercial", "Commercial facilities"),
    ("communications", "Communications"),
    ("manufacturing", "Critical manufacturing"),
    ("dams", "Dams"),
    ("defense", "Defense industrial base"),
    ("emergency", "Emergency services"),
    ("energy", "Energy"),
    ("financial", "Financial services"),
    ("food", "Food and agriculture"),
    ("government", "Government services and facilities"),
    ("healthcare", "Healthcare and public health"),
    ("it", "Information technology"),
    ("nuclear", "Nuclear reactors, materials and waste"),
    ("transportation", "Transportation systems"),
    ("water", "Water and wastewater systems"),
]
MATCHES = [
    ("energy", "energy"),
    ("energy", "nuclear"),
    ("energy", "dams"),
    ("transport", "transportation"),
    ("banking", "financial"),
    ("finance", "financial"),
    ("health", "healthcare"),
    ("drinking-water", "water"),
    ("waste-water", "water"),
    ("digital-infrastructure", "communications"),
    ("digital-infrastructure", "it"),
    ("ict-services", "it"),
    ("public-administration", "government"),
    ("public-administration", "emergency"),
    ("chemicals", "chemical"),
    ("food", "food"),
    ("manufacturing", "manufacturing"),
    ("manufacturing", "defense"),
    ("digital-providers", "it"),
    ("digital-providers", "commercial"),
    ("postal", "transportation"),
]
TLP = [
    (0, "clear", "TLP:CLEAR", "No limit on disclosure."),
    (1, "green", "TLP:GREEN", "The community; not over public channels."),
    (2, "amber", "TLP:AMBER", "The recipient's organization and its clients, on a need-to-know basis."),
    (3, "amber-strict", "TLP:AMBER+STRICT", "The recipient's organization only, on a need-to-know basis."),
    (4, "red", "TLP:RED", "Named persons only, those present at the exchange."),
]
PAP = [
    (0, "clear", "PAP:CLEAR", "No limit on use."),
    (1, "green", "PAP:GREEN", "Active actions are allowed, such as a ping or a block."),
    (2, "amber", "PAP:AMBER", "Passive cross-checks at third parties are allowed."),
    (3, "red", "PAP:RED", "Passive use in own logs only, undetectable from outside."),
]
MECHANISMS = [
    ("adequacy", "Adequacy decision", "Art. 45", False),
    ("public-instrument", "Instrument between public bodies", "Art. 46(2)(a)", False),
    ("bcr", "Binding corporate rules", "Art. 46(2)(b)", False),
    ("scc", "Standard clauses of the Commission", "Art. 46(2)(c)", False),
    ("authority-clauses", "Standard clauses of an authority", "Art. 46(2)(d)", False),
    ("code", "Approved code of conduct", "Art. 46(2)(e)", False),
    ("certification", "Approved certification", "Art. 46(2)(f)", False),
    ("ad-hoc", "Ad hoc clauses", "Art. 46(3)(a)", False),
    ("administrative", "Administrative arrangement", "Art. 46(3)(b)", False),
    ("consent", "Explicit consent", "Art. 49(1)(a)", True),
    ("contract", "Contract with the person", "Art. 49(1)(b)", True),
    ("interest-contract", "Contract in the person's interest", "Art. 49(1)(c)", True),
    ("public-interest", "Important reasons of public interest", "Art. 49(1)(d)", True),
    ("claims", "Legal claims", "Art. 49(1)(e)", True),
    ("vital", "Vital interests", "Art. 49(1)(f)", True),
    ("register", "Public register", "Art. 49(1)(g)", True),
]


def load(apps, schema_editor):
    rule_set = apps.get_model("partnership", "RuleSet")
    sector = apps.get_model("partnership", "Sector")
    marking = apps.get_model("partnership", "Marking")
    mechanism = apps.get_model("partnership", "TransferMechanism")
    nis2 = rule_set.objects.create(
        code="nis2-sectors",
        version="2022/2555",
        title="Sectors of the NIS2 Directive",
        source="Directive (EU) 2022/2555, Annexes I and II",
        valid_from=date(2023, 1, 16),
    )
    us16 = rule_set.objects.create(
        code="us16-sectors",
        version="2024",
        title="Critical infrastructure sectors of the United States",
        source="CISA, Sector Risk Management Agencies; MISP taxonomy dhs-ciip-sectors",
        valid_from=date(2013, 2, 12),
    )
    for group, entries in [
        ("Sectors of high criticality (Annex I)", NIS2_HIGH),
        ("Other critical sectors (Annex II)", NIS2_OTHER),
    ]:
        for code, label in entries:
            sector.objects.create(
                code=f"nis2:{code}",
                rule_set=nis2,
                label=label,
                scheme="nis2",
                group=group,
                position=sector.objects.count(),
            )
    for code, label in US16:
        sector.objects.create(
            code=f"us16:{code}", rule_set=us16, label=label, scheme="us16", position=sector.objects.count()
        )
    for ours, theirs in MATCHES:
        a, b = sector.objects.get(code=f"nis2:{ours}"), sector.objects.get(code=f"us16:{theirs}")
        a.matches.add(b)
    tlp = rule_set.objects.create(
        code="tlp",
        version="2.0",
        title="Traffic Light Protocol",
        source="FIRST, Traffic Light Protocol 2.0",
        valid_from=date(2022, 8, 5),
    )
    pap = rule_set.objects.create(
        code="pap",
        version="2",
        title="Permissible Actions Protocol",
        source="MISP taxonomy PAP",
        valid_from=date(2016, 1, 1),
    )
    for scheme, own, entries in [("tlp", tlp, TLP), ("pap", pap, PAP)]:
        for rank, code, label, description in entries:
            marking.objects.create(
                code=f"{scheme}:{code}",
                rule_set=own,
                label=label,
                description=description,
                scheme=scheme,
                rank=rank,
                position=rank,
            )
    gdpr = rule_set.objects.create(
        code="gdpr-transfers",
        version="2016/679",
        title="Transfers to third countries",
        source="Regulation (EU) 2016/679, Chapter V",
        valid_from=date(2018, 5, 25),
    )
    for position, (code, label, article, derogation) in enumerate(MECHANISMS):
        mechanism.objects.create(
            code=f"gdpr:{code}",
            rule_set=gdpr,
            label=label,
            article=article,
            is_derogation=derogation,
            position=position,
        )


def unload(apps, schema_editor):
    for name in ("TransferMechanism", "Marking", "Sector", "RuleSet"):
        apps.get_model("partnership", name).objects.all().delete()
