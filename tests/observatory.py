"""The scale of MDN's HTTP Observatory (github.com/mdn/mdn-http-observatory, src/grader/charts.js, release 1.x), as code.

100 points, less penalties; from 90 on extra credit is added. The extra credit that exists, all of it, is in EXTRA.
Its sum says what the highest score is: 145. (An earlier aim of 155 counted points that the scale does not give.)
Five of them are for names that stand on the browsers' own preload list: a deployment asks for that once its name is
public, no header can. `same-origin` is one of the four referrer policies that get the full five points.
"""

import re
from http.cookies import SimpleCookie

BASE, CREDIT_FROM = 100, 90
EXTRA = {
    "csp-implemented-with-no-unsafe-default-src-none": 10,
    "cookies-secure-with-httponly-sessions-and-samesite": 5,  # where an answer sets a cookie; the scanner sees the first
    "referrer-policy-private": 5,
    "hsts-preloaded": 5,
    "sri-implemented-and-all-scripts-loaded-securely": 5,
    "x-frame-options-implemented-via-csp": 5,
    "cross-origin-resource-policy-implemented-with-same-origin": 10,
}
HIGHEST = BASE + sum(EXTRA.values())
WITHOUT_PRELOAD_LIST = HIGHEST - EXTRA["hsts-preloaded"]
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
SIX_MONTHS = 15_768_000
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def findings(answer, cookies):
    """Each test of the scale with its modifier. `cookies` are those set on the way to this page, as header lines."""
    headers, text = answer.headers, answer.content.decode()
    return {
        **_policy(headers.get("Content-Security-Policy", "")),
        **_cookies(cookies),
        **_cors(headers),
        **_referrer(headers.get("Referrer-Policy", "")),
        **_hsts(headers.get("Strict-Transport-Security", "")),
        **_scripts(text),
        **(
            {} if headers.get("X-Content-Type-Options") == "nosniff" else {"x-content-type-options-not-implemented": -5}
        ),
        **_resources(headers.get("Cross-Origin-Resource-Policy")),
    }


def score(found):
    """The points: penalties first, extra credit only on top of 90."""
    plain = BASE + sum(points for points in found.values() if points < 0)
    return plain if plain < CREDIT_FROM else plain + sum(points for points in found.values() if points > 0)


def _policy(text):
    rules = {name: values for name, *values in (part.split() for part in text.split(";") if part.strip())}
    if not rules:
        return {"csp-not-implemented": -25, "x-frame-options-not-implemented": -20}
    found = {}
    scripts = rules.get("script-src", rules.get("default-src", ["*"]))
    everything = [value for values in rules.values() for value in values]
    if {"'unsafe-inline'", "data:", "https:", "http:", "*"} & {
        *scripts,
        *rules.get("object-src", rules.get("default-src", ["*"])),
    }:
        found["csp-implemented-with-unsafe-inline"] = -20
    elif "'unsafe-eval'" in scripts:
        found["csp-implemented-with-unsafe-eval"] = -10
    elif "'unsafe-inline'" in everything:
        found["csp-implemented-with-unsafe-inline-in-style-src-only"] = 0
    elif rules.get("default-src") == ["'none'"] and rules.get("form-action") in (["'none'"], ["'self'"]):
        found["csp-implemented-with-no-unsafe-default-src-none"] = 10
    else:
        found["csp-implemented-with-no-unsafe"] = 5
    ancestors = rules.get("frame-ancestors")
    found |= (
        {"x-frame-options-implemented-via-csp": 5}
        if ancestors == ["'none'"]
        else {"x-frame-options-not-implemented": -20}
    )
    return found


def _cookies(lines):
    worst = None
    for line in lines:
        for cookie in SimpleCookie(line).values():
            if not cookie["secure"]:
                return {"cookies-session-without-secure-flag": -40}
            if not cookie["httponly"]:
                return {"cookies-session-without-httponly-flag": -30}
            if cookie["samesite"] not in ("Lax", "Strict"):
                return {"cookies-samesite-flag-invalid": -20}
            worst = {"cookies-secure-with-httponly-sessions-and-samesite": 5}
    return worst or {"cookies-not-found": 0}


def _cors(headers):
    return {"cross-origin-resource-sharing-open": -50} if headers.get("Access-Control-Allow-Origin") else {}


def _referrer(value):
    if value in PRIVATE:
        return {"referrer-policy-private": 5}
    return {"referrer-policy-unsafe": -5} if value else {"referrer-policy-not-implemented": 0}


def _hsts(value):
    age = re.search(r"max-age=(\d+)", value)
    if age is None:
        return {"hsts-not-implemented": -20}
    return {"hsts-implemented": 0} if int(age[1]) >= SIX_MONTHS else {"hsts-max-age-less-than-six-months": -10}


def _scripts(text):
    tags = _SCRIPT.findall(text)
    if not tags:
        return {"sri-not-implemented-but-no-scripts-loaded": 0}
    if any(re.search(r'src="(?:\w+:)?//', tag) for tag, _ in tags):
        return {"sri-not-implemented-and-external-scripts": -50}
    if all('integrity="sha' in tag for tag, _ in tags):
        return {"sri-implemented-and-all-scripts-loaded-securely": 5}
    return {"sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0}


def _resources(value):
    if value in ("same-origin", "same-site"):
        return {"cross-origin-resource-policy-implemented-with-same-origin": 10}
    return {}
