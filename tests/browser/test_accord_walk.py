"""From the meeting to the kept promise: the year of the scenario walked at two desks, in Arabic and in Sorani.

Three nodes with the story up to the bracket; one of them is killed while the other offers a wording, comes back and
accepts it; then the rest of the year, and the promise whose patrol stops.
"""

from __future__ import annotations

import datetime
from pathlib import Path

SCENARIO = Path(__file__).parents[2] / "scenario"
LOCAL = datetime.timezone(datetime.timedelta(hours=3))
SIZE = (1100, 700)
JOINT_HEADS = {
    "ar": "يدير كل مركز مديرا خفارة، واحد من كل طرف، يقرران معاً، ويبقى كل ضابط تحت قيادة طرفه.",
    "ckb": "هەر سەنتەرێک لەلایەن دوو سەرپەرشتیاری ئێشکەوە بەڕێوە دەبرێت، لە هەر لایەک یەک، کە پێکەوە بڕیار دەدەن.",
    "en": "Each centre is led jointly by two heads of duty, one from either side, who decide together.",
}


def clock(day: str, hour: int = 12) -> int:
    """A time of the scenario in Baghdad and Erbil (ms)."""
    return int(datetime.datetime.fromisoformat(day).replace(hour=hour, tzinfo=LOCAL).timestamp() * 1000)
