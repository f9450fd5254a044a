"""The questionnaire editor without script: every button keeps what was filled in, and nothing that is asked changes."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from questionnaires import parse_definition
from questionnaires.editing.places import outline
from questionnaires.editing.steps import document
from survey_app.models import DraftStep, QuestionnaireDraft, QuestionnaireVersion, QuestionPart, Survey, db
from survey_app.surveys import question_bank
from survey_app.surveys import questionnaire_drafts as drafts
from tests.support.city import small_city
from tests.support.people import csrf, enter, person
from wording import of_column

LIST = "/console/questionnaires"
FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>(?:([^<]*)</textarea>)?(.*?(?=</select>))?", re.S)


@pytest.fixture
def manager(sqlite_app):
    """A signed-in manager beside an open survey that asks the library's questionnaire."""
    small_city()
    return enter(sqlite_app.test_client(), person("manager", "", "").user)


@pytest.fixture
def draft(manager):
    """The address of a draft that begins from the version that is asked."""
    page = manager.get(LIST).get_data(as_text=True)
    asked = db.session.scalars(select(Survey)).one().questionnaire_id
    return manager.post(f"{LIST}/drafts", data={"csrf_token": csrf(page), "version": asked}).location


def sent(page: str) -> dict[str, list[str]]:
    """What a browser without script would send of the editor's form."""
    form = page[page.index('id="editor"') : page.index("</form>", page.index('id="editor"'))]
    found: dict[str, list[str]] = {}
    for kind, attributes, text, inner in re.findall(
        r"<(input|textarea|select)\b([^>]*)>(?:\n?([^<]*)</textarea>)?((?:<(?:option|optgroup)[^>]*>[^<]*|</opt\w+>)*)",
        form,
    ):
        name, value = (re.search(rf' {key}="([^"]*)"', attributes) for key in ("name", "value"))
        if name is None or ('type="checkbox"' in attributes and " checked" not in attributes):
            continue
        said = value[1] if value else ""
        if kind == "textarea":
            said = text
        if kind == "select":
            chosen = re.search(r'<option value="([^"]*)" selected', inner) or re.search(
                r'<option value="([^"]*)"', inner
            )
            said = chosen[1] if chosen else ""
        found.setdefault(name[1], []).append(unescape(said))
    return found


def press(client, address: str, button: str, **boxes: str | list[str]):
    """Open the page, fill in some boxes ('__' is a point) and press a button; the reply and the page it leads to."""
    data = sent(client.get(address).get_data(as_text=True))
    data |= {
        f"b.{name.replace('__', '.')}": [said] if isinstance(said, str) else said
        for name, said in boxes.items()
        if name != "part"
    }
    if "part" in boxes:
        data["part"] = [str(boxes["part"])]
    reply = client.post(address, data={**data, "do": button})
    page = client.get(reply.location) if reply.status_code == 302 else reply
    return reply, page.get_data(as_text=True)


def body() -> str:
    db.session.expire_all()
    return drafts.body_of(db.session.scalars(select(QuestionnaireDraft)).one())


def test_a_draft_saved_on_every_piece_without_a_change_is_the_version_it_began_from(manager, draft):
    before = db.session.scalars(select(QuestionnaireVersion)).one().body
    for place in ("about", *map(str, list(outline(document(before)))[::5]), "s1q1", "s2q0"):
        reply, _page = press(manager, f"{draft}?at={place}", "save")
        assert reply.status_code == 302, place
    assert body() == before
    assert db.session.scalar(select(func.count()).select_from(DraftStep)) == 1


def test_what_is_filled_in_is_kept_by_every_button_and_undone_and_done_again(manager, draft):
    before = body()
    _reply, page = press(manager, f"{draft}?at=s1q0", "go:s0q1", text__zh="您满意还是不满意？")
    assert "<h2>题目 <code>age</code>" in page
    changed = [(one, two) for one, two in zip(before.splitlines(), body().splitlines(), strict=True) if one != two]
    assert len(changed) == 1
    assert "您满意还是不满意？" in changed[0][1]
    once = body()
    press(manager, f"{draft}?at=s0q1", "add:s0q1:number", text__zh="几岁")
    assert len(body().splitlines()) == len(once.splitlines()) + 3
    for button in ("undo", "undo", "redo", "undo", "undo"):
        press(manager, draft, button)
    assert body() == before
    press(manager, draft, "redo")
    assert body() == once
    for words in ("One", "Two"):  # typing within a minute is one step, and what was taken back goes
        _reply, page = press(manager, f"{draft}?at=s0q0", "save", help__en=words)
    assert 'value="redo" class="second" disabled' in page
    made = drafts.steps(db.session.scalars(select(QuestionnaireDraft)).one())
    assert [(step.number, str(of_column(step.said))) for step in made] == [
        (3, "修改 home"), (2, "修改 overall"), (1, "开始起草"),
    ]  # fmt: skip
    assert press(manager, f"{draft}?at=s0q0", "add:s0q0:nonsense")[0].status_code == 302
    assert len(made) == len(drafts.steps(db.session.scalars(select(QuestionnaireDraft)).one()))


def test_what_may_be_left_out_is_not_made_by_saving_and_what_is_empty_is_said_in_its_language(manager):
    page = manager.get(LIST).get_data(as_text=True)
    at = manager.post(f"{LIST}/drafts", data={"csrf_token": csrf(page), "title": "新卷", "title_en": "New"}).location
    for press in ("add:s0:single", "go:about", "save"):
        form = sent(manager.get(f"{at}?at={'about' if press == 'save' else 's0'}").get_data(as_text=True))
        page = manager.post(at, data={**form, "do": press}, follow_redirects=True).get_data(as_text=True)
    assert '<select id="b.minors.question" name="b.minors.question" data-now><option value=""></option>' in page
    assert "minors:" not in manager.get(f"{at}/yaml").get_data(as_text=True)
    assert "没有写中文" in page or "没有写英文" in page
    assert "“zh”" not in page


def test_a_line_goes_up_and_away_and_new_ones_get_their_codes(manager, draft):
    press(manager, f"{draft}?at=s1q1", "line:options.1:up")
    press(manager, f"{draft}?at=s1q1", "line:options.7:drop", options__8__text__zh="别的", options__8__text__en="Else")
    codes = [choice.code for choice in parse_definition(body()).question("improve").options]
    assert codes == ["easy", "speed", "coverage", "offline", "elderly", "privacy", "reply", "1"]
    press(manager, f"{draft}?at=s1q0", "save", options__0__code="9", key="satisfied")
    definition = parse_definition(body())
    assert definition.columns["measure"] == "satisfied"
    assert definition.question("improve").rule.value == ["1", "2", "3"]


def test_logic_is_chosen_question_then_comparison_then_answers(manager, draft):
    at = f"{draft}?at=s3q0"
    _reply, page = press(manager, at, "save", show_if__0__question="age")
    assert 'name="b.show_if.0.operator"' in page
    assert "没有任何回答会引到这道题" in page or "须改" in page
    press(manager, at, "save", show_if__0__value=["16-29", "30-44"])
    press(manager, at, "save", show_if__1__question="improve")
    press(manager, at, "save", show_if__1__value=["speed"], show_if__join="or")
    assert 'show_if: {or: [{in: [age, ["16-29", "30-44"]]}, {contains: [improve, speed]}]}' in body()


def test_two_who_change_the_same_draft_do_not_overwrite_one_another(manager, draft):
    first = sent(manager.get(f"{draft}?at=s0q0").get_data(as_text=True))
    press(manager, f"{draft}?at=s0q0", "save", help__zh="先到的")
    reply = manager.post(draft, data={**first, "b.help.zh": ["后到的"], "do": "save"})
    page = reply.get_data(as_text=True)
    assert (reply.status_code, "先到的" in body(), "后到的" in page, "没有保存" in page) == (409, True, True, True)
    manager.post(draft, data={**sent(page), "do": "save"})
    assert "后到的" in body()


def test_a_question_and_a_section_are_kept_in_the_bank_and_put_in_with_keys_of_their_own(manager, draft):
    press(manager, f"{draft}?at=s1", "keep:s1")
    part = db.session.scalars(select(QuestionPart)).one()
    assert part.name == "您的感受"
    _reply, page = press(manager, f"{draft}?at=s4", "put:s4", part=f"part:{part.id}")
    definition = parse_definition(body())
    assert definition.question("improve_1").rule.question == "overall_1"
    assert "<code>overall_1</code>" in page
    press(manager, f"{draft}?at=s0", "put:s0", part="citizen-experience:recommend")
    assert parse_definition(body()).question("recommend_1") is not None
    for chosen in ("part:99", "nothing:x", "citizen-experience:x", ""):
        assert press(manager, f"{draft}?at=s0", "put:s0", part=chosen)[0].status_code == 409
    bank = manager.get(f"{LIST}/bank").get_data(as_text=True)
    assert "您的感受" in bank
    manager.post(f"{LIST}/bank", data={"csrf_token": csrf(bank), "part": part.id})
    assert question_bank.parts() == []


def test_storing_makes_a_version_and_the_open_survey_asks_what_it_asked(manager, draft):
    asked = db.session.scalars(select(Survey)).one().questionnaire_id
    press(manager, f"{draft}?at=s0q0", "save", help__en="")
    page = manager.get(f"{draft}/store").get_data(as_text=True)
    assert 'value="2"' in page  # version 1 is taken
    token = {
        "csrf_token": csrf(page),
        "revision": re.search(r'name="revision" type="hidden" value="(\d+)"', page)[1],
        "version": "2",
    }
    refused = manager.post(f"{draft}/store", data=token)
    assert (refused.status_code, "还有须改正的地方" in refused.get_data(as_text=True)) == (422, True)
    reply = manager.post(f"{draft}/store", data={**token, "accept": "1"})
    assert reply.status_code == 302
    stored = db.session.scalars(select(QuestionnaireVersion).order_by(QuestionnaireVersion.id.desc())).first()
    assert (parse_definition(stored.body).version, stored.id != asked) == ("2", True)
    assert db.session.scalars(select(Survey)).one().questionnaire_id == asked
    assert body() == stored.body


def test_steps_are_listed_in_words_compared_and_gone_back_to(manager, draft):
    press(manager, f"{draft}?at=s0q0", "save", text__zh="您住在哪里？")
    press(manager, f"{draft}?at=s0q0", "remove:s3q2")
    page = manager.get(f"{draft}/steps?step=1").get_data(as_text=True)
    for said in ("1. 开始起草", "2. 修改 home", "3. 删除 comment", "comment"):
        assert said in page
    assert "不能比较" in page
    version = db.session.scalars(select(QuestionnaireVersion)).one()
    assert "谨慎比较" in manager.get(f"{draft}/steps?version={version.id}").get_data(as_text=True)
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    manager.post(f"{draft}/steps", data={"csrf_token": csrf(page), "revision": revision, "step": "1"})
    assert body() == version.body
    manager.post(f"{draft}/steps", data={"csrf_token": csrf(page), "revision": revision, "step": "0"})
    assert db.session.scalar(select(func.count()).select_from(DraftStep)) == 0


def test_yaml_that_is_none_is_refused_and_what_has_no_box_stays(manager, draft):
    page = manager.get(f"{draft}/yaml").get_data(as_text=True)
    form = {"csrf_token": csrf(page), "revision": re.search(r'name="revision" type="hidden" value="(\d+)"', page)[1]}
    for wrong in ("a: [", "just words", "a: &x 1\nb: *x\n"):
        assert manager.post(f"{draft}/yaml", data={**form, "body": wrong}).status_code == 422
    odd = body().replace(
        "        required: true\n        screen_out: [elsewhere]",
        "        required: true\n        colour: red\n        minimum: 3",
    )
    assert manager.post(f"{draft}/yaml", data={**form, "body": odd}).status_code == 302
    page = manager.get(f"{draft}?at=s0q0").get_data(as_text=True)
    assert "colour: red\nminimum: 3" in page
    press(manager, f"{draft}?at=s0q0", "save", text__en="Where?")
    assert "        colour: red\n        minimum: 3\n" in body()
    assert manager.get(f"{draft}/preview?at=s0q0").status_code == 200
    refused = manager.get(f"{draft}/store").get_data(as_text=True)
    assert "还不能保存" in refused


def test_the_preview_stands_in_a_frame_of_the_editor_alone(manager, draft):
    editor, preview = manager.get(draft), manager.get(f"{draft}/preview?at=s1q1&lang=en")
    assert "frame-src 'self'" in editor.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in preview.headers["Content-Security-Policy"]
    assert preview.headers["Content-Security-Policy"].startswith("sandbox allow-scripts")
    assert 'name="_at" value="overall"' in preview.get_data(as_text=True)
    page = manager.get(LIST).get_data(as_text=True)
    assert manager.post(f"{LIST}/drafts", data={"csrf_token": csrf(page), "title": " "}).location == LIST
    begun = manager.post(
        f"{LIST}/drafts", data={"csrf_token": csrf(page), "title": "新的", "title_en": "A New One"}
    ).location
    assert "增加一道题" in manager.get(f"{begun}/preview").get_data(as_text=True)
