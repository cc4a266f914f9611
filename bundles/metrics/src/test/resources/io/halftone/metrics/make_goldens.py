"""Makes the golden files beside this script.

Made with Python 3.11, numpy 2.4.6 and scipy 1.17.1: python3 make_goldens.py
The metrics are computed from their definitions with numpy alone, one window at a time; where scikit-image is installed it must agree.
"""
import pathlib

import numpy
import scipy.linalg

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 20, 24
WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def pictures():
    """A smooth picture, and the same with noise and another contrast; (3, height, width), some values outside 0..1."""
    random = numpy.random.default_rng(20260101)
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    a = numpy.stack([0.5 + 0.6 * numpy.sin(0.3 * x + c) * numpy.cos(0.2 * y - c) for c in range(3)])
    b = 0.9 * a + 0.05 + 0.08 * random.standard_normal(a.shape)
    return a.astype("<f4"), b.astype("<f4")


def waves(height, width):
    """Two pictures that the test draws by the same formula."""
    y, x = numpy.mgrid[0:height, 0:width]
    c = numpy.arange(3)[:, None, None]
    a = 0.5 + 0.4 * numpy.sin(0.11 * x + c) * numpy.cos(0.07 * y - c)
    b = a + 0.1 * numpy.sin(1.3 * x * y / 50.0 + 2 * c) + 0.02 * c
    return a.astype("f4").astype("f8"), b.astype("f4").astype("f8")


def psnr(a, b):
    return 10 * numpy.log10(1 / numpy.mean((a - b) ** 2))


def maps(a, b):
    """The similarity and its part without luminance in every window, of two planes."""
    offsets = numpy.arange(11) - 5
    squares = offsets[:, None] ** 2 + offsets[None, :] ** 2
    window = numpy.exp(-squares / (2 * 1.5 ** 2))
    window /= window.sum()
    c1, c2 = 0.01 ** 2, 0.03 ** 2
    p = numpy.lib.stride_tricks.sliding_window_view(a, (11, 11))
    q = numpy.lib.stride_tricks.sliding_window_view(b, (11, 11))
    mp, mq = (window * p).sum((2, 3)), (window * q).sum((2, 3))
    dp, dq = p - mp[:, :, None, None], q - mq[:, :, None, None]
    vp, vq, cov = (window * dp ** 2).sum((2, 3)), (window * dq ** 2).sum((2, 3)), (window * dp * dq).sum((2, 3))
    part = (2 * cov + c2) / (vp + vq + c2)
    return (2 * mp * mq + c1) / (mp ** 2 + mq ** 2 + c1) * part, part


def ssim(a, b):
    return numpy.mean([maps(a[c], b[c])[0].mean() for c in range(3)])


def halved(plane):
    height, width = plane.shape
    plane = numpy.pad(plane, ((height % 2, height % 2), (width % 2, width % 2)))
    height, width = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    return plane[:height, :width].reshape(height // 2, 2, width // 2, 2).mean((1, 3))


def ms_ssim(a, b, scales):
    weights = numpy.array(WEIGHTS[:scales])
    if scales < 5:
        weights = weights / weights.sum()
    channels = []
    for c in range(3):
        p, q, value = a[c], b[c], 1.0
        for scale in range(scales):
            whole, part = maps(p, q)
            value *= max(0, (whole if scale == scales - 1 else part).mean()) ** weights[scale]
            p, q = halved(p), halved(q)
        channels.append(value)
    return numpy.mean(channels)


def check(a, b):
    try:
        from skimage.metrics import peak_signal_noise_ratio, structural_similarity
    except ImportError:
        return
    theirs = structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, channel_axis=0)
    assert abs(ssim(a, b) - theirs) < 1e-12, (ssim(a, b), theirs)
    theirs = peak_signal_noise_ratio(a, b, data_range=1)
    assert abs(psnr(a, b) - theirs) < 1e-12, (psnr(a, b), theirs)


def features(seed, count, dim):
    """Vectors that the test draws by the same formula."""
    i, j = numpy.mgrid[0:count, 0:dim]
    return (numpy.sin(0.7 * (i + 1) * (j + 2) + seed) + 0.3 * numpy.cos(1.9 * i * i + j + seed) + 0.05 * seed * j).astype("f4").astype("f8")


def frechet(x, y):
    cx, cy = numpy.cov(x, rowvar=False), numpy.cov(y, rowvar=False)
    root = scipy.linalg.sqrtm(cx @ cy)
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + numpy.trace(cx + cy - 2 * root.real)


A, B = pictures()
(HERE / "a.f32").write_bytes(A.tobytes())
(HERE / "b.f32").write_bytes(B.tobytes())
A, B = A.astype("f8"), B.astype("f8")
check(A, B)
lines = {"psnr": psnr(A, B), "ssim": ssim(A, B)}
for height, width, scales in ((161, 170, 5), (128, 131, 4), (41, 44, 3), (20, 24, 1)):
    assert scales == 5 or -(-min(height, width) // 2 ** scales) < 11
    assert -(-min(height, width) // 2 ** (scales - 1)) >= 11
    lines[f"ms-ssim.{height}x{width}"] = ms_ssim(*waves(height, width), scales)
for count, dim in ((40, 12), (9, 16)):
    lines[f"frechet.{count}x{dim}"] = frechet(features(0, count, dim), features(1, count, dim))
u, v = A.ravel(), B.ravel()
lines["cosine"] = u @ v / numpy.linalg.norm(u) / numpy.linalg.norm(v)
lines["relative"] = numpy.linalg.norm(u - v) / numpy.linalg.norm(u)
(HERE / "metrics.properties").write_text("".join(f"{name}={float(value)}\n" for name, value in lines.items()))
