"""The style of the page of a report: light and dark on a screen, always light on paper.

Every text has a contrast of at least 4.5:1 on its ground. Colors of lines differ in lightness as
well, and lines in their dashes, so that no meaning depends on color vision.
"""

from typing import Final

LIGHT: Final = {
    "paper": "#ffffff", "ink": "#1f2328", "dim": "#57606a", "rule": "#d8dee4", "head": "#a6261e",
    "bar": "#2f72ab", "minus": "#b3382c", "band": "#cfe0f0",
    "series1": "#0b4f8a", "series2": "#b4530a", "series3": "#7a3e9d", "series4": "#2a7f3f",
    "shade0": "#eef3f8", "shade1": "#c3d9ec", "shade2": "#8ab6db", "shade3": "#2f72ab",
    "shade4": "#0b3c6b", "below1": "#f6d9d5", "below2": "#eab0a8", "below3": "#b3382c",
    "below4": "#7a1d14", "weak": "#1f2328", "strong": "#ffffff",
}  # fmt: skip
DARK: Final = {
    "paper": "#16191d", "ink": "#e6e8ea", "dim": "#9aa4ad", "rule": "#343b43", "head": "#e66a59",
    "bar": "#5b9fd4", "minus": "#e0766a", "band": "#26405a",
    "series1": "#6cb4ee", "series2": "#f0a35e", "series3": "#c9a0e8", "series4": "#7fd08f",
    "shade0": "#1f2831", "shade1": "#22405c", "shade2": "#29587f", "shade3": "#7db4de",
    "shade4": "#c3e0f7", "below1": "#4a2723", "below2": "#71332b", "below3": "#e59a90",
    "below4": "#f8cdc7", "weak": "#f2f4f6", "strong": "#10141a",
}  # fmt: skip


def _properties(colors: dict[str, str]) -> str:
    return "".join(f"--{name}:{color};" for name, color in colors.items())


def _fills() -> str:
    rules = [f".{name}{{fill:var(--{name})}}" for name in ("bar", "minus", "band")]
    rules += [
        f".{kind}{shade}{{fill:var(--{kind}{shade})}}"
        f".{kind}{shade}-ink{{fill:var(--{'strong' if shade > 2 else 'weak'})}}"
        for kind in ("shade", "below")
        for shade in range(kind == "below", 5)
    ]
    return "".join(rules)


_DASHES = {"series1": "none", "series2": "7 4", "series3": "2 3", "series4": "10 3 2 3"}

_LINES = "".join(
    f".{name}{{fill:none;stroke:var(--{name});stroke-width:2.2;stroke-dasharray:{dashes};"
    "stroke-linejoin:round}"
    for name, dashes in _DASHES.items()
)

STYLE: Final = f"""
:root{{color-scheme:light;{_properties(LIGHT)}}}
@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{_properties(DARK)}}}}}
body{{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);
max-width:52rem;margin:2rem auto;padding:0 1rem}}
header{{border-bottom:2px solid var(--head);margin-bottom:1rem;padding-bottom:.3rem}}
h1{{font-size:1.6rem;margin:0;line-height:1.25}}
h2{{font-size:1.15rem;margin:1.8rem 0 .4rem}}
h2:empty{{display:none}}
header p{{margin:.2rem 0 .5rem;color:var(--dim)}}
figure{{margin:.8rem 0;break-inside:avoid}}
figcaption{{font-weight:600;font-size:.9rem;margin-bottom:.3rem}}
svg{{display:block;width:100%;height:auto;font:12px system-ui,sans-serif;fill:var(--dim)}}
svg .ink{{fill:var(--ink)}}
.grid,.axis{{stroke:var(--rule);stroke-width:1}}
.axis{{stroke:var(--dim)}}
.dots{{fill:none;stroke:var(--series1);stroke-width:5;stroke-linecap:round;stroke-opacity:.7}}
{_fills()}
{_LINES}
.facts{{display:flex;flex-wrap:wrap;gap:.6rem 1.6rem;margin:1rem 0}}
.facts dt{{color:var(--dim);font-size:.85rem}}
.facts dd{{margin:0;font-size:1.1rem;font-weight:600}}
section{{overflow-x:auto}}
table{{border-collapse:collapse;margin:.5rem 0;font-size:.92rem;min-width:60%}}
th{{text-align:left;border-bottom:2px solid var(--head)}}
th,td{{padding:.2rem .9rem .2rem 0;vertical-align:top}}
td{{border-bottom:1px solid var(--rule)}}
.n{{text-align:right;font-variant-numeric:tabular-nums}}
.m,.note,footer{{color:var(--dim)}}
.m,.note{{font-size:.92rem}}
td .m{{display:block;font:.82rem ui-monospace,monospace}}
footer{{border-top:1px solid var(--rule);margin-top:2rem;padding-top:.5rem;font-size:.85rem}}
@media print{{@page{{margin:14mm}}
body{{max-width:none;margin:0;padding:0;font-size:10.5pt}}
h2{{break-after:avoid;margin-top:1.2rem}}
svg{{width:86%}}
section{{overflow:visible}}
tr{{break-inside:avoid}}
thead{{display:table-header-group}}}}
"""
