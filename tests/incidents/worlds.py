"""Simulated months for the publisher: groups that join, leave and report unevenly. Nothing of a database."""

import random
from collections import Counter
from datetime import date

from incidents.aggregates import cohorts, tables
from incidents.aggregates.cohorts import Members
from incidents.aggregates.material import Material, Tallied


class Partnership:
    """Groups of some sectors over months; publishes each month as the portal does, and keeps the truth."""

    def __init__(self, seed, sectors=4, rate=1.6, months=24):
        self.dice, self.months = random.Random(seed), months
        self.sectors = {f"s{n}": self.dice.randint(3, 9) for n in range(sectors)}
        self.sector_of, self.weight = {}, {}
        for sector, size in self.sectors.items():
            for n in range(size):
                self._enter(sector, f"{sector}g{n}", rate)
        self.present, self.rate = set(self.sector_of), rate
        self.contents, self.truth, self.cohorts_by_month, self.waiting = [], {}, [], []

    def _enter(self, sector, group, rate):
        self.sector_of[group] = sector
        self.weight[group] = self.dice.choice([0, 0.3, 1, 1, 2, 6]) * rate

    def _move(self, number):
        """Some join, some leave."""
        if self.dice.random() < 0.5:
            sector = self.dice.choice(sorted(self.sectors))
            group = f"{sector}n{number}"
            self._enter(sector, group, self.rate)
            self.present.add(group)
        if self.dice.random() < 0.3 and len(self.present) > 10:
            self.present.discard(self.dice.choice(sorted(self.present)))

    def members(self):
        found = {}
        for group in self.present:
            found.setdefault(self.sector_of[group], set()).add(group)
        return Members({sector: frozenset(groups) for sector, groups in found.items()})

    def run(self, start=date(2026, 1, 1)):
        whose, earlier, tallies, series = None, {}, [], 0
        for n in range(self.months):
            month = date(start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1, 1)
            self._move(n)
            is_new = whose is None or month.month == 1
            whose = (
                cohorts.begin(self.members(), whose.merged if whose else ())
                if is_new
                else cohorts.follow(whose, self.members())
            )
            series += is_new
            if month.month % 3 == 1 or is_new:
                earlier, tallies = {}, []
            tallies += self._report(n + 1, month, whose)
            self._publish(n + 1, month, series, whose, tallies, earlier)
        return self

    def _report(self, number, month, whose):
        """What each member of a cohort reports; a tenth of it a month late."""
        made, late = Counter(self.waiting and dict(self.waiting)), Counter()
        for line, groups in sorted(whose.lines.items()):
            for group in sorted(groups & self.present, key=str):
                for _ in range(int(self.dice.expovariate(1 / (self.weight[group] + 0.01)))):
                    key = (line, group, self.dice.choice([0, 1, 1, 2, 2, 3, 4]))
                    (late if self.dice.random() < 0.1 else made)[key] += 1
        self.waiting = late
        rows = []
        for (line, group, level), amount in made.items():
            if group in whose.lines.get(line, ()):
                rows.append(Tallied(line, month, group, level, amount, 3))
                self.truth[number, line, level, group] = amount
        return rows

    def _publish(self, number, month, series, whose, tallies, earlier):
        now = cohorts.lines_of(self.members(), whose.merged)
        live = {line: groups & now.get(line, frozenset()) for line, groups in whose.lines.items()}
        labels = {line: line for line in sorted(whose.lines) if whose.lines[line]}
        made = tables.all_tables(Material(month, labels, live, list(tallies), dict(earlier)))
        earlier[month] = tables.shown_of(made[0], month)
        self.cohorts_by_month.append((series, whose.lines))
        self.contents.append({"number": number, "month": f"{month:%Y-%m}", "series": series, "tables": made,
                              "lines": [[code, label] for code, label in labels.items()]})  # fmt: skip
