"""The fixed words of the field: complete, without overlap, in the order the house shows them."""

from __future__ import annotations

import subprocess
import sys

from core.settings import ROOT
from models.taxonomy import AGE_BANDS, AREA_LABELS, AREAS, BOUGHT_AREAS, ROLES


def test_the_thirteen_areas_stand_in_order_and_the_bought_ones_lead() -> None:
    assert len(AREAS) == 13
    assert tuple(area.code for area in AREAS[:3]) == BOUGHT_AREAS
    assert AREAS[-1].code == "other"
    assert {area.kind for area in AREAS} == {"social_work", "referral", "none"}
    assert AREA_LABELS["elderly"] == "老年人服务"


def test_age_bands_cover_every_age_once() -> None:
    ages = [age for band in AGE_BANDS for age in range(band.first, band.last + 1)]
    assert ages == list(range(0, 121))
    assert [band.code for band in AGE_BANDS] == list(range(1, 10))


def test_all_eight_roles_are_there() -> None:
    wanted = "resident committee social_worker supervisor provider purchaser assessor admin"
    assert list(ROLES) == wanted.split()


def test_the_words_of_the_field_load_no_database() -> None:
    line = "import sys, models.taxonomy; sys.exit('sqlmodel' in sys.modules or 'sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", line], cwd=ROOT, check=False).returncode == 0
