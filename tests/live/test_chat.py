"""The chat in Chromium: ask, stream, chips, follow-up, school, live concern, abstention, copy, Word, feedback."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import docx
import httpx
import pypdfium2
from playwright.sync_api import Page, expect

from tests.live.conftest import Server, ask

PROCEDURE = "what must I do before suspending a CLA pupil?"
CONCERN = "a girl in yr 5 just told me her uncle hurts her"
Look = Callable[..., Page]


def test_an_answer_comes_in_layers_with_their_chips(look: Look, http: httpx.Client) -> None:
    page = look()
    expect(page.locator("#examples button")).to_have_count(4)
    ask(page, PROCEDURE)
    answer = http.post("/api/v1/answers", json={"question": PROCEDURE}).json()
    for statement in answer["statements"]:
        first = statement["text"].split("\n")[0]
        expect(page.locator(".points > li").filter(has_text=first)).to_have_count(1)
    expect(page.locator(".answer a.chip")).to_have_count(len(answer["statements"]))
    layers = len(dict.fromkeys(s["layer"] for s in answer["statements"]))
    assert layers >= 3
    expect(page.locator(".layer")).to_have_count(layers)
    expect(page.locator("#examples")).to_be_hidden()
    expect(page.locator(".notice.old")).to_contain_text("no longer in force")
    expect(page.locator(".chip .tag.old").first).to_be_visible()
    expect(page.locator(".chip .tag").first).to_have_text("summary")


def test_a_chip_opens_the_reader_with_the_quoted_words_marked(look: Look, http: httpx.Client) -> None:
    page = look()
    ask(page, PROCEDURE)
    citations = http.post("/api/v1/answers", json={"question": PROCEDURE}).json()["citations"]
    for number in (0, len(citations) - 1):
        page.locator("a.chip").nth(number).click()
        reader = page.frame_locator("#reader-frame")
        target = reader.locator(".target")
        expect(target).to_have_attribute("id", citations[number]["clause_id"])
        marked = " ".join(target.locator("mark").all_inner_texts())
        assert _words(marked) == _words(citations[number]["quote"])
        expect(target).to_be_in_viewport()
        expect(target).to_contain_text(citations[number]["edition"])
        expect(target.locator(".path")).to_contain_text(citations[number]["heading_path"][-1])
        expect(target.get_by_role("button", name="Copy reference")).to_be_visible()
    first = page.locator("#reader-frame").get_attribute("src")
    assert first is None or first.startswith("/")


def test_next_clause_copy_reference_and_close(look: Look) -> None:
    page = look()
    ask(page, PROCEDURE)
    page.locator("a.chip.trust-policy").first.click()
    reader = page.frame_locator("#reader-frame")
    before = reader.locator(".target").get_attribute("id")
    reader.get_by_role("link", name="Next clause").click()
    expect(reader.locator(".target")).not_to_have_attribute("id", str(before))
    reader.get_by_role("button", name="Copy reference").click()
    expect(reader.locator("#copied")).to_have_text("Reference copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(
        r"Children with a Social Worker Policy, .* \(trust policy; .*, in force\)\. http://\S+/clause/cwsw/\S+", copied
    )
    reader.get_by_role("link", name="Previous clause").click()
    expect(reader.locator(".target")).to_have_attribute("id", str(before))
    page.get_by_role("button", name="Close the reader").click()
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("a.chip.trust-policy").first).to_be_focused()


def test_a_follow_up_and_a_new_conversation(look: Look) -> None:
    page = look()
    ask(page, "who is the designated teacher at Bushey Meads?")
    expect(page.locator(".answer").last).to_contain_text("Olivia de Groot")
    ask(page, "and at Hartsbourne?")
    expect(page.locator(".answer").last).to_contain_text("Rebecca Tregear")
    expect(page.locator(".asked")).to_have_count(2)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator("#examples")).to_be_visible()
    ask(page, "and at Hartsbourne?")
    expect(page.locator(".answer").last).not_to_contain_text("designated teacher: ")


def test_the_school_changes_the_person_named_and_is_remembered(look: Look) -> None:
    page = look()
    for school, name in (
        ("Bushey Meads School", "Olivia de Groot"),
        ("Little Reddings Primary School", "Rebecca Tregear"),
    ):
        page.get_by_role("combobox", name="Your school").click()
        page.get_by_role("option", name=school).click()
        ask(page, CONCERN)
        expect(page.locator(".act").last).to_contain_text(name)
    page.get_by_role("combobox", name="Your role").click()
    page.get_by_role("option", name="Designated safeguarding lead").click()
    page = page.context.new_page()
    page.goto("/")
    expect(page.get_by_role("combobox", name="Your school")).to_have_value("Little Reddings Primary School")
    expect(page.get_by_role("combobox", name="Your role")).to_have_value("Designated safeguarding lead")
    expect(page.locator("#examples button").first).to_contain_text("Who must be told")


def test_a_live_concern_says_what_to_do_above_everything(look: Look) -> None:
    page = look()
    ask(page, CONCERN)
    act = page.locator(".act")
    expect(act).to_contain_text("999")
    expect(act).to_contain_text("designated safeguarding lead")
    expect(act.get_by_role("heading", name="Act now")).to_be_in_viewport()
    ask(page, PROCEDURE)
    ask(page, CONCERN)
    act = page.locator(".act").last
    page.wait_for_function("document.querySelectorAll('.act')[1].getBoundingClientRect().top < 100")
    expect(act).to_be_in_viewport(ratio=0.9)
    top = act.bounding_box()
    others = page.locator(".answer.escalated").last.locator(".layer, .notice").first.bounding_box()
    assert top
    assert others
    assert top["y"] < others["y"]
    expect(page.locator("#alarm")).to_contain_text("call 999 now")


def test_an_abstention_looks_like_one_and_says_who_to_ask(look: Look) -> None:
    page = look()
    ask(page, "what is the capital of france?")
    expect(page.locator(".answer.abstained")).to_be_visible()
    expect(page.get_by_role("heading", name="No answer found")).to_be_visible()
    expect(page.locator(".abstained-box")).to_contain_text("designated safeguarding lead")
    expect(page.locator(".layer")).to_have_count(0)
    page.get_by_text("Nearest clauses (they may not answer the question)").click()
    expect(page.locator(".nearest a.chip").first).to_be_visible()


def test_an_example_is_asked_by_one_press(look: Look) -> None:
    page = look()
    page.get_by_role("button", name="How often is a PEP reviewed?").click()
    expect(page.locator(".asked")).to_have_text(re.compile("How often is a PEP reviewed"))
    expect(page.locator(".answer.done")).to_contain_text("each term")


def test_what_cannot_be_asked_says_how_to_mend_it_and_stays_in_the_box(look: Look) -> None:
    page = look()
    box = page.get_by_role("textbox", name="Your question")
    for text, said in (("who\u202e is the DSL", "hidden character"), ("pep " * 600, "2,000")):
        box.fill(text)
        box.press("Enter")
        expect(page.locator(".answer.refused").last).to_contain_text(said)
        expect(box).not_to_have_value("")
        expect(page.locator(".answer.refused").last).not_to_contain_text("Traceback")


def test_an_answer_is_copied_with_its_references(look: Look, server: Server) -> None:
    page = look()
    ask(page, PROCEDURE)
    page.get_by_role("button", name="Copy answer").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "must, without delay" in copied
    assert f"{server.address}/clause/dfe-exclusion-2024-08/78" in copied
    assert "no longer in force" in copied
    assert "Check with your DSL" in copied


def test_the_print_view_saves_as_pdf(look: Look) -> None:
    page = look()
    ask(page, PROCEDURE)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Print or PDF").click()
    printed = opened.value
    expect(printed.get_by_role("button", name="Print or save as PDF")).to_be_visible()
    expect(printed.get_by_text("Check with your DSL before you act on this.")).to_be_visible()
    pdf = pypdfium2.PdfDocument(io.BytesIO(printed.pdf()))
    text = " ".join(pdf_page.get_textpage().get_text_bounded() for pdf_page in pdf)
    pdf.close()
    assert "without delay after the decision" in _words(text)
    assert "References, with the words relied on" in _words(text)
    assert "Browse" not in text


def test_the_word_file_holds_question_answer_quotes_and_editions(look: Look) -> None:
    page = look()
    ask(page, PROCEDURE)
    with page.expect_download() as download:
        page.get_by_role("link", name="Word file").click()
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(download.value.path())).paragraphs)
    assert PROCEDURE in text
    assert "notify the pupil's social worker" in text
    contact = (
        "We will always contact The Virtual School for support to find an effective solution which best meets the "
    )
    assert f"“{contact}needs of the child looked after.”" in text
    assert "statutory, our summary; August 2024, no longer in force" in text
    assert re.search(r"\d{1,2} \w+ 20\d\d", text)
    assert "Check with your DSL before you act on this." in text


def test_a_rating_with_its_reason_is_stored_and_exported(look: Look, server: Server) -> None:
    page = look()
    question = "who is the governor for CLA at Hartsbourne?"
    ask(page, question)
    page.get_by_role("button", name="Not helpful", exact=True).click()
    page.get_by_label("Reason (optional, never a pupil's name)").fill("It should say how to reach her.")
    page.get_by_role("button", name="Send reason").click()
    expect(page.locator("#rating")).to_be_hidden()
    expect(page.locator("#announcer")).to_have_text("Your rating is stored.")
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    listed = [line for line in server.assistant("feedback", "list").splitlines() if question in line]
    assert len(listed) == 1
    assert "down" in listed[0]
    assert "It should say how to reach her." in listed[0]
    exported = [json.loads(line) for line in server.assistant("feedback", "export", "--thumb", "down").splitlines()]
    mine = next(candidate for candidate in exported if candidate["question"] == question)
    assert mine["needed"] == []
    assert "It should say how to reach her." in mine["note"]


def test_two_people_at_once_keep_their_own_conversations(look: Look) -> None:
    one, two = look(), look()
    ask(one, "who is the designated teacher at Bushey Meads?")
    ask(two, "how often is a PEP reviewed?")
    ask(one, "and at Hartsbourne?")
    expect(one.locator(".answer").last).to_contain_text("Rebecca Tregear")
    expect(two.locator(".asked")).to_have_count(1)


def _words(text: str) -> str:
    return " ".join(text.split())
