"""The rules once more, as plain loops over plain rows, written from the table of rules and from no other code."""

from tests.policy.world import World

CLEAR, GREEN, AMBER, AMBER_STRICT, RED = range(5)
READERS = {"liaison_officer", "analyst", "coordinator"}
OF_EXPIRED = {"hold", "to be returned", "break-glass after the end"}  # all other ways end when the record's day does


class Reference:
    """Answers who may do what with which report, and by which ways."""

    def __init__(self, world: World):
        self.world = world
        self.organizations = {o.id: o for o in world.organizations}
        self.states = {a.id: a.state for a in world.agreements}

    def lasts(self, row) -> bool:
        return row.since <= self.world.now and (row.until is None or row.until > self.world.now)

    def memberships(self, person, roles=None):
        """What the person is where: in force, in an organization that is not suspended and whose vetting holds today."""
        if not person.active:
            return []
        found = []
        for m in self.world.memberships:
            at = self.organizations[m.organization]
            vetted = at.vetting == "vetted" and at.revet_on >= self.world.now.date() and not at.suspended
            if m.person == person.id and self.lasts(m) and vetted and (roles is None or m.role in roles):
                found.append(m)
        return found

    def granted(self, person, kind, by_name=True, by_group=True) -> set:
        groups = {g.group for g in self.world.groups if g.person == person.id and by_group and self.lasts(g)}
        return {
            g.obj for g in self.world.grants
            if g.kind == kind and g.codename == f"view_{kind}" and ((by_name and g.person == person.id) or g.group in groups)
            and g.expires > self.world.now and not g.revoked
        }  # fmt: skip

    def ways(self, person, action) -> dict[str, set]:
        """Name of a way -> keys of the reports that it gives, with a look at which have expired."""
        expired = {r.id for r in self.world.reports if r.days < 0}
        return {
            name: keys & expired if name in OF_EXPIRED else keys - expired
            for name, keys in self.branches(person, action).items()
        }

    def branches(self, person, action) -> dict[str, set]:
        """Name of a branch -> keys of the reports that it names, whether they have expired or not."""
        member = bool(self.memberships(person))
        readers = {m.organization for m in self.memberships(person, READERS)}
        officers = {m.organization for m in self.memberships(person, {"liaison_officer"})}
        reports = self.world.reports
        if action in ("change_report", "share_report", "release_report"):
            return {"liaison officer": {r.id for r in reports if r.organization in officers}}
        audited = self.audited(person)
        if action == "report_incidents":
            steers = any(
                self.organizations[m.organization].secretariat for m in self.memberships(person, {"coordinator"})
            )
            return {"auditor": self.below(AMBER_STRICT, audited), "coordinator": {r.id for r in reports if steers}}
        leaves = action.startswith("export")
        found = {
            "public": {r.id for r in reports if r.tlp == CLEAR and member},
            "owner": {r.id for r in reports if r.organization in readers},
            "party": self.below(AMBER if leaves else AMBER_STRICT, self.in_agreements(readers)),
            "sector share": self.below(GREEN, self.shared(readers)),
            "release": self.below(AMBER, self.released(person)) if member else set(),
            "explicit grant": self.granted(person, "report", by_group=False) if member and not leaves else set(),
            "group grant": self.below(AMBER_STRICT, self.granted(person, "report", by_name=False))
            if member and not leaves
            else set(),
            "break-glass": self.broken(person) if member and not leaves else set(),
            "container grant": self.below(AMBER, self.opened(person)) if member else set(),
        }
        returned = {a.id for a in self.world.agreements if a.returns}
        found["to be returned"] = {
            r.id for r in reports if r.organization in officers and r.agreement in returned and not r.returned
        }
        if not leaves:
            found["break-glass after the end"] = found["break-glass"]
        if action == "view_report":
            found["hold"] = self.held(person)
        if action in ("view_report", "export_report"):
            found["auditor"] = self.below(AMBER if leaves else AMBER_STRICT, audited)
        return found

    def may(self, person, action) -> set:
        return set().union(*self.ways(person, action).values())

    def held(self, person) -> set:
        """Reports under a hold that the person may lift: placed for an organization of which the person is an officer, or any."""
        officers = {m.organization for m in self.memberships(person, {"liaison_officer"})}
        steers = any(self.organizations[m.organization].secretariat for m in self.memberships(person, {"coordinator"}))
        scopes = [h for h in self.world.holds if not h.lifted and (steers or h.owner in officers)]
        return {
            r.id for r in self.world.reports for h in scopes
            if r.id == h.report or (h.report is None and h.agreement == r.agreement) or h.organization == r.organization
        }  # fmt: skip

    def below(self, ceiling, keys) -> set:
        return {r.id for r in self.world.reports if r.id in keys and r.tlp <= ceiling}

    def in_agreements(self, organizations) -> set:
        keys = {
            p.agreement for p in self.world.parties
            if p.organization in organizations and self.lasts(p) and self.states[p.agreement] == "in_force"
        }  # fmt: skip
        return {r.id for r in self.world.reports if r.agreement in keys}

    def shared(self, organizations) -> set:
        sectors = {s for o in organizations for s in self.organizations[o].sectors}
        return {s.report for s in self.world.shares if s.sector in sectors}

    def released(self, person) -> set:
        audiences = {m.audience for m in self.world.members if m.person == person.id and self.lasts(m)}
        return {r.report for r in self.world.releases if r.audience in audiences}

    def opened(self, person) -> set:
        agreements = {a for a in self.granted(person, "agreement") if self.states[a] == "in_force"}
        organizations = {o for o in self.granted(person, "organization") if not self.organizations[o].suspended}
        return {r.id for r in self.world.reports if r.agreement in agreements or r.organization in organizations}

    def broken(self, person) -> set:
        markings = {r.id: r.tlp for r in self.world.reports}
        return {
            g.report for g in self.world.glass
            if g.person == person.id and g.approved and not g.ended and not g.over and markings[g.report] <= g.ceiling
        }  # fmt: skip

    def audited(self, person) -> set:
        if not self.memberships(person, {"auditor"}):
            return set()
        keys = {e.agreement for e in self.world.engagements if e.person == person.id and self.lasts(e) and not e.ended}
        return {r.id for r in self.world.reports if r.agreement in keys}
