"""Every refusal has its words in all three languages, with the same places to fill in."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import tansiq
from tansiq import errors
from tansiq.wording import LANGUAGES, catalogue, wording

SOURCE = Path(tansiq.__file__).parent
REFUSALS = {name for name, item in vars(errors).items() if isinstance(item, type) and issubclass(item, errors.Refused)}
PARTS = ("refused", "kept", "next")


def _refusals() -> dict[str, set[str]]:
    """Every code in the tree, with the parameters that all its places give."""
    found: dict[str, set[str]] = {}
    for file in sorted(SOURCE.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            code = call.args[0]
            if name not in REFUSALS or not isinstance(code, ast.Constant) or not isinstance(code.value, str):
                continue
            given = {keyword.arg for keyword in call.keywords if keyword.arg}
            found[code.value] = found.get(code.value, given) & given
    return found


def _families() -> set[str]:
    folders = (SOURCE / "wording" / language for language in LANGUAGES)
    return {file.stem for folder in folders for file in folder.glob("*.toml")}


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_in_the_tree_has_words_in_every_language() -> None:
    missing: list[str] = []
    for code in _refusals():
        family, _, reason = code.partition(".")
        for language in LANGUAGES:
            file = SOURCE / "wording" / language / f"{family}.toml"
            if not file.exists() or reason not in catalogue(language, family):
                missing.append(f"{language}: {code}")
    assert missing == []


def test_the_words_ask_only_for_what_the_code_gives() -> None:
    wrong: list[str] = []
    families = _families()
    for code, given in _refusals().items():
        family, _, reason = code.partition(".")
        for language in LANGUAGES if family in families else ():
            words = {**catalogue(language, family)["default"], **catalogue(language, family).get(reason, {})}
            asked = set().union(*(_places(words.get(part, "")) for part in PARTS))
            wrong += [f"{language}: {code}: {name}" for name in sorted(asked - given)]
    assert wrong == []


@pytest.mark.parametrize("family", sorted(_families()))
def test_the_languages_have_the_same_reasons_and_the_same_places(family: str) -> None:
    english = catalogue("en", family)
    assert set(PARTS) <= set(english["default"])
    for language in LANGUAGES:
        words = catalogue(language, family)
        assert set(words) == set(english), language
        for reason, texts in english.items():
            assert set(words[reason]) == set(texts), (language, reason)
            for part, text in texts.items():
                assert _places(words[reason][part]) == _places(text), (language, reason, part)


def test_a_refusal_says_what_was_refused_what_was_kept_and_what_to_do() -> None:
    words = wording("note.too_large", {"limit": 16}, "en")
    assert words.refused == "The signed text is larger than 16 bytes."
    assert words.kept
    assert words.next
    assert str(errors.MalformedInput("note.too_large", limit=16)) == words.line()
