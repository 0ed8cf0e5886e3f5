"""A report in one language: its words, dates, numbers and names. Whatever a record says stays in its own direction."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from msgspec import Struct

from tansiq.records.values import BAGHDAD, Language
from tansiq.reports.paper import Span, isolated
from tansiq.wording.pages import page_words

PAGE: Final = "report"
Digits = Literal["western", "eastern"]
DIGITS: Final[Mapping[Digits, str]] = {"western": "0123456789", "eastern": "٠١٢٣٤٥٦٧٨٩"}
OTHERS: Final[tuple[Language, ...]] = ("en", "ar", "ckb")
_OUR_CLOCK: Final = datetime.timezone(datetime.timedelta(minutes=BAGHDAD))


class Voice(Struct, frozen=True):
    """`parties` are the names of parties by id and language."""

    lang: Language
    parties: Mapping[str, Mapping[str, str]] = {}
    digits: Digits = "western"

    @property
    def mirrored(self) -> bool:
        """Whether the page runs from right to left."""
        return self.lang != "en"

    @property
    def ten(self) -> str:
        """The ten digits."""
        return DIGITS[self.digits]

    def say(self, section: str, key: str, **given: str | int) -> str:
        """A text of the page with what is given filled in, each part in its own direction."""
        words = page_words(self.lang, PAGE)[section][key]
        parts = {name: self.number(one) if isinstance(one, int) else isolated(one) for name, one in given.items()}
        return self.in_digits(words.format(**parts))

    def value(self, section: str, key: str | None) -> str:
        """The word for a value; the value itself where there is none."""
        words = page_words(self.lang, PAGE)[section]
        return self.in_digits(words.get(key or "", key or "–"))

    def number(self, value: int) -> str:
        """A whole number in the digits of the page."""
        return self.in_digits(f"{value:,}".replace(",", "\u202f"))

    def in_digits(self, text: str) -> str:
        """Text with its digits as the page wants them."""
        return text if self.digits == "western" else text.translate(str.maketrans("0123456789", self.ten))

    def date(self, at: int) -> str:
        """A day by the clock of Baghdad and Erbil."""
        when = datetime.datetime.fromtimestamp(at / 1000, _OUR_CLOCK)
        month = page_words(self.lang, PAGE)["month"][str(when.month)]
        form = page_words(self.lang, PAGE)["date"]["day"]
        return self.in_digits(form.format(day=when.day, month=month, year=when.year))

    def time(self, at: int) -> str:
        """A day and a minute."""
        when = datetime.datetime.fromtimestamp(at / 1000, _OUR_CLOCK)
        form = page_words(self.lang, PAGE)["date"]["time"]
        return self.in_digits(form.format(date=self.date(at), time=isolated(when.strftime("%H:%M"))))

    def hour(self, at: int) -> str:
        """The minute of a day by the clock of Baghdad and Erbil."""
        return self.in_digits(isolated(datetime.datetime.fromtimestamp(at / 1000, _OUR_CLOCK).strftime("%H:%M")))

    def short(self, at: int, *, year: bool = False) -> str:
        """Day and month in figures, with the year where it is asked for."""
        when = datetime.datetime.fromtimestamp(at / 1000, _OUR_CLOCK)
        return self.in_digits(f"\u2066{when.day}/{when.month}{f'/{when.year}' if year else ''}\u2069")

    def name(self, names: Mapping[str, str]) -> str:
        """A name in the language of the page, else in the first that is known."""
        return next((names[one] for one in (self.lang, *OTHERS) if names.get(one)), "")

    def named(self, names: Mapping[str, str]) -> Span:
        """The same as a piece of a line, which keeps its direction where it is in another language."""
        for one in (self.lang, *OTHERS):
            if names.get(one):
                return Span(names[one], None if one == self.lang else one)
        return Span("–")

    def party(self, party: str) -> str:
        """A party's name."""
        return self.name(self.parties.get(party, {})) or party

    def listed(self, parties: Iterable[str]) -> str:
        """Several parties after each other."""
        between = page_words(self.lang, PAGE)["date"]["list"]
        return between.join(isolated(self.party(one)) for one in parties) or self.say("say", "none")
