"""Write contacts on a map as one HTML page: an SVG picture to zoom and pan, and a list.

The page loads nothing: a content security policy allows its own style and script alone. Without a
script the whole map and the list are shown.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from cardcrm.geodesy import Position
from cardcrm.records.places.located_contacts import LocatedContact
from cardcrm.render.html import escape
from cardcrm.render.maps.coast import load_coast
from cardcrm.render.maps.view import View, fit_view
from cardcrm.render.streams import Write
from cardcrm.render.svg.elements import element, number

WIDTH: Final = 1000
HEIGHT: Final = 640
_AROUND: Final = 3  # times the map, in which coast lines are drawn

STYLE: Final = """
body{font:16px/1.45 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;color:#1b1f24;
background:#fff}
h1{font-size:1.4rem;margin:.2rem 0 .8rem}
#map{width:100%;height:auto;background:#eaf2f8;border:1px solid #b7c3cd;touch-action:none}
.coast{fill:none;stroke:#5b6b78;stroke-width:1;vector-effect:non-scaling-stroke}
.way{fill:none;stroke:#b3261e;stroke-width:2;vector-effect:non-scaling-stroke}
.pin{fill:#0b57d0;stroke:#fff;stroke-width:1;vector-effect:non-scaling-stroke}
.pin.on,.pin:hover{fill:#b3261e}
button{font:inherit;min-width:2.4rem;margin-right:.3rem}
table{border-collapse:collapse;width:100%;margin-top:1rem}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #d5dce2}
tr.on{background:#fce8e6}
@media (prefers-color-scheme:dark){body{background:#15191d;color:#e6e9ec}#map{background:#1d2731;
border-color:#3a4751}.coast{stroke:#93a5b4}.pin{fill:#8ab4f8;stroke:#15191d}.way{stroke:#f28b82}
tr.on{background:#4a2320}th,td{border-color:#3a4751}}
@media print{button{display:none}}
"""

SCRIPT: Final = """
const map=document.getElementById('map');
const home=map.getAttribute('viewBox').split(' ').map(Number);
let shown=[...home];
const pins=[...document.querySelectorAll('.pin')];
const rows=[...document.querySelectorAll('tr[data-pin]')];
function show(){
  map.setAttribute('viewBox',shown.join(' '));
  const size=6*shown[2]/home[2];
  pins.forEach(pin=>pin.setAttribute('r',size));
}
function zoom(factor,x=shown[0]+shown[2]/2,y=shown[1]+shown[3]/2){
  const width=Math.min(Math.max(shown[2]*factor,home[2]/500),home[2]*3);
  factor=width/shown[2];
  shown=[x-(x-shown[0])*factor,y-(y-shown[1])*factor,width,shown[3]*factor];
  show();
}
function at(event){
  const edge=map.getBoundingClientRect();
  return [shown[0]+(event.clientX-edge.left)/edge.width*shown[2],
    shown[1]+(event.clientY-edge.top)/edge.height*shown[3]];
}
map.addEventListener('wheel',event=>{
  event.preventDefault();
  zoom(event.deltaY>0?1.25:0.8,...at(event));
},{passive:false});
let from=null;
map.addEventListener('pointerdown',event=>{from=at(event)});
map.addEventListener('pointermove',event=>{
  if(!from)return;
  const now=at(event);
  shown[0]+=from[0]-now[0];
  shown[1]+=from[1]-now[1];
  show();
});
addEventListener('pointerup',()=>{from=null});
document.getElementById('in').onclick=()=>zoom(0.7);
document.getElementById('out').onclick=()=>zoom(1.4);
document.getElementById('all').onclick=()=>{shown=[...home];show()};
function choose(id,scroll){
  [...pins,...rows].forEach(each=>each.classList.toggle('on',each.dataset.pin===id));
  const row=rows.find(each=>each.dataset.pin===id);
  if(scroll&&row)row.scrollIntoView({block:'nearest'});
}
pins.forEach(pin=>pin.addEventListener('click',()=>choose(pin.dataset.pin,true)));
rows.forEach(row=>row.addEventListener('click',()=>choose(row.dataset.pin,false)));
show();
"""


def write_map(
    title: str,
    contacts: Sequence[LocatedContact],
    write: Write,
    way: Sequence[Position] = (),
    notes: Sequence[str] = (),
) -> None:
    """Write the page; ``way`` is a line that joins the stops of a route."""
    positions = [*(each.position for each in contacts), *way]
    view = fit_view(positions, WIDTH, HEIGHT)
    write(_head(title))
    write(f"<h1>{escape(title)}</h1>\n")
    write(
        '<p><button id="in" title="Zoom in">+</button><button id="out" title="Zoom out">−</button>'
        '<button id="all" title="Show all">All</button></p>\n'
    )
    write(
        f'<svg id="map" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">\n'
    )
    write(element("path", class_="coast", d=" ".join(_draw_coast(view))) + "\n")
    if way:
        points = " ".join(_write_point(view.locate(each)) for each in way)
        write(element("polyline", class_="way", points=points) + "\n")
    for each in contacts:
        write(_draw_pin(view, each))
    write("</svg>\n")
    _write_list(contacts, write)
    for note in notes:
        write(f"<p>{escape(note)}</p>\n")
    write(f"<script>{SCRIPT}</script>\n</body>\n</html>\n")


def _head(title: str) -> str:
    style, script = map(_digest, (STYLE, SCRIPT))
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _draw_coast(view: View) -> Iterator[str]:
    """Yield the parts of the path of the coast lines around the map."""
    for line in load_coast():
        points = [view.locate(Position(latitude, longitude)) for longitude, latitude in line]
        if any(_is_around(view, *each) for each in points):
            yield from _draw_line(view, points)


def _is_around(view: View, x: float, y: float) -> bool:
    more = (_AROUND - 1) / 2
    return (
        -more * view.width <= x <= (more + 1) * view.width
        and -more * view.height <= y <= (more + 1) * view.height
    )


def _draw_line(view: View, points: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Yield moves and lines; a step around the back of the earth is not drawn."""
    before = None
    for each in points:
        is_far = before is None or abs(each[0] - before) > 180 * view.scale * view.squeeze
        yield f"{'M' if is_far else 'L'}{_write_point(each)}"
        before = each[0]


def _write_point(point: tuple[float, float]) -> str:
    return f"{number(point[0])},{number(point[1])}"


def _draw_pin(view: View, contact: LocatedContact) -> str:
    x, y = view.locate(contact.position)
    label = ", ".join(filter(None, (contact.name, contact.org, contact.city)))
    title = element("title", escape(f"{label} ({contact.accuracy})"))
    return (
        f'<circle class="pin" data-pin="{contact.id}" cx="{x:.2f}" cy="{y:.2f}" r="6">'
        f"{title}</circle>\n"
    )


def _write_list(contacts: Sequence[LocatedContact], write: Write) -> None:
    heads = "".join(
        f"<th>{head}</th>" for head in ("id", "Name", "Organization", "Town", "Located")
    )
    write(f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n")
    for each in contacts:
        texts = (str(each.id), each.name, each.org, each.city, each.accuracy)
        cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
        write(f'<tr data-pin="{each.id}">{cells}</tr>\n')
    write("</tbody>\n</table>\n")
