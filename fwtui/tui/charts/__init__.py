"""Charts in Braille cells: curves, axes, and the widget that shows them."""
