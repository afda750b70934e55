"""Deliberate bugs of the policies. Whoever adds a branch adds a bug of it here; the gate refuses a branch without one."""

from django.db.models import Q

from partnership.access.scope import one_of
from partnership.access.table import EVERY_ROW
from partnership.models import Role
from tests.policy.mutation import Mutant

INCIDENTS, AGREEMENTS, COUNCILS, ACCESS = (
    "incidents.policy:",
    "agreements.policy:",
    "councils.policy:",
    "partnership.access.",
)
BODY = "incidents.view_report|incidents.view_report_body/"
OUT = "incidents.export_report|incidents.export_report_body/"
SEATED = "councils.view_council|councils.view_dashboard|councils.view_meeting|councils.view_decision/"
IN_FORCE = ", agreement__state=Agreement.State.IN_FORCE"


def words(name, where, old, new, *about):
    return Mutant(name, about, where, old, new)


def form(name, where, old, new):
    return Mutant(name, (BODY + "*",), where, old, new, is_of_form=True)


def table(name, alter, *about):
    return Mutant(name, about, alter=alter)


def roles(field, *names, vetted=True):
    """In place of a branch: the organizations in which somebody holds one of the roles."""
    return lambda actor, rows: one_of(field, actor.organizations(*names, vetted=vetted))


def anyone(actor, rows):
    return EVERY_ROW


def whoever_belongs(actor, rows):
    return EVERY_ROW if actor.holdings else None


def of_another(field):
    """Rows of everybody but the person."""
    return lambda actor, rows: ~Q(**{field: actor.user.pk})


ON_REPORTS = [
    words("public: green counts as clear", INCIDENTS + "_public", "tlp=TLP.CLEAR", "tlp__lte=TLP.GREEN", BODY + "public", OUT + "public"),
    words("public: strangers too", INCIDENTS + "_public", "actor.is_member", "actor.is_known", BODY + "public", OUT + "public"),
    words("readers: any role reads", INCIDENTS + "reading_organizations", "*READERS", "",
          BODY + "owner", OUT + "owner", BODY + "party", BODY + "sector share"),
    words("readers: analysts forgotten", INCIDENTS + "reading_organizations", "*READERS", "READERS[0]", BODY + "owner"),
    words("readers: vetting ignored", INCIDENTS + "reading_organizations", "*READERS", "*READERS, vetted=False", BODY + "owner"),
    words("owner: the agreement taken for the organization", INCIDENTS + "_owner", '"organization"', '"agreement"',
          BODY + "owner", OUT + "owner"),
    words("officers: analysts change reports", INCIDENTS + "officer_organizations", "Role.LIAISON_OFFICER", "*READERS",
          "incidents.*/liaison officer"),
    words("party: one that left still reads", INCIDENTS + "party_agreements", "objects.in_force()", "objects",
          BODY + "party", OUT + "party"),
    words("party: an agreement that ended still binds", INCIDENTS + "party_agreements", IN_FORCE, "", BODY + "party", OUT + "party"),
    words("party: of all organizations", INCIDENTS + "party_agreements", "organization__in=own, ", "", BODY + "party"),
    words("party: red goes along", INCIDENTS + "_party", "TLP.AMBER_STRICT", "TLP.RED", BODY + "party"),
    words("party: strict stays away", INCIDENTS + "_party", "TLP.AMBER_STRICT", "TLP.AMBER", BODY + "party"),
    words("party: strict is taken out", INCIDENTS + "_party_export", "TLP.AMBER", "TLP.AMBER_STRICT", OUT + "party"),
    words("filing: under an agreement that ended", INCIDENTS + "filing_agreements", IN_FORCE, "", "incidents.file_under/party"),
    words("sector share: every sector is one's own", INCIDENTS + "own_sectors", "filter(organizations__in=own)", "all()",
          BODY + "sector share", OUT + "sector share"),
    words("sector share: amber goes along", INCIDENTS + "_sector", "TLP.GREEN", "TLP.AMBER", BODY + "sector share", OUT + "sector share"),
    words("sector share: green stays away", INCIDENTS + "_sector", "TLP.GREEN", "TLP.CLEAR", BODY + "sector share"),
    words("release: to former members", INCIDENTS + "own_audiences", "Q(until__isnull=True) | Q(until__gt=Now())", "Q()",
          BODY + "release", OUT + "release"),
    words("release: to coming members", INCIDENTS + "own_audiences", ", since__lte=Now()", "", BODY + "release"),
    words("release: an end ends it the day before", INCIDENTS + "own_audiences", " | Q(until__gt=Now())", "", BODY + "release"),
    words("release: to people without standing", INCIDENTS + "own_audiences", "actor.is_member", "actor.is_known", BODY + "release"),
    words("release: strict goes along", INCIDENTS + "_audience", "TLP.AMBER", "TLP.AMBER_STRICT", BODY + "release", OUT + "release"),
    words("by name: the codename ignored", INCIDENTS + "_by_name", "NAMED.rows(actor)",
          'Q(pk__in=live(ReportUserGrant, actor.user).values("content_object_id"))', BODY + "explicit grant"),
    words("by name: strict at most", INCIDENTS + "_by_name", "return NAMED.rows(actor)",
          "return _below(TLP.AMBER_STRICT, NAMED.rows(actor))", BODY + "explicit grant"),
    words("by group: strict stays away", INCIDENTS + "_by_group", "TLP.AMBER_STRICT", "TLP.AMBER", BODY + "group grant"),
    words("grants: what expired still opens", ACCESS + "grants:live", "expires_at__gt=Now(), ", "",
          BODY + "explicit grant", BODY + "group grant", BODY + "container grant", OUT + "container grant"),
    words("grants: what was revoked still opens", ACCESS + "grants:live", ", revoked_at__isnull=True", "",
          BODY + "explicit grant", BODY + "group grant", BODY + "container grant"),
    words("groups: who left is still in it", ACCESS + "grants:groups_of", "objects.in_force()", "objects",
          BODY + "group grant", BODY + "container grant", OUT + "container grant"),
    words("groups: of everybody", ACCESS + "grants:groups_of", "filter(user_id=user.pk or NOBODY)", "all()", BODY + "group grant"),
    words("container: an agreement that ended", INCIDENTS + "granted_agreements", ', "content_object__state": Agreement.State.IN_FORCE', "",
          BODY + "container grant", OUT + "container grant"),
    words("container: groups forgotten", INCIDENTS + "granted_agreements", ", AgreementGroupGrant", ",", BODY + "container grant"),
    words("container: a suspended organization", INCIDENTS + "granted_organizations", ', "content_object__suspended_at__isnull": True', "",
          BODY + "container grant"),
    words("container: people without standing", INCIDENTS + "_granted", "not actor.is_member", "not actor.is_known",
          BODY + "container grant"),
    words("container: strict goes along", INCIDENTS + "_container", "TLP.AMBER", "TLP.AMBER_STRICT",
          BODY + "container grant", OUT + "container grant"),
    words("container: both at once or none", INCIDENTS + "_container", "found[0] | found[-1]", "found[0] & found[-1]",
          BODY + "container grant"),
    words("audit: an engagement that lapsed", INCIDENTS + "audited_agreements", "objects.in_force()", "objects",
          "incidents.view_report/auditor", OUT + "auditor", "incidents.report_incidents/auditor"),
    words("audit: an engagement that was ended", INCIDENTS + "audited_agreements", ", ended_at__isnull=True", "",
          "incidents.view_report/auditor", OUT + "auditor", "incidents.report_incidents/auditor"),
    words("audit: no auditor any more", INCIDENTS + "audited_agreements", "actor.has_role(Role.AUDITOR)", "actor.is_member",
          "incidents.view_report/auditor"),
    words("audit: red goes along", INCIDENTS + "_audited", "TLP.AMBER_STRICT", "TLP.RED",
          "incidents.view_report/auditor", "incidents.report_incidents/auditor"),
    words("audit: strict is taken out", INCIDENTS + "_audited_export", "TLP.AMBER", "TLP.AMBER_STRICT", OUT + "auditor"),
    words("emergency: above the marking that was approved", INCIDENTS + "_glass", ", tlp__lte=ceiling", "", BODY + "break-glass"),
    words("emergency: it was ended", ACCESS + "break_glass:live", "ended_at__isnull=True, ", "", BODY + "break-glass"),
    words("emergency: its hours are over", ACCESS + "break_glass:live", ", expires_at__gt=Now()", "", BODY + "break-glass"),
    words("emergency: people without standing", ACCESS + "break_glass:broken_glass", "actor.is_member", "actor.is_known",
          BODY + "break-glass"),
    words("holds: what was lifted still keeps", INCIDENTS + "holds_in_hand", "LegalHold.objects.active()", "LegalHold.objects.all()",
          "incidents.view_report/hold"),
    words("holds: whoever may see a hold sees what it keeps", INCIDENTS + "holds_in_hand", "agreements.lift_hold",
          "agreements.view_hold", "incidents.view_report/hold"),
    words("holds: one of a record keeps its agreement", INCIDENTS + "holds_in_hand", " and record is None", "",
          "incidents.view_report/hold"),
    words("returns: what was returned already", INCIDENTS + "_to_return", "returned_on__isnull=True, ", "",
          BODY + "to be returned", OUT + "to be returned"),
    words("returns: under any term", INCIDENTS + "_to_return", ".filter(action=RetentionTerm.Action.RETURN)", "",
          BODY + "to be returned", OUT + "to be returned"),
    words("returns: whoever reads takes back", INCIDENTS + "_to_return", "officer_organizations", "reading_organizations",
          BODY + "to be returned", OUT + "to be returned"),
    words("emergency after the end: above the marking", INCIDENTS + "_glass", ", tlp__lte=ceiling", "",
          BODY + "break-glass after the end"),
    table("coordinators count reports of which they are members", whoever_belongs, "incidents.report_incidents/coordinator"),
    table("a narrative is inherited from the head", lambda actor, rows: Q(report__tlp__lte=4) if actor.is_member else None,
          "incidents.view_indicator/*", "incidents.export_indicator/*"),
]  # fmt: skip

ON_ACTORS = [
    words("suspended organizations count", ACCESS + "actor:_holdings", ", organization__suspended_at__isnull=True", "", BODY + "owner"),
    words("memberships that ended count", ACCESS + "actor:_holdings", "objects.in_force()", "objects", BODY + "owner", BODY + "public"),
    words("vetting ends a day early", ACCESS + "actor:_holdings", "revet_on >= now", "revet_on > now", BODY + "owner", BODY + "public"),
    words("vetting never ends", ACCESS + "actor:_holdings", " and revet_on >= now.date()", "", BODY + "owner"),
    words("applicants count as vetted", ACCESS + "actor:_holdings", "vetting == Organization.Vetting.VETTED and revet_on",
          "revet_on is not None and revet_on", BODY + "owner"),
    words("a role is a role anywhere", ACCESS + "actor:Actor.organizations", "held.role in roles", "held.role", BODY + "owner"),
    words("one who is deactivated is known", ACCESS + "actor:Actor.is_known", " and self.user.is_active", "", "partnership.view_job/own job"),
    words("coordinators of any organization", ACCESS + "actor:Actor.is_coordinator", "h.is_secretariat and ", "",
          "incidents.report_incidents/coordinator", "councils.*/coordinator", "agreements.*/coordinator", "partnership.*/coordinator"),
    words("anybody of the secretariat", ACCESS + "actor:Actor.is_coordinator", ' and h.role == "coordinator"', "",
          "councils.run_council/coordinator"),
    words("a dated relation never ends", "partnership.abstract:DatedQuerySet.in_force",
          " & (models.Q(until__isnull=True) | models.Q(until__gt=moment))", "", BODY + "party", BODY + "owner"),
    words("a dated relation begins before its time", "partnership.abstract:DatedQuerySet.in_force",
          "models.Q(since__lte=moment) & ", "", BODY + "party", BODY + "owner"),
]  # fmt: skip

ON_FORMS = [
    form("arms overlap", ACCESS + "table:Permission._arms_of", "before &= branch.negation(part)", "pass"),
    form("arms keep out one too many", ACCESS + "table:Permission._arms_of", "disjoint.append(part & before &", "disjoint.append(before &"),
    form("a list takes what has expired", ACCESS + "table:Permission._arms_of", "before & self._within(branch, actor)", "before"),
    form("a row that has expired is seen alone", ACCESS + "table:Permission._open", "rows & self._within(branch, actor)", "rows"),
    form("what is withheld is all that is seen", ACCESS + "table:Permission._within", "denied(withheld(actor.now))", "withheld(actor.now)"),
    form("a hold opens what has not expired", ACCESS + "table:Permission._within", "withheld(actor.now) if branch.of_withheld else", ""),
    form("a report expires a day early", "agreements.models.retention:expired", ": at}", ": at + __import__('datetime').timedelta(days=1)}"),
    form("a report expires a day late", "agreements.models.retention:expired", ": at}", ": at - __import__('datetime').timedelta(days=1)}"),
    form("the negation forgets the ceiling", ACCESS + "conditions:_denied_look_up",
          "found.filter(*(_on_outer_row(path, value) for path, value in beside))", "found"),
    form("branches are joined by AND", ACCESS + "scope:visible", "operator.or_", "operator.and_"),
    form("a union is an OR of the table", ACCESS + "disjoint:_of_table", "filter(arm)", "all()"),
    form("a page takes every arm whole", ACCESS + "disjoint:_of_keys", ".filter(arm)", ""),
    form("a page is as long as an arm's first rows", ACCESS + "disjoint:_of_keys", "[: query.high_mark]",
          "[query.low_mark : query.high_mark]"),
    form("a loaded row needs one comparison of several", ACCESS + "conditions:holds", "all(answers)", "any(answers)"),
    form("a loaded row is above every ceiling", ACCESS + "conditions:_leaf_holds", "left is None:", "left is None or lookup == 'lte':"),
    form("a list forgets a branch", ACCESS + "table:Permission._given", "in self.branches", "in self.branches[1:]"),
]  # fmt: skip

ON_AGREEMENTS = [
    words("parties that left", AGREEMENTS + "_shown_to", ".not_over()", "",
          "agreements.view_agreement/party", "agreements.view_hold/party", "agreements.hold_agreement/party officer",
          "agreements.view_retention/party officer", "agreements.view_certificate/party"),
    words("drafts of others", AGREEMENTS + "_shown_to", ".exclude(drafted_by_others)", "",
          "agreements.view_agreement/party", "agreements.view_re*/via*", "agreements.view_proposal/via*"),
    words("any role negotiates", AGREEMENTS + "agreements_to_negotiate", "Role.LIAISON_OFFICER, Role.SIGNATORY", "",
          "agreements.negotiate_agreement/party"),
    words("drafts are negotiated", AGREEMENTS + "agreements_to_negotiate", "exclude(agreement__state=Agreement.State.DRAFT)",
          "all()", "agreements.negotiate_agreement/party"),
    words("officers sign", AGREEMENTS + "agreements_to_sign", "Role.SIGNATORY", "Role.LIAISON_OFFICER", "agreements.sign_agreement/signatory"),
    words("anybody of a party holds", AGREEMENTS + "agreements_to_hold", "Role.LIAISON_OFFICER", "",
          "agreements.hold_agreement/party officer", "agreements.view_retention/party officer"),
    words("engagements that lapsed", AGREEMENTS + "audited_agreements", "objects.in_force()", "objects",
          "agreements.view_agreement/auditor", "agreements.view_hold/auditor", "agreements.view_retention/auditor",
          "agreements.view_certificate/auditor", "partnership.view_audit/auditor"),
    words("an auditor by name alone", AGREEMENTS + "audited_agreements", "actor.has_role(Role.AUDITOR)", "actor.is_member",
          "agreements.view_agreement/auditor"),
    table("any role leads", roles("lead_id"), "agreements.view_agreement/lead", "agreements.change_agreement/lead",
          "agreements.negotiate_agreement/lead", "agreements.end_agreement/lead"),
    table("analysts are not asked", roles("lead_id", Role.LIAISON_OFFICER, Role.SIGNATORY), "agreements.review_agreement/second person"),
    table("any role answers remarks", roles("version__agreement__lead_id"), "agreements.close_remark/lead", "agreements.decide_proposal/lead"),
    table("what another made", of_another("made_by_id"), "agreements.*/author"),
    table("unvetted officers place holds", roles("pk", Role.LIAISON_OFFICER, vetted=False), "agreements.hold_organization/own officer"),
    table("engagements of others", of_another("auditor_id"), "agreements.view_engagement/own"),
    table("holds: any role of the owner", roles("owner_id"), "agreements.view_hold/owner", "agreements.lift_hold/owner"),
    table("certificates: any role of the owner", roles("organization_id"), "agreements.view_certificate/owner"),
    table("deletions: whoever asked approves", lambda actor, rows: EVERY_ROW if actor.is_coordinator else None,
          "agreements.approve_deletion/second person"),
    table("runs: anybody", anyone, "agreements.view_run/officer", "agreements.view_run/auditor"),
    words("grants that expired", ACCESS + "grants:live", "expires_at__gt=Now(), ", "",
          "agreements.view_agreement/* grant", "councils.*/* grant"),
    words("those who left keep what was opened by name", AGREEMENTS + "agreements_left", "if not own:", "if True:",
          "agreements.view_agreement/* grant"),
    table("any role lets leave", roles("organization_id"), "agreements.let_leave/own"),
    table("departures: any role leads", roles("agreement__lead_id"), "agreements.let_leave/lead", "agreements.decide_departure/lead"),
    table("departures: any role of the leaver", roles("organization_id", vetted=False), "agreements.view_departure/leaver"),
    words("departures: attesters need vetting", AGREEMENTS + "departures_to_attest", "vetted=False", "vetted=True",
          "agreements.view_departure/attester"),
    table("departures: every officer", lambda actor, rows: EVERY_ROW if actor.has_role(Role.LIAISON_OFFICER) else None,
          "agreements.view_departure/party officer"),
    table("departures: every auditor", lambda actor, rows: EVERY_ROW if actor.has_role(Role.AUDITOR) else None,
          "agreements.view_departure/auditor"),
    table("departures: officers of the leaver decide", roles("organization_id", Role.LIAISON_OFFICER), "agreements.decide_departure/leaver"),
    table("departures: whoever asked decides", lambda actor, rows: EVERY_ROW if actor.is_coordinator else None,
          "agreements.decide_departure/coordinator"),
    table("officers attest", roles("organization_id", Role.LIAISON_OFFICER, vetted=False), "agreements.attest_destruction/signatory"),
    table("attestations of every departure", anyone, "agreements.view_attestation/*"),
    words("grants that were revoked", ACCESS + "grants:live", ", revoked_at__isnull=True", "", "agreements.view_agreement/explicit grant"),
]  # fmt: skip

ON_COUNCILS = [
    words("seats that were vacated", COUNCILS + "own_seats", ", vacated_at__isnull=True", "", SEATED + "member", "councils.attend_meeting/member"),
    words("memberships that ended", COUNCILS + "own_seats", "objects.in_force()", "objects", SEATED + "member"),
    words("seats of people without standing", COUNCILS + "own_seats", "not actor.is_member", "not actor.is_known", "councils.view_council/member"),
    words("audiences that one left", COUNCILS + "own_audiences", "objects.in_force()", "objects", "councils.view_action/member"),
    table("the chair opens", lambda actor, rows: _seated(actor, "chair", "council_id"), "councils.open_meeting/officer"),
    table("members chair", lambda actor, rows: _seated(actor, "member", "council_id"), "councils.chair_meeting/chair"),
    table("members put to the vote", lambda actor, rows: _seated(actor, "member", "meeting__council_id"), "councils.chair_decision/chair"),
    table("seats without a vote vote", lambda actor, rows: _seated(actor, "", "meeting__council_id"), "councils.vote_decision/voting member"),
    table("items of others", of_another("owner_id"), "councils.view_action/owner"),
]  # fmt: skip


def _seated(actor, function, field):
    from councils.policy import own_seats

    return one_of(field, frozenset(c for c, held, _ in actor.fact(own_seats) if held == (function or held)))


ON_THE_GROUND = [
    words("unvetted members are members", ACCESS + "actor:Actor.is_member", "held.is_vetted", "True", "partnership.*/member"),
    table("unvetted members lose their own", roles("pk"), "partnership.view_organization*/own organization"),
    table("contacts of every office", anyone, "partnership.view_contact_entry/own office"),
    table("analysts edit the profile", roles("pk", vetted=False), "partnership.change_organization/own profile"),
    table("officers invite", roles("pk", Role.LIAISON_OFFICER, vetted=False), "partnership.invite_person/administrator"),
    table("officers manage people", roles("organization_id", Role.LIAISON_OFFICER, vetted=False),
          "partnership.manage_people/administrator", "partnership.manage_invitation/administrator"),
    table("a coordinator closes the own account", lambda actor, rows: EVERY_ROW if actor.is_coordinator else None,
          "partnership.deactivate_person/coordinator"),
    table("what others asked for", of_another("requested_by_id"), "partnership.view_job/*", "partnership.view_export/*", "partnership.*/asker"),
    table("any role reads the trail", lambda actor, rows: one_of("subject_id", {str(k) for k in actor.organizations()}),
          "partnership.view_audit/own organization"),
    table("the deeds of others", of_another("actor_id"), "partnership.view_audit/own deed"),
    words("officers see what was refused", "partnership.policy:people_of_administrators", "Role.ADMINISTRATOR", "Role.LIAISON_OFFICER",
          "partnership.view_security_event/administrator"),
    words("people who left are still theirs", "partnership.policy:people_of_administrators", "objects.in_force()", "objects",
          "partnership.view_security_event/administrator"),
    table("unvetted administrators register witnesses", roles("pk", Role.ADMINISTRATOR, vetted=False), "partnership.register_witness/*"),
    table("officers withdraw witnesses", roles("organization_id", Role.LIAISON_OFFICER), "partnership.withdraw_witness/*"),
    table("analysts open what was filed", roles("pk", Role.LIAISON_OFFICER, Role.ANALYST), "partnership.open_organization/*"),
    table("emergencies: analysts of the owner", roles("owner_id"), "partnership.*_break_glass/owner"),
    table("emergencies: whoever asked decides", lambda actor, rows: EVERY_ROW if actor.is_coordinator else None,
          "partnership.decide_break_glass/coordinator"),
    words("exceptions on every record", ACCESS + "exceptions:_decided", "visible(actor, kind.decided_by, kind.model._default_manager.all())",
          "kind.model._default_manager.all()",
          "partnership.*grant/owner", "agreements.*grant/owner", "incidents.*grant/owner"),
    table("everybody decides who comes to a council", anyone, "councils.*grant/owner"),
    table("exceptions that others gave", of_another("granted_by_id"), "*grant/grantor"),
    table("exceptions to others", of_another("user_id"), "*usergrant/grantee"),
    table("tokens of others", of_another("user_id"), "partnership.review_token/own"),
    table("any role reads the answers", lambda actor, rows: one_of("about_id", {str(k) for k in actor.organizations()}),
          "partnership.view_confirmation/own organization"),
    words("auditors of everything read the answers", AGREEMENTS + "audited_partners", "agreement__in=keys", "",
          "partnership.view_confirmation/auditor"),
    table("any role makes groups", roles("pk"), "partnership.make_group/keeper"),
    table("any role keeps groups", roles("organization_id"), "partnership.keep_group/keeper", "partnership.view_group/keeper"),
    table("groups of others", lambda actor, rows: ~rows, "partnership.view_group/in it"),
    table("groups that are not listed", lambda actor, rows: EVERY_ROW if actor.has_role(Role.LIAISON_OFFICER) else None,
          "partnership.view_group/listed"),
    words("keepers decide about themselves", "partnership.policy:_in_kept_groups", "kept & ~Q(user_id=actor.user.pk)", "kept",
          "partnership.review_group_membership/keeper"),
    table("any role takes people out", roles("group__named__organization"), "partnership.end_group_membership/keeper"),
    table("everybody leaves for another", of_another("user_id"), "partnership.end_group_membership/own"),
    table("exceptions to every group", anyone, "*groupgrant/grantee"),
    table("files of every report", anyone, "incidents.view_attachment/*"),
    table("analysts file", roles("pk", Role.LIAISON_OFFICER, Role.ANALYST), "incidents.file_report/*"),
]  # fmt: skip

MUTANTS = [*ON_REPORTS, *ON_ACTORS, *ON_FORMS, *ON_AGREEMENTS, *ON_COUNCILS, *ON_THE_GROUND]
