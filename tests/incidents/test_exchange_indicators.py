"""Reading indicators: pure functions, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.exchange.indicators import MOST_LINES, BadIndicator, defang, parse, refang, understand

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
HOST = st.builds(
    lambda labels, top: ".".join([*labels, top]),
    st.lists(LABEL, min_size=1, max_size=3),
    st.sampled_from(["example", "test", "org"]),
)
PATH = st.from_regex(r"(/[A-Za-z0-9._~-]{0,8}){0,3}(\?[a-z]=[0-9]{1,3})?", fullmatch=True)
VALUES = st.one_of(
    st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).filter(lambda a: not a.ipv4_mapped).map(str), HOST,
    st.builds(lambda scheme, host, path: f"{scheme}://{host}{path}", st.sampled_from(["http", "https", "ftp"]), HOST, PATH),
    st.builds(lambda local, host: f"{local}@{host}", st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?", fullmatch=True), HOST),
    st.text("0123456789abcdef", min_size=64, max_size=64), st.integers(0, 4294967295).map(lambda n: f"AS{n}"),
    st.builds(lambda year, n: f"CVE-{year}-{n}", st.integers(1999, 2026), st.integers(1000, 99999)),
)  # fmt: skip


@given(VALUES)
def test_refang_gives_back_what_defang_took(value):
    type_, normal = understand(value)

    assert refang(defang(type_, normal)) == normal


@given(VALUES)
def test_a_defanged_value_is_understood_as_the_plain_one(value):
    found = understand(value)

    assert understand(defang(*found)) == found


@given(VALUES)
def test_a_normal_form_is_its_own_normal_form(value):
    found = understand(value)

    assert understand(found[1], found[0]) == found


@given(st.text(max_size=300))
def test_any_text_is_read_without_breaking(text):
    parsed = parse(text)

    assert all(fault.reason for fault in parsed.faults)
    assert all(understand(found.value, found.type) == (found.type, found.value) for found in parsed.found)


@pytest.mark.parametrize(
    ("given_", "type_", "value"),
    [
        ("192[.]0[.]2[.]1", "ipv4", "192.0.2.1"),
        ("192(.)0(.)2(.)1", "ipv4", "192.0.2.1"),
        ("2001:db8[:]0:0::1", "ipv6", "2001:db8::1"),
        ("198.51.100.0/24", "cidr", "198.51.100.0/24"),
        ("evil[dot]example(dot)org", "domain", "evil.example.org"),
        ("EVIL.Example.ORG.", "domain", "evil.example.org"),
        ("bücher.example", "domain", "xn--bcher-kva.example"),
        ("hxxps://evil[.]example/a?b=1#c", "url", "https://evil.example/a?b=1#c"),
        ("hXXp://evil.example[:]8080/", "url", "http://evil.example:8080/"),
        ("http[://]evil[.]example/x", "url", "http://evil.example/x"),
        ("http://[2001:db8::1]/x", "url", "http://[2001:db8::1]/x"),
        ("fxp://files[.]example/a", "url", "ftp://files.example/a"),
        ("mallory[@]evil[.]example", "email", "mallory@evil.example"),
        ("mallory [at] evil [dot] example", "email", "mallory@evil.example"),
        ("D41D8CD98F00B204E9800998ECF8427E", "md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a" * 40, "sha1", "a" * 40), ("b" * 64, "sha256", "b" * 64), ("c" * 128, "sha512", "c" * 128),
        ("cve-2024-12345", "cve", "CVE-2024-12345"), ("AS 64496", "asn", "AS64496"), ("invoice.docx", "filename", "invoice.docx"),
        ("“192.0.2.1”,", "ipv4", "192.0.2.1"),
    ],
    ids=str,
)  # fmt: skip
def test_it_is_understood(given_, type_, value):
    assert understand(given_) == (type_, value)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ("999.0.2.1", "from 0 to 255"), ("192.0.2.7/24", "192.0.2.0/24"), ("192.0.2.1:443", "port"), ("abc", "not recognised"),
        ("a" * 39, "39 characters"), ("CVE-24-1", "CVE-2024-12345"), ("http://", "host"), ("javascript://x.example/", "begins with"),
        ("http://a b.example/", "space"), ("fe80::1%eth0", "zone"), ("user@", "host|recognised"), ("@x.example", "e-mail"),
        ("-bad-.example", "not recognised"), ("1.2.3", "not recognised"), ("x" * 3000, "3000 characters"), ("a\x07b.example", "control"),
        ("http://x.example:99999/", "port"), ("http://[::1/", "brackets"), ("", "empty"), ("AS99999999999", "."), ("xn--a\u0301.example", "."),
    ],
    ids=repr,
)  # fmt: skip
def test_it_is_refused_with_what_would_be_right(given_, says):
    with pytest.raises(BadIndicator, match=says):
        understand(given_)


def test_a_list_names_the_line_of_each_fault_and_keeps_the_good_ones():
    parsed = parse("192.0.2.1 # the first\n\n# a heading\nnonsense\n- file: evil name.bin\nsha256: abc\n192[.]0.2.1")

    assert [(found.line, found.type, found.value, found.comment) for found in parsed.found] == [
        (1, "ipv4", "192.0.2.1", "the first"), (5, "filename", "evil name.bin", ""),
    ]  # fmt: skip
    assert [fault.line for fault in parsed.faults] == [4, 6]
    assert [again.line for again in parsed.repeated] == [7]


def test_a_line_of_prose_is_answered_with_the_indicators_in_it():
    (fault,) = parse("Traffic went to 192.0.2.44 and evil.example.org yesterday").faults

    assert "192.0.2.44" in fault.reason and "line of its own" in fault.reason


def test_a_list_has_an_end():
    parsed = parse("192.0.2.1\n" * (MOST_LINES + 5))

    assert "at most" in parsed.faults[0].reason and len(parsed.faults) == 1


def test_a_hash_must_have_the_length_of_its_name():
    with pytest.raises(BadIndicator, match="length of md5"):
        understand("a" * 32, "sha256")
