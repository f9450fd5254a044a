"""The questionnaire as HTML: ready pages kept in process, each citizen's token spliced in."""

from __future__ import annotations

from datetime import date
from functools import lru_cache, partial

from flask import render_template, url_for

from questionnaires import Definition, Question, places, with_sections_arranged
from questionnaires.answers import SKIPPED
from questionnaires.logic import holds
from survey_app.answering.drafts import AT
from survey_app.answering.open_sites import OpenSite
from survey_app.answering.pages.forms import bind
from survey_app.answering.pages.frame import chosen, language, size
from survey_app.answering.pages.kept_fields import KeptFields
from survey_app.answering.pages.ready_pages import CUT, SplicedPage
from survey_app.answering.pages.turning import TURN, shown
from survey_app.answering.pages.words import Words, condition, faces
from survey_app.answering.question_hints import hint
from survey_app.answering.refusal_words import browser_check, refusal
from survey_app.answering.tablet_texts import TABLET_TEXTS
from survey_app.answering.texts import TEXTS
from survey_app.ground.imprint import Imprint, imprint

MARKER = "__FORM_TOKEN__"
NUMBER = "__RECEIPT__"
NAME, CODE, TABLET = "__SITE_NAME__", "__SITE_CODE__", "__TABLET_START__"  # a page's places for what is a site's own


def blank_text(site: OpenSite, lang: str, tablet: str) -> str:
    """The blank page for a tablet that holds its interviews: without a key, in the definition's own order."""
    page = render(
        site.definition,
        site.name,
        site.demo,
        site.code,
        lang,
        {},
        {},
        tablet=tablet,
        sealed=site.seals_erased,
        held=True,
    )
    return page.replace(MARKER, "")


def ready_page(site: OpenSite, key: str, tablet: str = "", drafts: bool = False, trial: bool = False) -> SplicedPage:
    """The blank page of a site: its survey's, with its own name and address put in. Its sections are in the order of this submission
    key; other pieces that move are still to be put `in_order`."""
    definition, draw = site.definition, _survey_page
    if definition.moves_sections:
        definition, draw = with_sections_arranged(definition, key), _page_of_order
    shared = draw(definition, site.demo, language(), size(), bool(tablet), drafts, trial, site.seals_erased, imprint())
    return shared.filled({NAME: site.name, CODE: site.code, TABLET: tablet})


@lru_cache(maxsize=128)
def _survey_page(
    definition: Definition, demo: bool, lang: str, _size: str, tablet: bool, drafts: bool, trial: bool, sealed: bool,
    _shown_in_footer: Imprint | None,
) -> SplicedPage:  # fmt: skip
    """The blank page that all sites share, rendered once per version, language and text size, and compressed where nothing moves."""
    page = render(
        definition, NAME, demo, CODE, lang, {}, {}, tablet=TABLET if tablet else "", drafts=drafts, trial=trial,
        sealed=sealed, cut=CUT,
    )  # fmt: skip
    moving = [
        (len(question.rows if question.random_rows else question.options), partial(places, question))
        for question in definition.questions
        if question.random_rows or question.random_options
    ]
    return SplicedPage.split(page, MARKER, NAME, CODE, TABLET, moving=moving)


_page_of_order = lru_cache(maxsize=32)(_survey_page.__wrapped__)  # many orders of one survey put no other's page out


@lru_cache(maxsize=1024)
def receipt_page(
    definition: Definition, site_name: str, code: str, city_code: str, demo: bool, lang: str, _size: str, state: str,
    ended: str, kept: bool, day: date | None, seals_erased: bool, _shown_in_footer: Imprint | None = None,
) -> str:  # fmt: skip
    """The receipt of an answer of that day, with NUMBER where its own number belongs."""
    return render_template(
        "answering/receipt.html", texts=TEXTS[lang], language=lang, definition=definition, site_name=site_name, code=code,
        city_code=city_code, demo=demo, number=NUMBER, state=state, ended=ended, kept=kept, day=day, seals_erased=seals_erased,
    )  # fmt: skip


def render(
    definition: Definition, site_name: str, demo: bool, code: str, lang: str, sent: dict[str, list[str]],
    errors: dict[str, str], *, continued: bool = False, tablet: str = "", drafts: bool = False,
    trial: bool = False, sealed: bool = False, held: bool = False, cut: str = "",
) -> str:  # fmt: skip
    """The questionnaire as HTML, with what was sent and what was wrong with it, or `continued` from a draft.

    sealed: answers taken back are. trial: the survey is only tried; what a phone keeps of it stands apart from what it keeps of real answers.
    held: for a tablet that keeps what is filled in until it can be sent. cut: what stands around pieces that move.
    """
    words = Words(definition, lang, sent)
    wrong = {name.partition("__")[0] for name in errors}
    if continued and AT not in sent:
        sent = {**sent, AT: [words.furthest()]}
    form = bind(definition, lang, sent, errors)
    left_open = [name for name, message_key in errors.items() if message_key == "left_open"]
    return render_template(
        "answering/questionnaire.html",
        definition=definition, site_name=site_name, demo=demo, code=code, language=lang, texts=TEXTS[lang], cut=cut,
        form=form, kept=KeptFields(definition, lang, form, sent, errors), errors=errors, token=MARKER,
        action=url_for("respondent.questionnaire", code=code, **chosen()) if continued else _own_address(trial),
        continued=continued, tablet=tablet, trial=trial, sealed=sealed, held=held, leave=TABLET_TEXTS[lang]["back"],
        draft=url_for("respondent.draft", code=code, **chosen()) if drafts else "",
        words=words, condition=condition, faces=faces, hint=hint, check=browser_check, faulty=partial(_faulty, errors),
        page=shown(definition, sent, words.checked, wrong), wrong=wrong, at_field=AT, turn_field=TURN,
        ended=partial(_ended, definition, {**{name: values[0] for name, values in sent.items() if values}, **words.answers}),
        said={name: refusal(definition, name, key, lang) for name, key in errors.items()}, skip_field=SKIPPED,
        skipped=sorted({*sent.get(SKIPPED, ()), *left_open} & {q.key for q in definition.questions}),
    )  # fmt: skip


def _faulty(errors: dict[str, str], field: str, described: str = "") -> dict[str, str]:
    """What a field says of itself to a screen reader. described: ids of what stands beside it, with its error."""
    if field not in errors:
        return {"aria-describedby": described} if described else {}
    return {"aria-invalid": "true", "aria-describedby": described or f"{field}-error"}


def _ended(definition: Definition, given: dict[str, object], question: Question) -> int:
    """Which of the endings of `question` has come about, or -1; of somebody too young there is but what was sent."""
    if not given.get(question.key):
        return -1
    return next((place for place, (rule, _) in enumerate(definition.endings(question)) if holds(rule, given)), -1)


def _own_address(trial: bool) -> str:
    """Where a form goes: the page it stands on, in its language and size."""
    return f"?lang={language()}" + ("&size=large" if size() == "large" else "") + ("&trial=1" if trial else "")
