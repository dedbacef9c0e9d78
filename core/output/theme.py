"""How charts look: the colours and type of the portal, for Altair. Every colour was checked for contrast."""

from __future__ import annotations

from typing import Any, Final

import altair as alt

INK: Final = "#1F2A37"
MUTED: Final = "#5B6675"
PAPER: Final = "#FFFFFF"
WASH: Final = "#F6F4EF"
LINE: Final = "#D9D5CC"
ACCENT: Final = "#0B6E69"
DEMAND: Final = "#DE8A3E"
DEMAND_INK: Final = "#9A3B0A"
PROVISION: Final = "#084F4B"
SURPLUS: Final = "#3B5B92"
UNKNOWN: Final = "#8A8F98"
UNKNOWN_FILL: Final = "#ECE9E2"
URGENT: Final = "#B42318"
# Even steps of lightness, 96 to 32: demand from little to much.
DEMAND_RAMP: Final = ("#FDF3E7", "#F7D9B5", "#EDB27A", "#DB8444", "#B85A1E", "#7F3408")
COVERAGE_RAMP: Final = ("#EAF4F3", "#C3E0DD", "#8FC5C0", "#55A29C", "#1F7D77", "#084F4B")
FONT: Final = "PingFang SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif"
STATE_INK: Final = {
    "gap": DEMAND_INK, "match": MUTED, "surplus": SURPLUS, "unknown": MUTED, "hidden": MUTED,
}  # fmt: skip

Chart = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart


def spec(chart: Chart, *, size: int = 14) -> dict[str, Any]:
    """The chart as a Vega-Lite specification in the portal's look; `size` of its text in pixels.

    Titles stand outside the chart, as text of the page: there a screen reader and a search find them.
    """
    axis = {
        "labelFont": FONT, "labelFontSize": size, "labelColor": INK, "titleFont": FONT, "titleFontSize": size,
        "titleColor": MUTED, "gridColor": "#ECE9E2", "domain": False, "ticks": False, "labelLimit": 260,
        "titleFontWeight": "normal",
    }  # fmt: skip
    styled = chart.configure(font=FONT, background=PAPER, padding=4).configure_view(stroke=None)
    styled = styled.configure_axis(**axis).configure_text(font=FONT, fontSize=size, color=INK)
    styled = styled.configure_legend(
        labelFont=FONT, titleFont=FONT, labelFontSize=size, titleFontSize=size, titleFontWeight="normal"
    )
    found: dict[str, Any] = styled.to_dict()
    return found
