"""Every page of the console in one language: no English sentence for a Chinese reader, and the other way round."""

from __future__ import annotations

import pytest
from lxml import html

from survey_app.jobs.queue import enqueue
from tests.support.city import scored_city, the_survey
from tests.support.languages import foreign
from tests.support.people import enter, person
from tests.support.stored import begins_with
from tests.survey_app.console.test_permissions import NOTHING_THERE, things


def city() -> None:
    scored_city()
    enqueue("flags", {"survey": the_survey().id}, "admin")


pytestmark = begins_with(city)
POSTERS = "console.posters_print"  # hangs in the city, in Chinese, whoever prints it
SAID = ("title", "placeholder", "aria-label", "alt")  # attributes that a person reads or hears


def sentences(page: str) -> list[str]:
    """What stands on a page, piece by piece; not what is code, nor what says that it is in another language."""
    document = html.fromstring(page)
    own = document.get("lang", "")[:2]
    for element in document.xpath("//script|//style|//pre|//code|//textarea"):
        element.drop_tree()
    for drawing in document.xpath("//*[@role='img']//*[@aria-label]"):
        del drawing.attrib["aria-label"]  # the drawing has one name for those who hear it
    for element in document.xpath("//*[@lang][not(self::html)]"):
        if element.get("lang")[:2] != own:
            element.drop_tree()
    found = [*document.xpath("//text()"), *document.xpath("|".join(f"//@{name}" for name in SAID))]
    return [" ".join(piece.split()) for piece in found if piece.strip()]


def pages(app, language):
    client = enter(app.test_client(), person("administrator", "", "").user)
    client.set_cookie("minyi_language", language)
    for thing in things():
        if thing.method == "GET" and thing.endpoint not in {*NOTHING_THERE, POSTERS}:
            answer = client.get(thing.address)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield thing.endpoint, sentences(answer.get_data(as_text=True))


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.checks)])
def test_no_page_speaks_the_other_language(sqlite_app, language):
    found, seen = {}, 0
    for endpoint, said in pages(sqlite_app, language):
        seen += 1
        wrong = foreign(said, language)
        if wrong:
            found[endpoint] = wrong
    assert seen > 40
    assert found == {}
