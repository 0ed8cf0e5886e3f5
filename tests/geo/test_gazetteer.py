"""Places are found however they are written, and are never more precise than what is known of them."""

from __future__ import annotations

import csv
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import MalformedInput, NotFound, Refused
from tansiq.geo.coordinates import dms
from tansiq.geo.gazetteer import Hit, parse_place, place_by_id, search
from tansiq.geo.mgrs import to_mgrs
from tansiq.geo.spelling import beginnings, fold

pytestmark = pytest.mark.filterwarnings("ignore:Warning in .Convert_MGRS_To_Geodetic")

LIST = files("tansiq.geo") / "data" / "places.csv"
ROWS = list(csv.DictReader(LIST.read_text(encoding="utf-8").splitlines()))
REPOSITORY = Path(__file__).parents[2]
DIRTY = REPOSITORY.parent / "shared" / "data" / "iraq_names_m7amad_mit.csv"


def _spellings(row: dict[str, str]) -> list[str]:
    return [row["name_en"], row["name_ar"], row["name_ckb"], *filter(None, row["aliases"].split(";"))]


def test_the_list_has_its_56_places_and_is_that_of_the_scenario() -> None:
    assert len({row["id"] for row in ROWS}) == 56
    scenario = REPOSITORY / "scenario" / "places.csv"
    assert scenario.read_text(encoding="utf-8") == LIST.read_text(encoding="utf-8")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_place_is_found_by_each_of_its_names(row: dict[str, str]) -> None:
    for spelling in _spellings(row):
        found = search(spelling)
        assert found, spelling
        assert found[0].id == row["id"], spelling


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("Makhmur", "makhmour"),
        ("makhmoor", "makhmour"),
        ("Maxmur", "makhmour"),
        ("مەخمور", "makhmour"),
        ("مخمــور", "makhmour"),
        ("مَخْمُور", "makhmour"),
        ("كەركوك", "kirkuk"),
        ("کرکوک", "kirkuk"),
        ("السعديه", "saadiya"),
        ("سليماني", "sulaymaniyah"),
        ("اربيل", "erbil"),
        ("هه‌ولێر", "erbil"),
        ("قاعدة كي ١", "k1_base"),
        ("قاعدة كي ۱", "k1_base"),
        ("Daqouq", "daquq"),
        ("Khanaquin", "khanaqin"),
        ("al-Hawijah", "hawija"),
        ("Toz Khurmato", "tuz_khurmatu"),
    ],
)
def test_spelling_is_forgiven(query: str, place: str) -> None:
    assert search(query)[0].id == place


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_place_is_found_while_its_name_is_typed(row: dict[str, str]) -> None:
    for spelling in _spellings(row):
        for typed in (length for length in range(4, len(spelling)) if len(fold(spelling[:length])) > 1):
            assert row["id"] in [hit.id for hit in search(spelling[:typed], 50)], spelling[:typed]


@pytest.mark.parametrize("typed", ["Mak", "mak", "Khan", "Kha", "Altu", "Dahu", "Shek", "She"])
def test_letters_that_are_half_of_a_sound_find_what_begins_with_it(typed: str) -> None:
    assert any(
        spelling.lower().startswith(typed.lower())
        for hit in search(typed)
        for spelling in _spellings(next(row for row in ROWS if row["id"] == hit.id))
    )


@given(st.text("abcdeghkostu", min_size=1, max_size=12), st.integers(1, 12))
def test_the_beginning_of_a_word_begins_its_folded_form(word: str, length: int) -> None:
    assert fold(word).startswith(beginnings(word[:length]))


@pytest.mark.parametrize("query", ["", " ", "؟", "London", "x", "\u200f"])
def test_what_is_no_place_finds_nothing(query: str) -> None:
    assert search(query) == []
    with pytest.raises(NotFound) as refusal:
        parse_place(query)
    assert refusal.value.code == "place.unknown"


@pytest.mark.parametrize(
    ("place", "accuracy"),
    [("makhmour", 2_000), ("k1_base", 5_000), ("zummar", 10_000), ("hamrin", 50_000), ("sargaran", 15_000)],
)
def test_accuracy_follows_from_the_precision(place: str, accuracy: int) -> None:
    assert place_by_id(place).accuracy == accuracy


def test_a_place_known_by_its_surroundings_has_their_position_and_says_so() -> None:
    village, around = place_by_id("palkana"), place_by_id("sargaran")
    assert (village.lat, village.lon) == (around.lat, around.lon)
    assert village.accuracy == 15_000
    assert village.precision == "area_only:sargaran"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_no_position_is_finer_than_its_precision(row: dict[str, str]) -> None:
    hit = place_by_id(row["id"])
    assert hit.precision == row["precision"]
    assert hit.accuracy >= (2_000 if row["precision"] == "town" else 5_000)
    if row["lat"]:
        assert (hit.lat, hit.lon) == (round(float(row["lat"]) * 1e7), round(float(row["lon"]) * 1e7))
    else:
        assert hit.accuracy >= 15_000


@pytest.mark.parametrize(
    "text",
    [
        "35.77, 43.58",
        "35.77 43.58",
        "35.77،43.58",
        "٣٥٫٧٧، ٤٣٫٥٨",
        "۳۵٫۷۷؛ ۴۳٫۵۸",
        "35,77; 43,58",
        "35,77 43,58",
        "35.77N 43.58E",
        "N35.77, E43.58",
        "43.58E, 35.77N",
        "35.77° 43.58°",
        "\u200e35.77, 43.58\u200e",
    ],
)
def test_degrees_are_read_in_every_way_of_writing(text: str) -> None:
    hit = parse_place(text)
    assert (hit.lat, hit.lon, hit.precision, hit.kind) == (357_700_000, 435_800_000, "degrees", "point")
    assert 700 < hit.accuracy < 900


def test_minutes_and_seconds_are_read() -> None:
    hit = parse_place("35°46'30\"N 43°34'48\"E")
    assert (hit.lat, hit.lon) == (357_750_000, 435_800_000)
    assert parse_place("35°46.5'N 43°34.8'E").lat == 357_750_000
    assert parse_place("33.5S 70.6W").lat == -335_000_000
    assert parse_place("N 35.77 E 43.58").lat == parse_place("E43.58 N35.77").lat == 357_700_000


@pytest.mark.parametrize(
    "text",
    [
        "٣٥°٤٦′٣٠″ شمالاً ٤٣°٣٤′٤٨″ شرقاً",
        "شرقا ٤٣°٣٤′٤٨″ شمالا ٣٥°٤٦′٣٠″",
        "٣٥ درجة و٤٦ دقيقة و٣٠ ثانية شمال، ٤٣ درجة و٣٤ دقيقة و٤٨ ثانية شرق",
        "٣٥ پلە ٤٦ خولەک ٣٠ چرکە باکوور ٤٣ پلە ٣٤ خولەک ٤٨ چرکە ڕۆژهەڵات",
        "۳۵ پلە ۴۶ خولەك ۳۰ چركە باكوور، ۴۳ پلە ۳۴ خولەك ۴۸ چركە رۆژهەلات",
    ],
)
def test_degrees_are_read_in_the_words_of_arabic_and_sorani(text: str) -> None:
    hit = parse_place(text)
    assert (hit.lat, hit.lon, hit.precision) == (357_750_000, 435_800_000, "degrees")


def test_a_side_of_the_sky_in_a_name_is_no_position() -> None:
    for name in ("شمال كركوك", "باکووری کەرکووک"):
        assert [hit.id for hit in search(name) if not hit.id] == []


@pytest.mark.parametrize(
    "text",
    [
        "35°46'34\"N 43°34'43\"E",
        "35° 46′ 34″ شمالاً، 43° 34′ 43″ شرقاً",
        "٣٥° ٤٦' ٣٤\" شمالا ٤٣° ٣٤' ٤٣\" شرقا",
        "۳۵° ۴۶' ۳۴'' باکوور، ۴۳° ۳۴' ۴۳'' ڕۆژهەڵات",
        "خط العرض 35 46 34 وخط الطول 43 34 43",
        "35 46 34 43 34 43",
        "35:46:34N, 43:34:43E",
        "43-34-43 E / 35-46-34 N",
        "N 35 46 34 E 43 34 43",
        "354634N 0433443E",
        "E0433443 N354634",
        "lat 35 46 34 lon 43 34 43",
    ],
)
def test_degrees_minutes_seconds_are_read_as_they_are_written(text: str) -> None:
    hit = parse_place(text)
    assert (hit.lat, hit.lon, hit.precision) == (357_761_111, 435_786_111, "degrees")
    assert 15 < hit.accuracy < 25


@pytest.mark.parametrize(
    "text",
    [
        "35.7761 شمالاً 43.5786 شرقاً",
        "lat: 35.7761, lon: 43.5786",
        "Longitude=43.5786 Latitude=35.7761",
        "خط الطول: 43.5786 خط العرض: 35.7761",
        "پانی ٣٥٫٧٧٦١ درێژی ٤٣٫٥٧٨٦",
        "N 35.7761 E 43.5786",
        "geo:35.7761,43.5786",
    ],
)
def test_words_say_which_angle_it_is(text: str) -> None:
    hit = parse_place(text)
    assert (hit.lat, hit.lon) == (357_761_000, 435_786_000)


@pytest.mark.parametrize(
    "text",
    [
        "35 46 34 43 34",
        "354634 0433443",
        "35 61 00 43 00 00",
        "354634N 433443E",
        "35 46 34 N 43 34 43 N",
        "N 35.1 S 43.2",
    ],
)
def test_what_could_be_two_positions_or_none_is_refused(text: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        parse_place(text)
    assert refusal.value.code == "place.degrees_shape"


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("LE 71 61", "38S LE 71 61"),
        ("le716609", "38S LE 716 609"),
        ("LE-7160-6090", "38S LE 7160 6090"),
        ("ME ٤٤ ٢٥", "38S ME 44 25"),
        ("KF 35 40", "38S KF 35 40"),
        ("GA 15 15", "37S GA 15 15"),
    ],
)
def test_a_reference_without_its_zone_is_read_near_the_places_of_the_list(short: str, full: str) -> None:
    assert parse_place(short) == parse_place(full)
    assert search(short) == search(full)


@given(st.sampled_from([row for row in ROWS if row["lat"]]), st.integers(-2_000_000, 2_000_000), st.integers(2, 5))
def test_near_a_listed_place_the_zone_follows_from_the_letters(row: dict[str, str], away: int, digits: int) -> None:
    full = to_mgrs(round(float(row["lat"]) * 1e7) + away, round(float(row["lon"]) * 1e7) - away, digits)
    assert parse_place(full[3:]) == parse_place(full)


def test_letters_that_are_far_from_every_listed_place_mean_no_square() -> None:
    with pytest.raises(NotFound):
        parse_place("AA 12 34")


def test_mgrs_is_read_in_all_digits_with_its_accuracy() -> None:
    western, eastern = parse_place("38S LE 45 67"), parse_place("٣٨S LE ٤٥ ٦٧")
    assert (western.lat, western.lon, western.precision) == (eastern.lat, eastern.lon, "mgrs")
    assert western.accuracy == 708
    assert search("38SLE4567") == [western]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("95.1, 43.2", "place.degrees_range"),
        ("35.1, 181", "place.degrees_range"),
        ("35.77", "place.degrees_shape"),
        ("35.77, 43.58, 12", "place.degrees_shape"),
        ("35.77N, 43.58N", "place.degrees_shape"),
        ("35°61'N 43°00'E", "place.degrees_shape"),
        ("38SLE456", "place.mgrs_digits"),
        ("99SLE45", "place.mgrs_square"),
    ],
)
def test_a_broken_position_is_refused_with_its_reason_and_found_by_nobody(text: str, code: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        parse_place(text)
    assert refusal.value.code == code
    assert search(text) == []


@given(st.integers(-799_999_999, 839_999_999), st.integers(-1_800_000_000, 1_800_000_000))
def test_degrees_written_out_come_back_exactly(lat: int, lon: int) -> None:
    def written(value: int) -> str:
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 10_000_000}.{abs(value) % 10_000_000:07d}"

    hit = parse_place(f"{written(lat)}, {written(lon)}")
    assert (hit.lat, hit.lon, hit.accuracy) == (lat, lon, 1)
    assert parse_place(to_mgrs(lat, lon)).accuracy <= 2


@given(st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000))
def test_degrees_minutes_and_seconds_come_back_within_half_a_tenth_of_a_second(lat: int, lon: int) -> None:
    hit = parse_place(dms(lat, lon))
    assert hit.lat is not None
    assert hit.lon is not None
    assert abs(hit.lat - lat) <= 139
    assert abs(hit.lon - lon) <= 139


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_the_search(text: str) -> None:
    assert all(isinstance(hit, Hit) and 0 < hit.score <= 100 for hit in search(text))
    with suppress(Refused):
        assert parse_place(text).score > 0


@given(
    st.text("مەخموورKirkuk ", min_size=1, max_size=20),
    st.sampled_from("\u200b\u200c\u200d\u200e\u200f\u0640\ufeff"),
)
def test_marks_that_nobody_sees_change_nothing(name: str, mark: str) -> None:
    assert fold(mark.join(name)) == fold(name)


def test_long_runs_of_spaces_and_digits_are_answered_at_once() -> None:
    for text in ("1" + " " * 190 + "?", "1 " * 100, "38S LE" + " 1" * 90, "1" * 200, "," * 200, "°'\"" * 66):
        assert search(text) == []


@pytest.mark.skipif(not DIRTY.exists(), reason=f"no dirty names here ({DIRTY.name} is not shipped)")
def test_names_of_another_list_full_of_errors_do_not_break_the_search() -> None:
    with DIRTY.open(encoding="utf-8") as lines:
        names = [row[column] for row in csv.DictReader(lines) for column in ("name_en", "name_ar", "name_ckb")]
    assert len(names) > 1_000
    for name in names:
        assert all(hit.score >= 70 for hit in search(name))
