"""Charts drawn on the server as SVG: no script, no inline style, a sentence and a table beside each.

A value of None is a hidden figure: the line has a gap there, and words say so.
"""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 900, 220, 44, 28, 12

Value = int | float | None


def sentence(title: str, labels: Sequence[str], values: Sequence[Value]) -> str:
    """What the line shows, in one sentence, from the figures alone."""
    known = [(value, label) for value, label in zip(values, labels, strict=True) if value is not None]
    hidden = len(values) - len(known)
    if not known:
        return f"{title}: every figure is hidden, because too few partners contributed."
    most, least = max(known), min(known)
    text = f"{title}: between {least[0]} ({least[1]}) and {most[0]} ({most[1]}), last {known[-1][0]} ({known[-1][1]})"
    return f"{text}; {hidden} of {len(values)} figures are hidden." if hidden else f"{text}."


def line_svg(title: str, labels: Sequence[str], values: Sequence[Value]) -> SafeString:
    """A line over months; a hidden figure interrupts it."""
    top = max([value for value in values if value is not None] or [1]) or 1
    step = (WIDTH - LEFT - 30) / max(1, len(values) - 1)
    height = HEIGHT - BOTTOM - TOP
    points = [
        None if value is None else (LEFT + n * step, TOP + height * (1 - value / top)) for n, value in enumerate(values)
    ]
    lines = format_html_join("", '<polyline class="l1" points="{}"/>', ((_path(run),) for run in _runs(points)))
    dots = format_html_join(
        "", '<circle class="d1" cx="{}" cy="{}" r="3.5"/>', ((f"{p[0]:.1f}", f"{p[1]:.1f}") for p in points if p)
    )
    grid = format_html_join(
        "", '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, WIDTH - 30, f"{y:.1f}", f"{y:.1f}", LEFT - 6, f"{y + 4:.1f}", f"{top * part:g}")
         for part in (0, 0.5, 1) for y in [TOP + height * (1 - part)]),
    )  # fmt: skip
    every = max(1, len(labels) // 8)
    ticks = format_html_join(
        "", '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((f"{LEFT + n * step:.1f}", HEIGHT - 8, label) for n, label in enumerate(labels) if n % every == 0),
    )  # fmt: skip
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}{}{}{}</svg>',
        WIDTH, HEIGHT, sentence(title, labels, values), title, grid, lines, dots, ticks,
    )  # fmt: skip


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _path(run: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in run)


@register.inclusion_tag("components/_line_chart.html")
def line_chart(title, labels, values):
    """A line with its sentence and its numbers."""
    labels, values = list(labels), list(values)
    return {
        "title": title, "svg": line_svg(title, labels, values), "sentence": sentence(title, labels, values),
        "pairs": list(zip(labels, values, strict=True)),
    }  # fmt: skip


@register.filter
def heat(value, most):
    """The class of a cell in a heat grid: h0 to h4, or hush for a hidden one."""
    if value is None:
        return "hush"
    return f"h{min(4, int(4 * value / most + 0.999))}" if most and value else "h0"
