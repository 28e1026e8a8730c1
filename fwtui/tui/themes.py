"""The two built-in themes. The frameworks' colours are Okabe and Ito's orange and sky blue (2008, "Color
Universal Design"), which people with any colour vision can tell apart; on light ground they are darkened.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="fwtui-dark",
    dark=True,
    primary="#56b4e9",
    secondary="#f0a63c",
    accent="#d7dde4",
    foreground="#d7dde4",
    background="#10161c",
    surface="#131a21",
    panel="#1a232c",
    success="#8fcf6b",
    warning="#e8c55c",
    error="#ef6f6c",
    variables={
        "framework-tensorflow": "#f0a63c",
        "framework-tensorflow-2": "#f7cf8f",
        "framework-torch": "#56b4e9",
        "framework-torch-2": "#a5d8f6",
        "dim": "#6f7d8a",
        "faint": "#2a3540",
        "other": "#46535f",
        "border": "#2a3540",
        "kind-metric": "#7f8d9a",
        "kind-gradient": "#d7dde4",
        "kind-parameter": "#b08ee0",
        "heat-faint": "#182430",
        "heat-eps": "#1f4a6e",
        "heat-tolerance": "#a9d3f0",
        "heat-over": "#a8322b",
        "heat-far": "#ffa595",
        "block-cursor-background": "#2b3a47",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "footer-key-foreground": "#d7dde4",
        "footer-description-foreground": "#6f7d8a",
        "footer-background": "#0c1116",
        "input-selection-background": "#56b4e9 35%",
    },
)

LIGHT = Theme(
    name="fwtui-light",
    dark=False,
    primary="#0b6fae",
    secondary="#a85c00",
    accent="#1d252c",
    foreground="#1d252c",
    background="#f4f5f3",
    surface="#fbfbfa",
    panel="#e8eae7",
    success="#2f7d1f",
    warning="#8a6a00",
    error="#b3261e",
    variables={
        "framework-tensorflow": "#a85c00",
        "framework-tensorflow-2": "#c98733",
        "framework-torch": "#0b6fae",
        "framework-torch-2": "#4c9bd0",
        "dim": "#6a747c",
        "faint": "#d3d8d6",
        "other": "#b4bcc0",
        "border": "#ccd2d0",
        "kind-metric": "#8a949b",
        "kind-gradient": "#1d252c",
        "kind-parameter": "#7a4fb5",
        "heat-faint": "#eef3f6",
        "heat-eps": "#c3dcec",
        "heat-tolerance": "#2f6f9f",
        "heat-over": "#e58a7f",
        "heat-far": "#a3160f",
        "block-cursor-background": "#d3e3ee",
        "block-cursor-foreground": "#10161c",
        "block-cursor-text-style": "bold",
        "footer-key-foreground": "#1d252c",
        "footer-description-foreground": "#6a747c",
        "footer-background": "#e8eae7",
        "input-selection-background": "#0b6fae 25%",
    },
)

THEMES = (DARK, LIGHT)
