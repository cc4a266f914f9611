"""Makes the golden files beside this script.

Made with Python 3.11: python3 make_goldens.py
"""
import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).parent


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(name, depth, kind, channels, extra=b"", after=b""):
    """A picture of 5x3; sample s of pixel i is (37 i + 101 s + 5) modulo 2^depth."""
    rows = []
    for row in range(3):
        samples = [(37 * (row * 5 + column) + 101 * s + 5) % (1 << depth) for column in range(5) for s in range(channels)]
        if depth == 16:
            line = struct.pack(f">{len(samples)}H", *samples)
        else:
            bits = "".join(format(v, f"0{depth}b") for v in samples)
            bits += "0" * (-len(bits) % 8)
            line = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        rows.append(b"\0" + line)
    header = struct.pack(">IIBBBBB", 5, 3, depth, kind, 0, 0, 0)
    (HERE / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
                              + after + chunk(b"IEND", b""))


png("gray4.png", 4, 0, 1)
png("gray8.png", 8, 0, 1)
png("gray-alpha8.png", 8, 4, 2)
png("rgb8.png", 8, 2, 3)
png("rgb16.png", 16, 2, 3)
png("rgba8.png", 8, 6, 4)
# colour i of the palette is (i, 255 - i, 2 i)
png("palette4.png", 4, 3, 1, chunk(b"PLTE", bytes(v for i in range(16) for v in (i, 255 - i, 2 * i))))
LONG = "long " * 50
png("text.png", 8, 0, 1,
    chunk(b"tEXt", b"plain\0caf\xe9") + chunk(b"zTXt", b"packed\0\0" + zlib.compress(LONG.encode("latin-1")))
    + chunk(b"iTXt", "wide\0\0\0de\0weit\0\u2192 \u00e9".encode("utf-8")),
    chunk(b"iTXt", b"wide packed\0\1\0\0\0" + zlib.compress("\u2192 \u00e9".encode("utf-8"))))
