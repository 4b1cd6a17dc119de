"""The HTML reader: what a page shows as its text, and nothing of its furniture."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import CorpusError
from corpus.models import Block, BlockKind
from corpus.readers.html import read_html
from tests.corpus.material import PROPERTY, words

H, P, ITEM, ROW = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ROW


def read(page: str) -> list[Block]:
    return read_html(page.encode())


def texts(page: str) -> list[str]:
    return [block.text for block in read(page)]


def shapes(page: str) -> list[tuple[BlockKind, int, str, str]]:
    return [(block.kind, block.level, block.number, block.text) for block in read(page)]


def test_furniture_is_left_out() -> None:
    page = """<html><head><title>no</title><meta charset="utf-8"></head><body>
      <header><h1>no</h1></header><nav>no</nav><aside>no</aside><form><label>no</label></form>
      <script>no()</script><style>no {}</style><noscript>no</noscript><template><p>no</p></template>
      <div><p>Yes.</p><!-- no --><svg><text>no</text></svg></div><footer><p>no</p></footer></body></html>"""
    assert texts(page) == ["Yes."]
    assert texts(page.replace("<div>", '<div role="main">')) == ["Yes."]


def test_only_the_main_part_counts_where_there_is_one() -> None:
    page = "<body><p>no</p><main><header><h1>Title</h1></header><p>Yes.</p><footer>no</footer></main><p>no</p></body>"
    assert texts(page) == ["Title", "Yes."]
    assert texts("<body><article><header><h1>Title</h1></header><p>Yes.</p></article></body>") == ["Title", "Yes."]


def test_headings_rules_and_loose_text() -> None:
    page = "<body>Loose <b>text</b><h2>A <i>heading</i></h2>More<br>of it<div>Inner</div>tail<hr><h3> </h3>End</body>"
    assert shapes(page) == [
        (P, 0, "", "Loose text"),
        (H, 2, "", "A heading"),
        (P, 0, "", "More of it"),
        (P, 0, "", "Inner"),
        (P, 0, "", "tail"),
        (H, 0, "", ""),
        (P, 0, "", "End"),
    ]


def test_entities_and_spaces() -> None:
    page = "<p>Head&nbsp;teachers &amp; governors &ndash; &#8216;must&#8217; \n\t act&hellip; 1 &lt; 2&shy;</p>"
    assert texts(page) == ["Head teachers & governors – ‘must’ act… 1 < 2\xad"]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ('<meta charset="utf-8">', "utf-8"),
        ('<meta charset="windows-1252">', "cp1252"),
        ("", "utf-8"),
        ("", "utf-8-sig"),
    ],
)
def test_encodings(declared: str, encoding: str) -> None:
    page = f"<html><head>{declared}</head><body><p>The child’s café</p></body></html>"
    assert [block.text for block in read_html(page.encode(encoding))] == ["The child’s café"]


def test_lists() -> None:
    page = """<p>60. They must:</p><ul><li>one<ul><li>deep</li></ul></li><li><p>two</p><p>and more</p></li></ul>
      <ol><li>first<ol type="a"><li>lettered</li></ol></li><li value="7">seventh</li><li>eighth</li></ol>
      <ol start="3"><li>third</li></ol>"""
    assert shapes(page) == [
        (P, 0, "60", "They must:"),
        (ITEM, 1, "", "one"),
        (ITEM, 2, "", "deep"),
        (ITEM, 1, "", "two"),
        (P, 1, "", "and more"),
        (ITEM, 1, "1", "first"),
        (ITEM, 2, "a", "lettered"),
        (ITEM, 1, "7", "seventh"),
        (ITEM, 1, "8", "eighth"),
        (ITEM, 1, "3", "third"),
    ]


def test_lists_made_wrong_lose_no_words() -> None:
    page = "<ul><li>one</li><ul><li>two</li></ul><p>three</p></ul><ul><li></li><li><ul><li>four</li></ul></li></ul>"
    assert [(level, text) for _, level, _, text in shapes(page)] == [(1, "one"), (2, "two"), (1, "three"), (2, "four")]


def test_tables() -> None:
    page = """<table><caption>Days</caption><tr><th>Day</th><th></th></tr><tr>
      <th>1</th><td>Call<ul><li>home</li></ul></td></tr>
      <tr><td></td><td>Meet</td></tr><tr><td></td><td> </td></tr></table>
      <table><tr><td>a</td><td>b</td></tr></table><table><tr><th>only</th><th>heads</th></tr></table>"""
    assert shapes(page) == [
        (P, 0, "", "Days"),
        (ROW, 0, "", "Day: 1; Call home"),
        (ROW, 0, "", "Meet"),
        (ROW, 0, "", "a; b"),
        (ROW, 0, "", "only; heads"),
    ]


NOTED = "<p>Tell the VSH{mark} now.</p><table><tr><td>Cell{mark}</td></tr></table><h2>Head{mark}</h2><p>x</p>{notes}"


@pytest.mark.parametrize(
    ("mark", "notes"),
    [
        ('<sup><a href="#fn">1</a></sup>', '<ol><li id="fn"><p>The <i>Act</i>.<a href="#r">↩</a></p></li></ol>'),
        ('<sup id="r"><a href="#fn">[footnote 1]</a></sup>', '<div class="footnotes"><p id="fn">The Act.</p></div>'),
        ('<a role="doc-noteref" href="#fn">1</a>', '<aside id="fn">The Act.</aside>'),
    ],
)
def test_notes_go_with_the_block_that_refers_to_them(mark: str, notes: str) -> None:
    blocks = read(NOTED.format(mark=mark, notes=notes))
    assert [(block.text, block.footnotes) for block in blocks] == [
        ("Tell the VSH now.", ("The Act.",)),
        ("Cell", ("The Act.",)),
        ("Head", ("The Act.",)),
        ("x", ()),
    ]


def test_notes_may_refer_to_notes() -> None:
    page = """<p>Text<sup><a href="#a">1</a></sup></p>
      <ol><li id="a">One<sup><a href="#b">2</a></sup></li><li id="b">Two</li></ol>"""
    assert [(block.text, block.footnotes) for block in read(page)] == [("Text", ("One",))]


@pytest.mark.parametrize("target", ["top", "nowhere", "o'clock", "a\\", "]", ""])
def test_a_raised_link_that_leads_to_no_note_takes_no_text_away(target: str) -> None:
    page = f"""<div id="top"><p>All of it.<sup><a href="#{target}">up</a></sup></p></div><p>m<sup>2</sup></p>"""
    assert texts(page) == ["All of it.up", "m2"]


def test_a_link_to_a_note_in_passing_is_text() -> None:
    page = '<p>A<sup><a href="#n">1</a></sup></p><p>See <a href="#n">note 1</a>.</p><p id="n">Note.</p>'
    assert [(block.text, block.footnotes) for block in read(page)] == [("A", ("Note.",)), ("See note 1.", ())]


def test_pictures_speak_by_their_alternative_text() -> None:
    assert texts('<p>See <img src="x.png" alt="the flowchart"> here.</p>') == ["See the flowchart here."]


@pytest.mark.parametrize("page", ["", "   ", "<html></html>", "<body><nav>no</nav></body>"])
def test_no_text(page: str) -> None:
    assert read(page) == []


def test_a_page_nested_beyond_reading_is_a_plain_error() -> None:
    with pytest.raises(CorpusError, match="save it as plain text"):
        read("<div>" * 5000 + "text")


CHUNK = st.sampled_from(
    "<p> </p> <ul> </ul> <ol> <li> </li> <table> </table> <tr> <td> <h2> </h2> <br> <hr> <div> </div> <b> </b> "
    "<i> one two three <!----> <section> <blockquote> <dl> <dd> <span> </span>".split()
)


@PROPERTY
@given(st.lists(CHUNK, max_size=30))
def test_however_a_page_is_made_no_word_is_lost_or_doubled(chunks: list[str]) -> None:
    got = Counter(word for text in texts("<body>" + " ".join(chunks)) for word in words(text))
    assert got == Counter(chunk for chunk in chunks if chunk.isalpha())
