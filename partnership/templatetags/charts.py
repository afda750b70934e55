"""Charts drawn on the server as SVG: no script, no inline style, a sentence and a table beside each.

A value of None is a hidden figure: its place is hatched and says so. A run is what can be compared; between two runs
stands a line.
"""

from collections.abc import Iterator, Sequence
from math import ceil, log10

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 760, 250, 40, 8, 30, 26

Value = int | float | None
Run = tuple[str, Sequence[tuple[str, Value]]]


def sentence(title: str, runs: Sequence[Run]) -> str:
    """What the bars show, in one sentence, from the figures alone."""
    pairs = [pair for _, run in runs for pair in run]
    known = [(value, label) for label, value in pairs if value is not None]
    hidden = len(pairs) - len(known)
    if not known:
        return f"{title}: every figure is hidden, because too few partners contributed."
    most, least = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
    text = f"{title}: between {least[0]} ({least[1]}) and {most[0]} ({most[1]}), last {known[-1][0]} ({known[-1][1]})"
    text += f"; {hidden} of {len(pairs)} figures are hidden" if hidden else ""
    text += f"; a new series begins in {' and in '.join(name for name, _ in runs[1:])}" if len(runs) > 1 else ""
    return f"{text}."


def bars_svg(title: str, runs: Sequence[Run]) -> SafeString:
    """A bar for each month, its number above it."""
    pairs = [pair for _, run in runs for pair in run]
    top = _round_top(max([value for _, value in pairs if value is not None] or [1]))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(pairs))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
        '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line class="hatch" x1="0" x2="0" y1="0" y2="7"/></pattern></defs>{}{}{}</svg>',
        WIDTH, HEIGHT, sentence(title, runs), title, _grid(top),
        format_html_join("", "{}", ((bar,) for bar in _bars(pairs, top, step))), _breaks(runs, step),
    )  # fmt: skip


def _round_top(value: float) -> int:
    """The least of 1, 2 and 5 times a power of ten that is not below the value, so that the scale has whole numbers."""
    power = 10 ** int(log10(max(value, 1)))
    return max(2, next(n * power for n in (1, 2, 4, 6, 8, 10) if n * power >= value))


def _y(value: float, top: int) -> float:
    return TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / top)


def _grid(top: int) -> SafeString:
    return format_html_join(
        "", '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, WIDTH - RIGHT, f"{y:.1f}", f"{y:.1f}", LEFT - 8, f"{y + 4:.1f}", f"{value:g}")
         for value in (0, top / 2, top) for y in [_y(value, top)]),
    )  # fmt: skip


def _bars(pairs: Sequence[tuple[str, Value]], top: int, step: float) -> Iterator[SafeString]:
    width, every, base = step * 0.62, ceil(len(pairs) / 12), _y(0, top)
    for n, (label, value) in enumerate(pairs):
        left, middle = LEFT + n * step + (step - width) / 2, LEFT + (n + 0.5) * step
        y = _y(value if value is not None else top * 0.3, top)
        kind, words = ("b1", f"{value:g}") if value is not None else ("bx", "hidden")
        yield format_html('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>', kind, f"{left:.1f}", f"{y:.1f}", f"{width:.1f}", f"{base - y:.1f}")  # fmt: skip
        yield format_html('<text class="value" x="{}" y="{}" text-anchor="middle">{}</text>', f"{middle:.1f}", f"{y - 6:.1f}", words)  # fmt: skip
        if n % every == 0:
            yield format_html('<text x="{}" y="{}" text-anchor="middle">{}</text>', f"{middle:.1f}", HEIGHT - 10, label)


def _breaks(runs: Sequence[Run], step: float) -> SafeString:
    places, seen = [], 0
    for _, run in runs[:-1]:
        seen += len(run)
        places.append(f"{LEFT + seen * step:.1f}")
    return format_html_join(
        "", '<line class="break" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="middle">new series</text>',
        ((x, x, TOP - 8, HEIGHT - BOTTOM, x, TOP - 13) for x in places),
    )  # fmt: skip


@register.inclusion_tag("components/_bar_chart.html")
def bar_chart(title, runs):
    """Bars over months with their sentence and their numbers; runs are (name, [(label, value or None)])."""
    return {"title": title, "svg": bars_svg(title, runs), "sentence": sentence(title, runs), "runs": runs}


@register.filter
def heat(value, most):
    """The class of a cell in a heat grid: h0 to h4, or hush for a hidden one."""
    if value is None:
        return "hush"
    return f"h{min(4, int(4 * value / most + 0.999))}" if most and value else "h0"
