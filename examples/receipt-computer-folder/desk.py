"""Hooks of a receipt computer (レセコン) that has its shared folders in a fixed place. Standard library only.

A hook is started once for each operation. It reads the order from standard input, one JSON object, lets the product do it,
and writes what came of it to standard output, one JSON object without `id`: the replies of docs/receipt-computer-protocol.md,
or nothing for ok. Here the product is the receipt computer of the neighbouring example, and what it knows is kept in a file
between two hooks. Yours would press its buttons, or call its own interface.

FAULT=newest-file gives each new result to whoever is waiting: the mistake that this bench is there to find.
"""
import json, pickle, sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MEMORY = HERE / "folders" / ".memory"
sys.path.insert(0, str(HERE.parent / "receipt-computer-python"))
import receipt_computer as product

def desk():
    """The product as the last hook left it."""
    return pickle.loads(MEMORY.read_bytes()) if MEMORY.exists() else product.ReceiptComputer()

def carried_out(order):
    """What the product makes of an order. It writes days without hyphens."""
    works = desk()
    work = getattr(works, f"op_{order['op']}", None)
    if work is None:
        return {"status": "unsupported"}
    if "chart" in order and order["chart"] not in works.charts:
        return {"status": "error", "error_code": "no-chart", "reason": "there is no such chart"}
    try:
        reply = work(order) or {}
    except product.Refused as refused:
        reply = dict(zip(("status", "error_code", "reason"), refused.args))
    MEMORY.write_bytes(pickle.dumps(works))
    return reply

def without_hyphens(read):
    return read | {day: read[day].replace("-", "") for day in product.DAYS & read.keys()}

order = json.load(sys.stdin, object_hook=without_hyphens)
if order["op"] == "hello":
    print(json.dumps({"product": "Example Desk", "version": "1.0.0", "positions": ["receipt-computer"]}))
else:
    print(json.dumps(carried_out(order)))
