"""A terminal (資格確認端末) that knows the bench by its folders alone: whatever lies in req is asked of the backend, whose answer goes to res.

  terminal_watcher.py FOLDERS TLS HOST:PORT

MISTAKE says what it does wrongly: "makes answers up" answers a refusal with a confirmation, "takes all for UTF-8"
writes what it read as UTF-8, whatever it was.
"""
import os, ssl, sys, time, urllib.error, urllib.request
from pathlib import Path

folders, tls, backend = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
mistake = os.environ.get("MISTAKE", "")

def asked(request):
    context = ssl.create_default_context(cafile=tls / "ca.pem")
    context.load_cert_chain(tls / "terminal.pem")
    headers = {"x-oqs-message": request.name.split("_")[0], "content-type": "application/xml"}
    post = urllib.request.Request(f"https://{backend}/oqs", request.read_bytes(), headers)
    return urllib.request.urlopen(post, context=context, timeout=10).read()

while True:
    for request in sorted((folders / "req").glob("*req*.xml")):
        try:
            answer = asked(request)
        except (OSError, urllib.error.URLError):
            continue  # asked again, as in an outage
        if mistake == "makes answers up" and b"ErrorCode" in answer:
            answer = b"<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult></MessageHeader><MessageBody><QualificationValidity>1</QualificationValidity></MessageBody></XmlMsg>"
        if mistake == "takes all for UTF-8":
            answer = answer.decode("utf-8", "replace").encode()
        there = folders / "res" / request.name.replace("req", "res", 1)
        aside = there.with_name("." + there.name)
        aside.write_bytes(answer)
        aside.rename(there)
        request.unlink(missing_ok=True)
    time.sleep(0.01)
