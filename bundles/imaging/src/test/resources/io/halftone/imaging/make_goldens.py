"""Makes the golden files beside this script.

Made with Python 3.11, numpy 2.4.6 and scikit-image 0.26.0: python3 make_goldens.py
The metrics are computed from their definitions with numpy alone, one window at a time; where scikit-image is installed it must agree.
"""
import pathlib
import struct
import zlib

import numpy

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 20, 24


def pictures():
    """A smooth picture, and the same with noise and another contrast; (3, height, width), some values outside 0..1."""
    random = numpy.random.default_rng(20260101)
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    a = numpy.stack([0.5 + 0.6 * numpy.sin(0.3 * x + c) * numpy.cos(0.2 * y - c) for c in range(3)])
    b = 0.9 * a + 0.05 + 0.08 * random.standard_normal(a.shape)
    return a.astype("<f4"), b.astype("<f4")


def psnr(a, b):
    return 10 * numpy.log10(1 / numpy.mean((a - b) ** 2))


def ssim(a, b):
    offsets = numpy.arange(11) - 5
    squares = offsets[:, None] ** 2 + offsets[None, :] ** 2
    window = numpy.exp(-squares / (2 * 1.5 ** 2))
    window /= window.sum()
    c1, c2 = 0.01 ** 2, 0.03 ** 2
    values = []
    for c in range(3):
        for top in range(HEIGHT - 10):
            for left in range(WIDTH - 10):
                p = a[c, top:top + 11, left:left + 11]
                q = b[c, top:top + 11, left:left + 11]
                mp, mq = (window * p).sum(), (window * q).sum()
                vp, vq = (window * (p - mp) ** 2).sum(), (window * (q - mq) ** 2).sum()
                cov = (window * (p - mp) * (q - mq)).sum()
                values.append((2 * mp * mq + c1) * (2 * cov + c2) / ((mp ** 2 + mq ** 2 + c1) * (vp + vq + c2)))
    return numpy.mean(values)


def check(a, b):
    try:
        from skimage.metrics import peak_signal_noise_ratio, structural_similarity
    except ImportError:
        return
    theirs = structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, channel_axis=0)
    assert abs(ssim(a, b) - theirs) < 1e-12, (ssim(a, b), theirs)
    theirs = peak_signal_noise_ratio(a, b, data_range=1)
    assert abs(psnr(a, b) - theirs) < 1e-12, (psnr(a, b), theirs)


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


A, B = pictures()
(HERE / "a.f32").write_bytes(A.tobytes())
(HERE / "b.f32").write_bytes(B.tobytes())
A, B = A.astype("f8"), B.astype("f8")
check(A, B)
(HERE / "metrics.properties").write_text(f"psnr={float(psnr(A, B))}\nssim={float(ssim(A, B))}\n")

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
