"""Sites of a meeting: added, changed and taken away by whoever leads its region, as its sessions are in `arranging`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from webapp.attendance.models import Invitation, InvitationRule, Meeting, Mode, Sheet, Site
from webapp.attendance.rules.arranging import forget, put, refuse_settled, settled, sites_among, to_arrange
from webapp.attendance.rules.meetings import Overtaken, mark_for
from webapp.places.models import Region
from webapp.places.rules.scope import current
from webapp.places.rules.zones import offset_of
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal

MOST_SITES = 120
SPOT = ("region_code", "mode", "place", "link", "pic_id", "latitude", "longitude", "radius")


@dataclass(frozen=True)
class Spot:
    """A site as it is planned; degrees, and metres within which a position counts as near."""

    region_code: str
    mode: str = Mode.PLACE
    place: str | None = None
    link: str | None = None
    pic_id: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: int = 150

    @property
    def columns(self) -> dict[str, Any]:
        """As the row keeps it, with the zone of its region."""
        return asdict(self) | {"offset": offset_of(self.region_code)}


def add_site(meeting_id: int, spot: Spot) -> Site:
    """One more place; one that stands there already is that one. Its region lies under the meeting's."""
    lists = to_arrange(meeting_id)
    sites = sites_among(lists)
    same = [one for one in sites if all(getattr(one, name) == getattr(spot, name) for name in SPOT[:4])]
    if same:
        return same[0]
    _refuse_outside(lists[0].meeting, spot)
    if len(sites) >= MOST_SITES:
        raise Refusal(
            _("Satu rapat paling banyak %(n)s lokasi. Buat rapat lain untuk sisanya.", n=MOST_SITES)
        )
    made = Site(meeting_id=meeting_id, **spot.columns)
    db.session.add(made)
    settled(lists[0].meeting)
    return made


def add_child_sites(meeting_id: int, keepers: Mapping[str, int], link: str | None = None) -> int:
    """A Zoom site for each region right below the meeting's that has none yet; returns how many are new.

    `keepers`: who is in charge there, by region. Regions that are retired are left out.
    """
    lists = to_arrange(meeting_id)
    meeting, taken = lists[0].meeting, {one.region_code for one in sites_among(lists)}
    below = select(Region.code).where(Region.parent_code == meeting.region_code, Region.retired.is_(False))
    codes = [code for code in db.session.scalars(below.order_by(Region.code)) if code not in taken]
    if len(codes) + len(taken) > MOST_SITES:
        raise Refusal(_("Bagiannya terlalu banyak. Tambahkan lokasi satu per satu."))
    for code in codes:
        spot = Spot(code, Mode.ZOOM, link=link, pic_id=keepers.get(code))
        db.session.add(Site(meeting_id=meeting_id, **spot.columns))
    if codes:
        settled(meeting)
    return len(codes)


def change_site(meeting_id: int, site_id: int, spot: Spot, seen: str = "") -> None:
    """Another place, link or person in charge while a list of it is open. Raises `Overtaken`.

    Another region only as long as nobody is invited there and nothing is recorded: its list would change hands.
    """
    lists = [one for one in to_arrange(meeting_id) if one.site.id == site_id]
    if not lists:
        raise NotThere
    site = lists[0].site
    wanted = spot.columns
    if all(getattr(site, name) == value for name, value in wanted.items()):
        return
    if seen and seen != site_mark(site):
        raise Overtaken
    if not any(one.stage.is_open for one in lists):
        raise Refusal(_("Lokasi ini tidak bisa diubah lagi: daftar hadirnya sudah diajukan."))
    if spot.region_code != site.region_code:
        _refuse_outside(lists[0].meeting, spot)
        refuse_settled(lists, _("Wilayah lokasi ini tidak bisa diubah lagi"))
        _refuse_invited(site_id)
        told = update(Sheet).where(Sheet.site_id == site_id).values(region_code=spot.region_code)
        db.session.execute(told)
    put(site, wanted)
    settled(lists[0].meeting)


def remove_site(meeting_id: int, site_id: int) -> None:
    """Take away a place where nothing was recorded and to which nobody is invited; never the last one."""
    lists = to_arrange(meeting_id)
    mine = [one for one in lists if one.site.id == site_id]
    if not mine:
        raise NotThere
    if len(mine) == len(lists):
        raise Refusal(_("Ini satu-satunya lokasi. Ubah tempatnya, atau batalkan rapatnya."))
    refuse_settled(mine, _("Lokasi ini tidak bisa dihapus"))
    _refuse_invited(site_id)
    forget(mine)
    db.session.execute(delete(Site).where(Site.id == site_id))
    settled(mine[0].meeting)


def site_mark(site: Site) -> str:
    """Names what a site says now."""
    return mark_for(getattr(site, name) for name in SPOT)


def _refuse_outside(meeting: Meeting, spot: Spot) -> None:
    if not f"{spot.region_code}.".startswith(f"{meeting.region_code}.") or not current().covers(
        spot.region_code
    ):
        raise Refusal(_("Lokasi harus berada di wilayah rapat ini. Pilih wilayah lain."), field="wilayah")


def is_anybody_invited(site_id: int) -> bool:
    """Whether seats or rules of invitation stand at this site. One statement."""
    seat = select(Invitation.id).where(Invitation.site_id == site_id)
    rule = select(InvitationRule.id).where(InvitationRule.site_id == site_id)
    return db.session.execute(seat.union_all(rule).limit(1)).first() is not None


def _refuse_invited(site_id: int) -> None:
    if is_anybody_invited(site_id):
        raise Refusal(_("Masih ada undangan di lokasi ini. Hapus atau pindahkan dulu undangannya."))
