"""A small face matcher, as a vendor would connect it to the bench. Python 3.9 or newer, standard library only.

  python3 matcher.py               one JSON request a line on stdin, one reply a line on stdout
  python3 matcher.py --port 9000   the same over HTTP: POST a request, get a reply (port 0: any free one; it is printed)

  {"id": 1, "op": "compare", "photo": "<base64 PGM>", "capture": "<base64 PGM>"}   -> {"id": 1, "score": 0.87}
  {"id": 2, "op": "attack", "capture": "<base64 PGM>"}                             -> {"id": 2, "unsupported": true}
  either                                                                          -> {"id": 1, "unusable": "photo" or "capture"}

How it compares: the face is found by its two dark pupils, brought to one size and place, cut into cells, and each cell
is told by how much brighter it is than its neighbours. It is an example and no product: see what the bench measures.

FAULT=silent, gone, malformed, other-id, out-of-range or unusable makes it misbehave, at every FAULT_EVERY-th request
(default 1): the bench has to tell each apart, and to take none for a mismatch. FAULT=second-try is a defect of another
kind: whoever did not match a photo at first matches it at the next try.
"""
import argparse, base64, functools, json, math, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COLUMNS, ROWS = 14, 18
THRESHOLD = 0.85         # as in madoguchi.yaml
FAULT, EVERY = os.environ.get("FAULT"), int(os.environ.get("FAULT_EVERY", "1"))
requests = 0
mismatched = set()


class Unusable(Exception):
    """This picture shows no face that could be compared."""


def pixels(encoded):
    """Width, height and bytes of a binary PGM with 8 bits a pixel."""
    data = base64.b64decode(encoded, validate=True)
    magic, width, height, top = data.split(None, 4)[:4]
    width, height = int(width), int(height)
    if magic != b"P5" or int(top) != 255 or len(data) < width * height:
        raise ValueError("no binary PGM of 8 bits")
    return width, height, data[len(data) - width * height:]


def sums(width, height, data):
    """Sums of all pixels above and to the left: the mean of any box then takes four look-ups."""
    table, above = [[0] * (width + 1)], [0] * (width + 1)
    for y in range(height):
        run, row = 0, [0]
        for x, grey in enumerate(data[y * width:(y + 1) * width], 1):
            run += grey
            row.append(above[x] + run)
        table.append(row)
        above = row
    return table


def mean(table, left, top, right, bottom):
    """The mean grey of a box, cut at the edges of the picture."""
    height, width = len(table) - 1, len(table[0]) - 1
    left, right = max(0, min(width - 1, int(left))), max(1, min(width, int(right)))
    top, bottom = max(0, min(height - 1, int(top))), max(1, min(height, int(bottom)))
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    total = table[bottom][right] - table[top][right] - table[bottom][left] + table[top][left]
    return total / ((right - left) * (bottom - top))


def pupils(table):
    """The pair of dark discs with white beside them that is most like two eyes."""
    height, width = len(table) - 1, len(table[0]) - 1
    unit, found = max(1, width // 120), []
    for y in range(height // 4, height * 13 // 20, unit):
        for x in range(width // 6, width * 5 // 6, unit):
            disc = mean(table, x - 2 * unit, y - 2 * unit, x + 2 * unit + 1, y + 2 * unit + 1)
            beside = min(mean(table, x + side * 5 * unit - unit, y - unit, x + side * 5 * unit + unit + 1, y + unit + 1)
                         for side in (-1, 1))
            below = mean(table, x - 3 * unit, y + 6 * unit, x + 3 * unit, y + 9 * unit)
            if beside - disc > 18:
                found.append((min(beside - disc, 2 * max(below - disc, 0)), x, y))
    found.sort(reverse=True)
    kept = []
    for strength, x, y in found:
        if len(kept) < 12 and all(abs(x - other[1]) > 6 * unit or abs(y - other[2]) > 6 * unit for other in kept):
            kept.append((strength, x, y))
    pairs = [(left[0] + right[0], left, right) for left in kept for right in kept
             if 0.16 * width < right[1] - left[1] < 0.36 * width
             and abs(right[2] - left[2]) < 0.3 * (right[1] - left[1])]
    if not pairs:
        raise Unusable
    _, left, right = max(pairs)
    return left[1:], right[1:]


@functools.lru_cache(maxsize=4096)
def features(encoded):
    """The cells of a face around its pupils: each against its neighbours, all together of length 1."""
    table = sums(*pixels(encoded))
    (x1, y1), (x2, y2) = pupils(table)
    ex, ey = (x2 - x1) / 8, (y2 - y1) / 8          # one cell along the line of the eyes: an eighth of their distance
    half = math.hypot(ex, ey) / 2
    cells = {}
    for row in range(-1, ROWS + 1):
        for column in range(-1, COLUMNS + 1):
            u, v = column - (COLUMNS - 1) / 2 + 4, row - 4
            x, y = x1 + ex * u - ey * v, y1 + ey * u + ex * v
            cells[column, row] = mean(table, x - half, y - half, x + half + 1, y + half + 1)
    contrast = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            around = [cells[column + dx, row + dy] for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
            level = sum(around) / 9
            contrast.append((cells[column, row] - level) / (level + 20))
    length = math.sqrt(sum(value * value for value in contrast)) or 1.0
    return [value / length for value in contrast]


def reply(request):
    """The reply to one request, without its id."""
    if request.get("op") != "compare":
        return {"unsupported": True}
    known = {}
    for name in ("photo", "capture"):
        try:
            known[name] = features(request[name])
        except (Unusable, ValueError):
            return {"unusable": name}
    cosine = sum(a * b for a, b in zip(known["photo"], known["capture"]))
    score = min(1.0, max(0.0, (1 + cosine) / 2))
    if FAULT == "second-try" and request["photo"] in mismatched:
        return {"score": 1.0}
    if score < THRESHOLD:
        mismatched.add(request["photo"])
    return {"score": score}


def misbehave(request):
    """What the fault that is switched on makes of a request; None when it is another one's turn."""
    global requests
    requests += 1
    if FAULT in (None, "second-try") or requests % EVERY:
        return None
    if FAULT == "silent":
        time.sleep(3600)
    if FAULT == "gone":
        os._exit(3)
    return {"malformed": "score: high", "unusable": json.dumps({"id": request.get("id"), "unusable": "capture"}),
            "other-id": json.dumps({"id": 0, "score": 0.5}),
            "out-of-range": json.dumps({"id": request.get("id"), "score": 1.5})}[FAULT]


def answered(line):
    """The reply to one request, both as text."""
    request = json.loads(line)
    return misbehave(request) or json.dumps({"id": request.get("id"), **reply(request)})


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = answered(self.rfile.read(int(self.headers["Content-Length"]))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: what is compared is nobody's business."""


def main():
    parser = argparse.ArgumentParser(description="An example matcher for `madoguchi face evaluate --matcher`.")
    parser.add_argument("--port", type=int, help="serve HTTP on this port of 127.0.0.1 instead of stdin and stdout")
    port = parser.parse_args().port
    if port is not None:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()
    for line in sys.stdin:
        print(answered(line), flush=True)


if __name__ == "__main__":
    main()
