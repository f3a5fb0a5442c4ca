"""Sends commands through PC/SC, over and over for a second, and prints how many rounds a second passed.

Arguments: commands in hex; those before the word "then" are sent once.
"""

import ctypes
import sys
import time

pcsc = ctypes.CDLL("libpcsclite.so.1")
T1, SHARED, LEAVE = 2, 2, 0


def must(code):
    if code:
        sys.exit(f"PC/SC says {code & 0xFFFFFFFF:08X}")


context, names, size = ctypes.c_ulong(), ctypes.create_string_buffer(1024), ctypes.c_ulong(1024)
card, protocol = ctypes.c_ulong(), ctypes.c_ulong()
must(pcsc.SCardEstablishContext(ctypes.c_ulong(2), None, None, ctypes.byref(context)))
must(pcsc.SCardListReaders(context, None, names, ctypes.byref(size)))
must(pcsc.SCardConnect(
    context, names.value, ctypes.c_ulong(SHARED), ctypes.c_ulong(T1 | 1), ctypes.byref(card), ctypes.byref(protocol)
))
header = (ctypes.c_ulong * 2)(protocol.value, 16)
answer = ctypes.create_string_buffer(300)


def send(command):
    length = ctypes.c_ulong(300)
    must(pcsc.SCardTransmit(
        card, header, command, ctypes.c_ulong(len(command)), None, answer, ctypes.byref(length)
    ))
    if length.value < 2:
        sys.exit("no status word")


split = sys.argv.index("then")
for word in sys.argv[1:split]:
    send(bytes.fromhex(word))
commands = [bytes.fromhex(word) for word in sys.argv[split + 1 :]]
begun, rounds = time.monotonic(), 0
while time.monotonic() - begun < 1 or rounds == 0:
    for command in commands:
        send(command)
    rounds += 1
print(rounds / (time.monotonic() - begun))
