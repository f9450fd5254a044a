"""The questionnaire editor: a draft's outline, one piece of it as a form, the respondent's page beside it; steps; the bank."""

from __future__ import annotations

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from definitions import DefinitionError
from questionnaires.comparison import compare
from questionnaires.editing.findings import findings, readable
from questionnaires.editing.places import Place, place_of
from questionnaires.editing.steps import TYPES, document
from questionnaires.plain import as_yaml
from survey_app.console.frame import POLICY, bp
from survey_app.console.permissions import own
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import QuestionnaireDraft, QuestionnaireVersion, QuestionPart, db
from survey_app.surveys import question_bank, questionnaire_versions
from survey_app.surveys import questionnaire_drafts as drafts
from survey_app.surveys.pages import editor_words
from survey_app.surveys.pages.editor_shown import controls, entries, only_shown
from survey_app.surveys.pages.forms import BeginForm, PartForm, PieceForm, SourceForm, StepForm, StoreForm
from survey_app.surveys.pages.questionnaire_preview import preview_html
from survey_app.surveys.pages.questionnaires import PREVIEW_POLICY, about, changes_table
from survey_app.surveys.questionnaire_editing import Sent, act, shown_for
from wording import Message, of_column

MOST_SENT = 436 * 1024  # bytes of a form, with what is allowed around files just what one that is no file may have
FRAMING = f"{POLICY}; frame-src 'self'"
FRAMED = {
    "Content-Security-Policy": PREVIEW_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}


@bp.action("/questionnaires/drafts", "起草问卷", own("manager"))
def draft_begin() -> BaseResponse:
    form = BeginForm()
    if not form.validate():
        flash(" ".join(str(said) for field in form for said in field.errors), "error")
        return redirect(url_for("console.questionnaire_list"))
    version = db.session.get(QuestionnaireVersion, form.version.data) if form.version.data else None
    try:
        with transaction():
            if version is not None:
                draft = drafts.start_from(version)
            else:
                draft = drafts.start(form.title.data or "", form.title_en.data or "")
    except drafts.DraftError as error:
        flash(str(error), "error")
        return redirect(url_for("console.questionnaire_list"))
    return redirect(url_for("console.draft_editor", draft_id=draft.id))


@bp.form("/questionnaires/drafts/<int:draft_id>", "编辑问卷", own("manager"))
@takes_files(MOST_SENT)
def draft_editor(draft_id: int) -> BaseResponse:
    """One piece as a form. Every button keeps what was filled in before it does its own work."""
    draft, form = _draft(draft_id), PieceForm()
    if not form.is_submitted():
        return _editor(draft, request.args.get("at", ""))
    try:
        with transaction():
            place = act(
                draft,
                form.revision.data or 0,
                form.at.data or "",
                form.boxes.data,
                form.do.data or "",
                form.part.data or "",
            )
    except (drafts.DraftError, DefinitionError) as error:
        return _editor(draft, form.at.data or "", form.boxes.data, str(error))
    fresh = (form.do.data or "").partition(":")[0] in ("add", "put", "copy")
    return redirect(url_for("console.draft_editor", draft_id=draft_id, at=str(place), new=1 if fresh else None))


@bp.page("/questionnaires/drafts/<int:draft_id>/preview", "预览问卷草稿", own("manager"))
def draft_preview(draft_id: int) -> BaseResponse:
    """The respondent's page of what can be read of the draft, turned to the piece that is open."""
    draft = _draft(draft_id)
    body = drafts.body_of(draft)
    data = document(body)
    definition = readable(body, data)
    chosen = request.args.get("lang") or language()
    if definition is None:
        page = render_template("surveys/draft_nothing.html")
    else:
        part = place_of(request.args.get("at", ""), data).inside(data) or {}
        page = preview_html(definition, "en" if chosen == "en" else "zh", at=str(part.get("key", "")))
    return Response(page, mimetype="text/html", headers=FRAMED)


@bp.form("/questionnaires/drafts/<int:draft_id>/yaml", "编辑问卷的YAML", own("manager"))
@takes_files(MOST_SENT)
def draft_source(draft_id: int) -> str | tuple[str, int] | BaseResponse:
    """The whole draft as it is written: what has no box is changed here."""
    draft, form = _draft(draft_id), SourceForm()
    if form.is_submitted():
        body = (form.body.data or "").replace("\r\n", "\n")
        with form.storing((drafts.DraftError, DefinitionError), "body"):
            drafts.change(draft, form.revision.data or 0, body, Message("questionnaires.draft_written"))
        if not form.errors:
            return redirect(url_for("console.draft_editor", draft_id=draft_id))
    else:
        form.body.data = drafts.body_of(draft)
    form.revision.data = draft.revision
    return render_template("surveys/draft_source.html", draft=draft, form=form, demo=False), 422 if form.errors else 200


@bp.form("/questionnaires/drafts/<int:draft_id>/steps", "问卷草稿的各步", own("manager"))
def draft_steps(draft_id: int) -> str | BaseResponse:
    """Every state of the draft, any of which can be gone back to, or compared in words with what it is now."""
    draft, form = _draft(draft_id), StepForm()
    if form.is_submitted() and form.validate():
        try:
            with transaction():
                if form.step.data == 0:
                    drafts.remove(draft)
                else:
                    drafts.go_to(draft, form.revision.data or 0, form.step.data)
        except drafts.DraftError as error:
            flash(str(error), "error")
        else:
            if form.step.data == 0:
                flash(_("草稿已删除。已保存的版本还在。"), "ok")
                return redirect(url_for("console.questionnaire_list"))
        return redirect(url_for("console.draft_steps", draft_id=draft_id))
    return render_template(
        "surveys/draft_steps.html", draft=draft, steps=drafts.steps(draft), said=lambda step: of_column(step.said),
        versions=questionnaire_versions.versions(), **_compared(draft), demo=False,
    )  # fmt: skip


@bp.form("/questionnaires/drafts/<int:draft_id>/store", "把草稿存为版本", own("manager"))
def draft_store(draft_id: int) -> str | tuple[str, int] | BaseResponse:
    """Checks and changes once more, then the draft becomes a version that a survey can ask."""
    draft, form = _draft(draft_id), StoreForm()
    body = drafts.body_of(draft)
    data = document(body)
    definition, found = findings(body, data)
    if form.is_submitted() and form.validate():
        wrong = definition is None or any(one.level == "error" for one in found)
        if definition is not None and wrong and not form.accept.data:
            form.refuse(_("还有须改正的地方：请先改正，或勾选下面一项。"), "accept")
        else:
            with form.storing((drafts.DraftError, DefinitionError), "version"):
                version = drafts.store(draft, form.revision.data or 0, form.version.data)
            if not form.errors:
                flash(_("已保存为版本。现在可以在调查的“问卷”页换用；已开放的调查不受影响。"), "ok")
                return redirect(url_for("console.questionnaire_page", version_id=version.id))
    elif not form.is_submitted():
        form.version.data = drafts.next_version(draft)
    form.revision.data = draft.revision
    base = db.session.get(QuestionnaireVersion, draft.base_id) if draft.base_id else None
    page = render_template(
        "surveys/draft_store.html", draft=draft, form=form, found=found, entries=entries(data, language(), found),
        parts=about(definition, base) if definition else None, before=base, demo=False,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.form("/questionnaires/bank", "题库", own("manager"))
def bank_page() -> str | BaseResponse:
    """Parts that are kept, each as it would be put in."""
    form = PartForm()
    if form.is_submitted() and form.validate():
        part = db.session.get(QuestionPart, form.part.data) or abort(404)
        with transaction():
            question_bank.remove(part)
        flash(_("已从题库删除。"), "ok")
        return redirect(url_for("console.bank_page"))
    kept = [(part, as_yaml({"questions": question_bank.questions_held(part)})) for part in question_bank.parts()]
    return render_template("surveys/question_bank.html", kept=kept, demo=False)


def _draft(draft_id: int) -> QuestionnaireDraft:
    found: QuestionnaireDraft = db.session.get(QuestionnaireDraft, draft_id) or abort(404)
    return found


def _editor(draft: QuestionnaireDraft, at: str, sent: Sent | None = None, refused: str = "") -> BaseResponse:
    body = drafts.body_of(draft)
    data = document(body)
    place = place_of(at, data)
    part = place.inside(data) or {}
    if "".join((sent or {}).get("sent", ())) != shown_for(part, place):
        sent = None  # it was another form
    definition, found = findings(body, data)
    before, after = drafts.last_kept(draft)
    boxes = controls(data, place, language(), found, sent)
    main = editor_words.MAIN[place.record]
    page = render_template(
        "surveys/draft_editor.html", draft=draft, place=place, part=part, shown_for=shown_for(part, place), refused=refused,
        entries=entries(data, language(), found), found=found, here=[one for one in found if one.place == place],
        main=sorted((box for box in boxes if box.name in main), key=lambda box: main.index(box.name)),
        more=(more := [box for box in boxes if box.name not in main]), opened=any(box.said or box.name in part for box in more),
        only=only_shown(data, place), undo=before, redo=after,
        last=of_column(drafts.step_of(draft, draft.step).said),
        types=[(kind, editor_words.TYPES[kind]) for kind in TYPES], bank=question_bank.offered(), readable=definition is not None,
        where=_where(place), errors=sum(one.level == "error" for one in found), fresh="new" in request.args, demo=False,
    )  # fmt: skip
    response = make_response(page, 409 if refused else 200)
    response.headers["Content-Security-Policy"] = FRAMING
    return response


def _where(place: Place) -> str:
    if place.section is None:
        return str(_("问卷信息"))
    return str(_("第%(n)s部分", n=place.section + 1) if place.question is None else _("题目"))


def _compared(draft: QuestionnaireDraft) -> dict[str, object]:
    """The draft as it is against the step or the stored version that the address names."""
    step, version = request.args.get("step", type=int), request.args.get("version", type=int)
    held = db.session.get(QuestionnaireVersion, version or 0)
    try:
        body = drafts.step_of(draft, step).body if step else held.body if held else ""
    except drafts.DraftError:
        body = ""
    if not body:
        return {"compared": False}
    now = drafts.body_of(draft)
    (earlier, _before), (later, _found) = findings(body, document(body)), findings(now, document(now))
    table = changes_table(compare(earlier, later), _("到现在的变化")) if earlier and later else None
    return {"compared": True, "version": version, "changes": table}
