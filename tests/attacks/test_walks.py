"""Random walks through login and second factor: a browser is in exactly when plain reasoning says so."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from partnership.actions import second_factor
from partnership.models import RecoveryCode
from partnership.models.sign_in import Tally
from partnership.web import factors
from tests.clients import enrolled
from tests.factories.partnership import PASSWORD

pytestmark = pytest.mark.django_db
FRESH = timedelta(seconds=settings.PORTAL_STEP_UP_SECONDS)
IDLE = timedelta(seconds=settings.PORTAL_SESSION_IDLE_SECONDS)
LONGEST = timedelta(seconds=settings.SESSION_COOKIE_AGE)
HALF = timedelta(minutes=15)  # how long the password counts for the second step
SECOND_STEP, ASKING = "/accounts/2fa/authenticate/", "/tokens/"


@dataclass
class Browser:
    """A browser, and what was shown in it so far, as a person would tell it."""

    client: Client = field(default_factory=Client)
    passwords: dict = field(
        default_factory=dict
    )  # when each person's right password was last given, since the last way in or out
    who: object = None
    began: datetime | None = None
    seen: datetime | None = None
    proven: datetime | None = None

    def is_open(self, at):
        return self.who is not None and at - self.seen < IDLE and at - self.began < LONGEST

    def gave_password(self, person, at):
        return person in self.passwords and at - self.passwords[person] <= HALF

    def comes_in(self, person, at):
        self.who, self.began, self.seen, self.proven, self.passwords = person, at, at, at, {}


class Walk:
    """Two browsers and two people. Codes of the app, and recovery codes, are good once and for their person alone."""

    def __init__(self, people, seed, clock):
        self.people, self.dice, self.clock, self.now = people, random.Random(seed), clock, timezone.now()
        self.browsers, self.taken, self.told, self.ways_in = [Browser(), Browser()], {}, [], 0
        self.codes = {}
        for person in people:
            enrolled(person)
            self.codes[person] = set(second_factor.make_codes(user=person, at=self.now))
        self.spent = set()

    def step(self):
        Tally.objects.all().delete()  # how often somebody may try has tests of its own
        waits = [31, 65, 200, 340, 1_000, 1_900, 20_000]
        self.now += timedelta(seconds=self.dice.choices(waits, [60, 10, 6, 6, 4, 2, 1])[0])
        self.clock.move_to(self.now, tick=False)
        browser = self.dice.choice(self.browsers)
        deeds = [self.give_password, self.give_code, self.give_recovery_code, self.leave, self.look, self.step_up]
        deed = self.dice.choices(deeds, [6, 6, 2, 1, 3, 3])[0]
        was_open = browser.is_open(self.now)
        self.told.append(f"{deed.__name__}, browser {self.browsers.index(browser)}, {self.now:%d %H:%M:%S}")
        may_come_in = deed(browser)
        self.check(browser, was_open and deed != self.leave, may_come_in)

    def give_password(self, browser):
        person = self.dice.choice(self.people)
        is_right = self.dice.random() < 0.7
        wrong = [PASSWORD + "x", PASSWORD.upper(), "", "another phrase of words", self.people[0].email]
        browser.client.post(
            "/accounts/login/", {"login": person.email, "password": PASSWORD if is_right else self.dice.choice(wrong)}
        )
        if is_right:
            browser.passwords.pop(person, None)
            browser.passwords[person] = self.now

    def give_code(self, browser):
        whose, steps = self._somebody(browser), self.dice.choice([0, 0, 0, 0, -3, 3])
        browser.client.post(SECOND_STEP, {"code": self._code(whose, steps)})
        return whose if steps == 0 and self._is_new(whose) and browser.gave_password(whose, self.now) else None

    def give_recovery_code(self, browser):
        whose = self._somebody(browser)
        code = self.dice.choice([*sorted(self.codes[whose])[:3], "A" * 30])
        unused = RecoveryCode.objects.filter(user=whose, used_at__isnull=True)
        before = unused.count()
        browser.client.post(SECOND_STEP, {"code": code})
        is_good = code in self.codes[whose] - self.spent and browser.gave_password(whose, self.now)
        if unused.count() < before:
            assert is_good, self.told
            self.spent.add(code)
        return whose if is_good else None

    def step_up(self, browser):
        """Prove the second factor anew where somebody is in, or try to where nobody is."""
        whose = self.dice.choice(self.people)
        was_fresh = browser.is_open(self.now) and self.now - browser.proven < FRESH
        sent = {"step-up-asked": "GET", "step-up-code": self._code(whose, 0)}
        browser.client.post(ASKING, sent)
        if browser.is_open(self.now) and not was_fresh and whose == browser.who and self._is_new(whose):
            browser.proven, self.taken[whose] = self.now, self._number()

    def leave(self, browser):
        browser.client.post("/accounts/logout/")
        browser.who, browser.passwords = None, {}

    def look(self, browser):
        browser.client.get(self.dice.choice(["/", "/incidents/", "/api/v1/me", SECOND_STEP, "/accounts/login/"]))

    def check(self, browser, must_stay, may_come_in):
        """In, and as whom, is nobody who did not show both factors; and nobody is put out without a reason."""
        page = browser.client.get("/profile")
        found = next(
            (one for one in self.people if page.status_code == 200 and one.name in page.content.decode()), None
        )
        if must_stay:
            assert found == browser.who, self.told
            browser.seen = self.now
        elif found is not None:
            assert found == may_come_in, self.told
            browser.comes_in(found, self.now)
            self.taken[found] = max(self.taken.get(found, 0), self._number())
            self.ways_in += 1
        else:
            browser.who = None
        if found is not None:
            asked = "Confirm that it is you" in browser.client.post(ASKING, {"name": ""}).content.decode()
            assert asked == (self.now - browser.proven >= FRESH), self.told

    def _somebody(self, browser):
        """Mostly the person whose password was given last, so that the walk comes somewhere."""
        last = list(browser.passwords)[-1:] if self.dice.random() < 0.8 else []
        return self.dice.choice(last or self.people)

    def _number(self):
        return int(self.now.timestamp()) // 30

    def _is_new(self, person):
        return self.taken.get(person, 0) < self._number()

    def _code(self, person, steps):
        return factors.code_at(enrolled(person), self.now + timedelta(seconds=30 * steps))


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 9))])
def test_nobody_is_in_who_did_not_show_both_factors(liaison_officer, stranger, time_machine, seed):
    walk = Walk([liaison_officer, stranger], seed, time_machine)

    for _ in range(150):
        walk.step()

    assert walk.ways_in >= 3, "the walk came nowhere"
