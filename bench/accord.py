"""An agreement of 500 clauses with 50 versions each, opened in a real browser; and the promises of it.

The text is told by two real nodes, half of the versions by each; half of its clauses are agreed, half stand in
brackets in all three languages. What is measured is from the click on the text's name until its first page is
painted: asked of the node, read, drawn. The node has the text in memory then, as it has after the first question
since its start; how long that one took is said beside it.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from bench._harness import Row, median, spread
from browser.desks import Desk, open_browser, sign_in
from nodes import OFFICER, PASSWORD, USER, add_officer, enter, make_nodes, meet, serving
from tansiq.circles.circle import Circle
from tansiq.circles.gate import Redaction, Statement
from tansiq.desk.office import circle_named
from tansiq.exchange import outbox
from tansiq.exchange.outbox import Saying, program_label
from tansiq.exchange.publish import publish
from tansiq.node.node import Node

CLAUSES, VERSIONS = 500, 25
QUICK_CLAUSES, QUICK_VERSIONS = 40, 5
"""Versions by each of the two parties."""
OPENINGS: Final = 9
BUDGET_S: Final = 0.3
BATCH: Final = 500
WORDS_EACH: Final = 45
NAMES: Final = {"en": "Bench agreement", "ar": "اتفاق القياس", "ckb": "ڕێککەوتنی پێوانە"}
SENTENCES: Final = {
    "ar": "يلتزم الطرفان بفتح مراكز التنسيق المشتركة في المناطق ذات الاهتمام الأمني المشترك خلال شهر",
    "ckb": "هەردوو لایەن پابەند دەبن بە کردنەوەی سەنتەرەکانی هەماهەنگیی هاوبەش لە ماوەی مانگێکدا",
    "en": "The parties commit to open the joint coordination centres in the areas of joint security interest",
}

OPEN: Final = """(ref) => new Promise((done, failed) => {
    const card = document.querySelector(`[data-testid="text"][data-ref="${ref}"]`);
    setTimeout(() => failed(new Error('no text was shown')), 60000);
    const began = performance.now();
    new MutationObserver((_, watch) => {
        if (!document.querySelector('[data-testid="clause"] [data-testid="cell-en"]')) return;
        watch.disconnect();
        // the frame in which it changed is painted before a task that is set up within it
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    }).observe(document.body, { childList: true, subtree: true });
    card.click();
})"""


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench."""
    rows = opened(quick=quick)
    if find_spec("bench.accord_rules") is not None:
        rows += import_module("bench.accord_rules").rows(quick)
    return rows


def opened(*, quick: bool) -> list[Row]:
    """How fast the text opens."""
    clauses, versions = (QUICK_CLAUSES, QUICK_VERSIONS) if quick else (CLAUSES, VERSIONS)
    with (
        tempfile.TemporaryDirectory(prefix="tansiq-bench-") as home,
        told(Path(home), clauses, versions) as (desk, text, circle),
        sync_playwright() as playwright,
    ):
        page = sign_in(open_browser(playwright), desk, "ar")
        page.set_default_timeout(120_000)
        page.get_by_test_id("circle-select").select_option(circle)
        page.goto(f"{desk.url}/#/accord/page/texts")
        card = page.locator(f'[data-testid="text"][data-ref="{text}"]')
        began = time.perf_counter()
        card.wait_for()
        first = time.perf_counter() - began
        openings = [open_once(page, text) for _ in range(1 + OPENINGS)]
    seconds, seen = [took for took, _ in openings], openings[-1][1]
    note = (
        f"{clauses} clauses, {versions} versions by each of two parties; {spread(seconds[1:])}; "
        f"{seen} clauses drawn at once; first question since the node's start {first:.1f} s"
    )
    took = median(seconds[1:])
    return [Row("500 clauses open, budget 300 ms", "s", took, BUDGET_S, "budget", BUDGET_S / took, note)]


def open_once(page: Page, text: str) -> tuple[float, int]:
    """Seconds from the click to the painted page, and how many clauses are drawn then; then back to the list."""
    took = float(page.evaluate(OPEN, text)) / 1000
    drawn = page.get_by_test_id("clause").count()
    page.get_by_test_id("texts-back").click()
    page.locator(f'[data-testid="text"][data-ref="{text}"]').wait_for()
    return took, drawn


@contextmanager
def told(home: Path, clauses: int, versions: int) -> Iterator[tuple[Desk, str, str]]:
    """A served node that holds the whole text; its desk, the text, the circle."""
    made = make_nodes(home, "joc", "mop")
    joc, mop = made["joc"], made["mop"]
    circle = enter(joc, mop)
    add_officer(joc)
    began = time.perf_counter()
    frame = {"names": NAMES, "path": "bench", "parties": ["joc", "mop"], "authentic": ["ar", "ckb"]}
    text = say_all(joc, circle, [Statement("agreement", frame)])[0]
    meet(joc, mop)
    for node in (joc, mop):
        say_text(node, circle, text, clauses, versions)
    meet(joc, mop)
    print(f"  {2 * clauses * versions:,} wordings said in {time.perf_counter() - began:.0f} s", flush=True)
    with serving(joc.folder.path, mop.folder.path) as (one, _):
        yield Desk("joc", one.url, USER, PASSWORD), text, circle.id
    for node in made.values():
        node.close()


def say_text(node: Node, circle: Circle, text: str, clauses: int, versions: int) -> None:
    """All versions of one party's wording of every clause; every second clause ends in the same words for both."""
    firsts: list[str] = []
    for version in range(versions):
        last = version == versions - 1
        statements = []
        for number in range(clauses):
            agreed = last and number % 2 == 0
            fields: dict[str, Any] = {
                "text": words(f"{number}" if agreed else f"{node.config.party}/{number}/{version}")
            }
            if version == 0:
                place = [1 + number // 10, 1 + number % 10]
                fields |= {"key": f"c{number}", "order": place, "part": "clause", "status": "offered"}
            statements.append(Statement("clause", fields, firsts[number] if firsts else None, text))
        said = say_all(node, circle, statements)
        firsts = firsts or [ref.partition("/")[2] for ref in said]


def words(of: str) -> dict[str, str]:
    """Some sentences in three languages; the same for the same seed, mostly the same for any."""
    dice = random.Random(of)  # noqa: S311 - a measurement repeats itself on purpose
    found = {}
    for language, sentence in SENTENCES.items():
        vocabulary = sentence.split()
        chosen = [vocabulary[place % len(vocabulary)] for place in range(WORDS_EACH)]
        for _ in range(4):
            chosen[dice.randrange(WORDS_EACH)] = str(dice.randrange(100))
        found[language] = " ".join(chosen) + "."
    return found


def say_all(node: Node, circle: Circle, statements: list[Statement]) -> list[str]:
    """Say these in few transactions; their references."""
    label = program_label(circle)
    with node.database.read() as connection:
        num = circle_named(connection, circle.id).num
    said: list[str] = []
    for start in range(0, len(statements), BATCH):
        sayings = [Saying(one, label, Redaction()) for one in statements[start : start + BATCH]]
        with node.database.write() as connection:
            done = outbox.say(
                connection, num, circle, node.config.party, sayings, OFFICER, node.office.signer, node.office.clock()
            )
        said += [one.ref for one in done]
    publish(node.database, node.marks)
    return said
