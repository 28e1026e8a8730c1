"""Two sides of one row, in the widest variant that fits."""

import pytest
from textual.app import App
from textual.content import Content

from fwtui.tui.common.line import Line


class Alone(App):
    def compose(self):
        yield Line()


def sides(left, right=""):
    return Content(left), Content(right)


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (30, "the whole story          state"),
        (22, "the whole story  state"),
        (21, "story           state"),
        (12, "story  state"),
        (11, "story state"),
        (9, "st… state"),
    ],
)
async def test_the_widest_variant_that_fits(width, text):
    async with Alone().run_test(size=(width, 1)) as pilot:
        line = pilot.app.query_one(Line)
        line.show(sides("the whole story", "state"), sides("story", "state"))
        await pilot.pause()
        assert line.render().plain == text
        assert line.plain == "the whole story state"


async def test_what_is_shown_again_is_not_drawn_again(monkeypatch):
    async with Alone().run_test() as pilot:
        line = pilot.app.query_one(Line)
        drawn = []
        monkeypatch.setattr(line, "refresh", lambda *regions: drawn.append(regions))
        for text, colour in (("a", "red"), ("a", "red"), ("b", "red"), ("b", "blue"), ("b", "blue")):
            line.show((Content.assemble((text, colour)), Content("")))
        assert len(drawn) == 3


async def test_nothing_yet():
    async with Alone().run_test(size=(1, 1)) as pilot:
        line = pilot.app.query_one(Line)
        assert line.plain == ""
        line.show(sides("long", "longer"))
        await pilot.pause()
        assert pilot.app.return_code is None
